"""The search: tickets, what was said on them, and customers."""
