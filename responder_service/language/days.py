"""Days of the week that a text names by naming others: "Monday to Friday", "daily"."""

import re
from collections.abc import Iterator
from functools import lru_cache

from responder_service.data.reading import longest_word
from responder_service.language.folding import fold
from responder_service.language.vocabulary import Part, listed

_ORDER = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# As Reading.content has them.
DAYS = frozenset(f"={day}" for day in _ORDER)


def days_named(text: str, language: str) -> frozenset[str]:
    """The days that `text` names as part of several, as Reading.content has them."""
    return frozenset(f"={day}" for first, last in _ranges(fold(text), language) for day in _between(first, last))


def _ranges(said: str, language: str) -> Iterator[tuple[str, str]]:
    days, spans, ranges = _patterns(language)
    if not days:
        return
    for match in ranges.finditer(said):
        yield days[match.group(1)], days[match.group(2)]
    for phrase, span in spans.items():
        if re.search(rf"\b{re.escape(phrase)}\b", said):
            first, last = span.split(" to ")
            yield first, last


def _between(first: str, last: str) -> Iterator[str]:
    start, end = _ORDER.index(first), _ORDER.index(last)
    # "Saturday to Monday" goes round.
    yield from (_ORDER[i % len(_ORDER)] for i in range(start, (end if end >= start else end + len(_ORDER)) + 1))


@lru_cache(maxsize=32)
def _patterns(language: str) -> tuple[dict[str, str], dict[str, str], re.Pattern[str]]:
    days, joints = listed(Part.DAY, language), listed(Part.RANGE, language)
    day = longest_word(days)
    return days, listed(Part.SPAN, language), re.compile(rf"\b({day})\.?\s*{longest_word(joints)}\s*({day})\b")
