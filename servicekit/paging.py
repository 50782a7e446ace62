"""Pages as AIP-158 has them: opaque URL-safe tokens that hold only for the same arguments."""

import base64
import binascii
import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from servicekit import errors

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 200
Position = list[str | int]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Page:
    """Which page of a list: how many rows (0: the default) and the token of the page before (empty: the first)."""

    size: int = 0
    token: str = ""


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


def id_at(position: Position) -> str:
    """The id that a position consists of; empty for the first page."""
    return str(position[0]) if position else ""


async def page(
    asked: Page,
    arguments: Sequence[object],
    read: Callable[[Position, int], Awaitable[list[Item]]],
    position_of: Callable[[Item], Sequence[str | int]],
) -> tuple[list[Item], str]:
    """One page of a list, and the token of the next one, empty at the end.

    `read` gives at most so many rows from behind a position (empty: from the start); `position_of` is where a row
    stands; `arguments` are the tenant and the filters, with which alone the token holds. Raises InvalidArgument.
    """
    size = page_size(asked.size)
    found = await read(decode(asked.token, arguments), size + 1)
    rows = found[:size]
    return rows, encode(position_of(rows[-1]), arguments) if len(found) > size else ""
