"""Use cases of the audit trail: reading it, and saying whether it is whole."""
