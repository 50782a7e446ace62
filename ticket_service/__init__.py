"""Tickets, threads, channels, customers, replies and the audit trail; backed by MongoDB."""
