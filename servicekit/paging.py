"""Pages as AIP-158 has them: opaque URL-safe tokens that hold only for the same arguments."""

import base64
import binascii
import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from servicekit import errors

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 200
Position = list[str | int]
Shape = Sequence[Callable[[object], bool]]
# Ids, times and Twilio's own tokens are shorter.
_MOST_CHARACTERS = 512
# MongoDB's integers and those of the API have 64 bits, and some are added to.
_TOO_LARGE = 2**62
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


def is_time(value: object) -> bool:
    """Whether a value of a position is a time in ISO 8601, with its zone."""
    try:
        time = datetime.fromisoformat(str(value))
        # At the ends of the calendar another zone has no such time.
        return time.tzinfo is not None and time.astimezone(UTC) is not None
    except (ValueError, OverflowError):
        return False


def is_text(value: object) -> bool:
    """Whether a value of a position is text, such as an id."""
    return isinstance(value, str)


def is_number(value: object) -> bool:
    """Whether a value of a position is a whole number."""
    return isinstance(value, int)


def _can_be_looked_up(value: object) -> bool:
    """Whether a database can be asked for it: anybody may write a token."""
    if isinstance(value, str):
        return value.isprintable() and len(value) <= _MOST_CHARACTERS
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _TOO_LARGE


def decode(token: str, arguments: Sequence[object], shape: Shape | None = None) -> Position:
    """The position that `token` stands for; empty for the first page. `shape`: what must hold of each of its values,
    where they are more than one id. Raises InvalidArgument PAGE_TOKEN_INVALID."""
    if not token:
        return []
    try:
        fingerprint, *position = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        fingerprint, position = None, []
    known = fingerprint == _fingerprint(arguments) and position and all(map(_can_be_looked_up, position))
    if not known or not _has_shape(position, shape):
        raise _invalid()
    return list(position)


def _has_shape(position: Position, shape: Shape | None) -> bool:
    if shape is None:
        return True
    return len(position) == len(shape) and all(holds(value) for holds, value in zip(shape, position, strict=True))


def id_at(position: Position) -> str:
    """The id that a position consists of; empty for the first page. Raises InvalidArgument PAGE_TOKEN_INVALID."""
    if not position:
        return ""
    if not _has_shape(position, (is_text,)):
        raise _invalid()
    return str(position[0])


def _invalid() -> errors.InvalidArgument:
    return errors.InvalidArgument(
        "PAGE_TOKEN_INVALID", "page_token is not from the page before with the same arguments"
    )


async def page(
    asked: Page,
    arguments: Sequence[object],
    read: Callable[[Position, int], Awaitable[list[Item]]],
    position_of: Callable[[Item], Sequence[str | int]],
    shape: Shape | None = None,
) -> tuple[list[Item], str]:
    """One page of a list, and the token of the next one, empty at the end.

    `read` gives at most so many rows from behind a position (empty: from the start); `position_of` is where a row
    stands; `arguments` are the tenant and the filters, with which alone the token holds; `shape` is what `decode`
    checks. Raises InvalidArgument.
    """
    size = page_size(asked.size)
    found = await read(decode(asked.token, arguments, shape), size + 1)
    rows = found[:size]
    return rows, encode(position_of(rows[-1]), arguments) if len(found) > size else ""
