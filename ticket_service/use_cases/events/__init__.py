"""Use cases: follow what happens."""
