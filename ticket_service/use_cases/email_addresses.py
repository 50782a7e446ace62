"""What an e-mail address looks like, of agents and of customers. Whether somebody reads it there, only a letter would
tell."""

import re

from ticket_service import errors

_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\Z")


def require_email(text: str, field: str) -> None:
    """Raises FIELD_INVALID."""
    # What cannot be seen makes two addresses look like one.
    if not _EMAIL.match(text) or not text.isprintable():
        raise errors.invalid(field, "is not an e-mail address; write it like dana@example.com")
