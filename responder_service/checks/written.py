"""Numbers, times and durations written in one way, however a text writes them: "half past ten" is 10:30, "thirty-five"
35, "half an hour" 30 minutes. What is compared is written so on both sides."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated

from pydantic import Field

from responder_service.checks.plain_text import visible
from responder_service.data.reading import Table, Word, Words, longest_word, read

Replacements = tuple[Annotated[tuple[Word, ...], Field(min_length=2, max_length=2)], ...]


class _Written(Table):
    numbers: dict[int, Words]
    numbers_before_units: dict[int, Words]
    tens: dict[int, Words]
    units: dict[int, Words]
    first: Replacements
    after: Replacements
    ordinals: Replacements


_tables = read("written.yaml", _Written)
_N, _M = r"(?P<n>\d{1,3})(?![\d.,:]*\d)", r"(?P<m>[0-5]\d)"


def _words(table: Mapping[int, Words]) -> dict[str, int]:
    return {word: number for number, words in table.items() for word in words}


_NUMBERS, _TENS, _UNITS, _BEFORE_UNITS = map(
    _words, (_tables.numbers, _tables.tens, _tables.units, _tables.numbers_before_units)
)
_JOINT = r"(?:-et-|-| et | y | )"
_SPELLED = re.compile(
    rf"(?<!\w)(?:(?P<number>{longest_word(_NUMBERS)})"
    rf"|(?P<before>{longest_word(_UNITS)})und(?P<after>{longest_word(_TENS)})"
    rf"|(?P<ten>{longest_word(_TENS)})(?:{_JOINT}(?P<unit>{longest_word(_UNITS)}))?)(?:(?<=[^s])s)?(?!\w)",
    re.IGNORECASE,
)
_HALF = re.compile(r"(?<=\d)\s?½")
_FIRST, _ORDINALS = (
    [(re.compile(pattern, re.IGNORECASE), new) for pattern, new in some] for some in (_tables.first, _tables.ordinals)
)


def _numbered(pattern: str) -> re.Pattern[str]:
    """With {n} and {m} as numbers; of several alternatives each has its own."""
    count = 0
    for name, number in (("n", _N), ("m", _M)):
        while f"{{{name}}}" in pattern:
            pattern = pattern.replace(f"{{{name}}}", number.replace(f"<{name}>", f"<{name}{count}>"), 1)
            count += 1
    return re.compile(pattern, re.IGNORECASE)


_AFTER = [(_numbered(pattern), new) for pattern, new in _tables.after]


@lru_cache(maxsize=256)
def written(text: str) -> str:
    """`text` in that way; else as it is, with its case."""
    plain = visible(_HALF.sub(".5", text))
    for pattern, new in _FIRST:
        plain = pattern.sub(new, plain)
    plain = _SPELLED.sub(_number, plain)
    for pattern, new in _AFTER:
        plain = pattern.sub(lambda match, new=new: _filled(match, new), plain)  # type: ignore[misc]
    return plain


def counted(text: str) -> str:
    """`text` with numbers for what is told by its order: the fourth lesson is lesson 4."""
    for pattern, number in _ORDINALS:
        text = pattern.sub(number, text)
    return text


def before_units(text: str, unit: str) -> str:
    """`text` with the numbers as digits that are numbers only before a `unit`, a regular expression: "neuf euros"."""
    pattern = rf"(?<!\w)(?:{longest_word(_BEFORE_UNITS)})(?=[\s-](?:{unit})(?!\w))"
    return _compiled(pattern).sub(lambda match: str(_BEFORE_UNITS[match.group()]), text)


@lru_cache(maxsize=4)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _number(match: re.Match[str]) -> str:
    if match.group("number"):
        return str(_NUMBERS[match.group("number").casefold()])
    ten = _TENS[(match.group("after") or match.group("ten")).casefold()]
    unit = match.group("before") or match.group("unit")
    return str(ten + (_UNITS[unit.casefold()] if unit else 0))


def _filled(match: re.Match[str], new: str) -> str:
    groups = match.groupdict()
    n, m = (next((v for k, v in groups.items() if k[0] == name and k[1:].isdigit() and v), "0") for name in ("n", "m"))
    earlier = (int(n) - 2) % 12 + 1
    return (
        new.replace("{n-1}", str(earlier))
        .replace("{n}", n)
        .replace("{m}", m)
        .replace("{first}", groups.get("first", ""))
    )
