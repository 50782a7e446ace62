"""Pages as AIP-158 has them: opaque URL-safe tokens that hold only for the same arguments."""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence

from servicekit import errors

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 200


def page_size(requested: int) -> int:
    """How many rows a page has: 0 is the default, too many is the most. Negative is InvalidArgument."""
    if requested < 0:
        raise errors.invalid("page_size", "must not be negative")
    return min(requested or DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)


def _fingerprint(arguments: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(arguments, default=str).encode()).hexdigest()[:16]


def encode(position: Sequence[str | int], arguments: Sequence[object]) -> str:
    """A token for the page after `position`, valid only with the same `arguments` (tenant and filters)."""
    text = json.dumps([_fingerprint(arguments), *position], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(token: str, arguments: Sequence[object]) -> list[str | int]:
    """The position that `token` stands for; empty for the first page. Raises InvalidArgument PAGE_TOKEN_INVALID."""
    if not token:
        return []
    try:
        fingerprint, *position = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        fingerprint, position = None, []
    if fingerprint != _fingerprint(arguments) or not position:
        raise errors.InvalidArgument(
            "PAGE_TOKEN_INVALID", "page_token is not from the page before with the same arguments"
        )
    return list(position)
