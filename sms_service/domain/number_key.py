"""What a number of ours is named by where it is kept."""

import hashlib


def key_of(account_sid: str, phone_number: str) -> str:
    """What a number of an account is named by. The number cannot be read in it: a database logs the names of what two
    replicas have met about, and a phone number must stand in no log."""
    return hashlib.sha256(f"{account_sid}:{phone_number}".encode()).hexdigest()[:32]
