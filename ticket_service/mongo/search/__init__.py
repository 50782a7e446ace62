"""Tickets by the words of their messages and customers, and the messages that have those words."""
