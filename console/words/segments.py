"""What a text costs, in words: quiet until it costs more than one segment."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.limits import MESSAGE_CHARACTERS
from servicekit.segments import beyond_gsm_7, segment_count, segment_count_in_gsm_7

_SHOWN = 5


@dataclass(frozen=True)
class Costly:
    """A character that makes a text cost more: `shown` is itself, or its name where it cannot be seen; `line` counts
    from 1."""

    shown: str
    line: int


@dataclass(frozen=True)
class Count:
    """`characters` as Twilio's limit counts them: most emoji are two. `costly` is empty unless the text would take
    fewer segments without them. `is_long`: it leaves as several texts."""

    segments: int
    characters: int
    fewer: int
    costly: Sequence[Costly]
    is_long: bool


def count(text: str) -> Count:
    """Of a text as it would be sent."""
    segments, fewer = segment_count(text), segment_count_in_gsm_7(text)
    characters = len(text.encode("utf-16-le", "surrogatepass")) // 2
    costly = [Costly(_shown(one), _line(text, one)) for one in beyond_gsm_7(text)[:_SHOWN]] if fewer < segments else []
    return Count(segments if text else 0, characters, fewer, costly, characters > MESSAGE_CHARACTERS)


def _line(text: str, character: str) -> int:
    return text.count("\n", 0, text.index(character)) + 1


def _shown(character: str) -> str:
    alone = unicodedata.category(character)[0] not in "CMZ"
    return character if alone else unicodedata.name(character, f"U+{ord(character):04X}").capitalize()
