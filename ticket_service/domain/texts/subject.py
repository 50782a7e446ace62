"""A ticket's first subject: the beginning of its first text, on one line, as a reader sees it."""

import unicodedata

from ticket_service.domain.texts.plain_text import is_invisible

_MOST_CHARACTERS = 80
_JOINER = "\u200d"


def subject_of(text: str) -> str:
    """At most 80 characters, never cut inside an emoji or a letter with its accents."""
    whole = " ".join(text.split())
    # Marks of direction in front are for the text as a whole.
    line = whole[_first_shown(whole) :]
    if not line:
        return "(no text)"
    return line if len(line) <= _MOST_CHARACTERS else _cut(line).rstrip() + "…"


def _first_shown(line: str) -> int:
    return next((i for i, c in enumerate(line) if not (is_invisible(c) or c.isspace())), len(line))


def _cut(line: str) -> str:
    end = _MOST_CHARACTERS - 1
    while end and _belong_together(line, end):
        end -= 1
    # Text that a reader sees as one single character is not a subject.
    return line[: end or _MOST_CHARACTERS - 1]


def _belong_together(line: str, end: int) -> bool:
    """Whether the characters on both sides of `end` are one to a reader (a part of Unicode's annex 29)."""
    before, after = line[end - 1], line[end]
    if _JOINER in (before, after) or unicodedata.category(after)[0] == "M":
        return True
    colours_skin, spells_flag = "\U0001f3fb" <= after <= "\U0001f3ff", "\U000e0020" <= after <= "\U000e007f"
    return colours_skin or spells_flag or (_is_flag_letter(after) and _flag_letters(line[:end]) % 2 == 1)


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flag_letters(text: str) -> int:
    """How many stand at the end of `text`: two are a flag."""
    return next((i for i, c in enumerate(reversed(text)) if not _is_flag_letter(c)), len(text))
