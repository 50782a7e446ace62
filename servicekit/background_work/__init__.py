"""Loops that run beside the requests until they are cancelled: claiming, waiting, being woken, backing off."""
