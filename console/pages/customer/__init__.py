"""A customer: who it is, beside their conversation."""
