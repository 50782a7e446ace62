"""Rules about the addresses of phones."""
