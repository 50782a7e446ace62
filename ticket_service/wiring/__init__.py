"""Builds ticket_service's objects out of its settings: what all share, the background work, the servicers."""
