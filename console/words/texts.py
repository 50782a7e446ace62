"""What somebody wrote, in pieces: what stands there, and which of it are links. Templates escape each piece."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

# Marks that end a sentence, or close what was opened before the address, are not part of the address.
_URL = re.compile(r"https?://[^\s<>\"'`\u2028\u2029]+", re.IGNORECASE)
_BEHIND = ".,;:!?…)]}»”’"
_LINES, _CHARACTERS = 12, 800
# A text that is only a little longer is shown whole.
_SPARE = 1.2


@dataclass(frozen=True)
class Piece:
    """`url` is empty, or an address with http or https; `host` is then where it leads, if that does not stand at the
    beginning of the address as it is shown."""

    text: str
    url: str = ""
    host: str = ""


def pieces(text: str) -> list[Piece]:
    """The text in its order; nothing of it is lost."""
    return list(_pieces(text))


def _pieces(text: str) -> Iterator[Piece]:
    end = 0
    for found in _URL.finditer(text):
        address = _address(found.group())
        host = _host(address)
        if host is None:
            continue
        if found.start() > end:
            yield Piece(text[end : found.start()])
        shown = address.partition("://")[2].lower().startswith(host)
        yield Piece(address, address, "" if shown else host)
        end = found.start() + len(address)
    if end < len(text):
        yield Piece(text[end:])


def _address(found: str) -> str:
    """Without what stands behind it, but with a bracket that was opened within."""
    while found and found[-1] in _BEHIND:
        if found[-1] == ")" and found.count("(") >= found.count(")"):
            break
        found = found[:-1]
    return found


def _host(address: str) -> str | None:
    """Where a browser goes, in ASCII, so that no letter passes for another one. None for what leads nowhere."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        # A browser takes a backslash for a slash.
        if "\\" in address or not host or "." not in host.strip("."):
            return None
        return host.encode("idna").decode("ascii")
    except ValueError:
        return None


@dataclass(frozen=True)
class Folded:
    """A text of which the beginning alone is shown at first; `rest` is empty when all of it is."""

    start: Sequence[Piece]
    rest: Sequence[Piece] = ()


def folded(text: str, most_lines: int = _LINES, most_characters: int = _CHARACTERS) -> Folded:
    """A longer text, folded at the end of a line or a word."""
    at = _fold(text, most_lines, most_characters)
    if at is None:
        return Folded(pieces(text))
    return Folded(pieces(text[:at]), pieces(text[at:]))


def _fold(text: str, most_lines: int, most_characters: int) -> int | None:
    lines = text.splitlines(keepends=True)
    at = len("".join(lines[:most_lines]))
    if len(lines) <= most_lines * _SPARE:
        at = len(text)
    if at > most_characters * _SPARE:
        at = max(text.rfind(" ", 0, most_characters), text.rfind("\n", 0, most_characters)) + 1 or most_characters
    return at if at < len(text) else None
