"""Commits: what all callers want written to tickets, many wishes in one transaction, one transaction at a time."""
