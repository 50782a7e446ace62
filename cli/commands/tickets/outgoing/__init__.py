"""Replies that are sent later, and again."""
