"""A new conversation: the first text to somebody."""
