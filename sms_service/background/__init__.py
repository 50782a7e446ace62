"""Loops that run beside the requests, on every replica; leases in MongoDB share the work."""
