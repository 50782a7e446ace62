"""The RPCs that text customers."""
