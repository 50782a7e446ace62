"""How a sentence means its figures and things: as the customer's case, as a limit, as what is left out."""

import re

from responder_service.checks.plain_text import folded
from responder_service.data.reading import AnyOf, Table, read


class _Phrases(Table):
    twice: AnyOf
    cases: AnyOf
    persons: AnyOf
    neighbours: AnyOf
    notice: AnyOf
    limit_words: AnyOf
    working: AnyOf
    any_time: AnyOf
    leaving_out: AnyOf
    agreements: AnyOf
    examples: AnyOf
    instead: AnyOf
    coming: AnyOf
    strict: AnyOf
    reasons: AnyOf
    this_month: AnyOf


_tables = read("phrases.yaml", _Phrases)
# "Except for beginners, who start on Mondays": what holds for them follows.
_OF_THEM = (
    "who|which|where|those|these|they|that|quienes|que|cuyo|estos|estas|qui|ceux|celles|dont|die|der|das|diese|für die"
)
_LEFT_OUT = re.compile(
    rf"(?:{_tables.leaving_out.pattern})\s(?P<what>[^.;,()]{{3,60}})(?P<then>,\s(?:{_OF_THEM})\b[^.;()]*)?"
)
_OR = re.compile(r"\s(?:and|or|nor|y|o|ni|et|ou|und|oder|noch)\s")


def counts_twice(text: str) -> bool:
    """Whether `text` says "twice"."""
    return _tables.twice.search(folded(text)) is not None


def tells_a_case(text: str, number: str) -> bool:
    """Whether `text` has a number as that of the customer's case: "at 8", "your 2 dogs"."""
    plain = folded(text)
    found = re.finditer(rf"(?<![\d.,]){re.escape(number)}(?![\d]|[.,]\d)", plain)
    return any(_tables.cases.search(plain[: match.start()]) for match in found)


def is_a_strict_limit(text: str, number: str) -> bool:
    """Whether `text` says "over" or "less than" a number: not "up to"."""
    plain = folded(text)
    found = re.finditer(rf"(?<![\d.,]){re.escape(number)}(?![\d]|[.,]\d)", plain)
    return any(_tables.strict.search(plain[: match.start()]) for match in found)


def gives_a_reason(text: str) -> bool:
    """Whether `text` says why something holds: "since it's been 3 days", where it is a condition."""
    return _tables.reasons.search(folded(text)) is not None


def speaks_of_this_month(text: str) -> bool:
    """Whether `text` speaks of the month that it is, or of today."""
    return _tables.this_month.search(folded(text)) is not None


def speaks_to(text: str) -> bool:
    """Whether `text` speaks of the one who asks, or of whom they asked for: "you", "his"."""
    return _tables.persons.search(folded(text)) is not None


def says_neighbour(text: str) -> bool:
    """Whether `text` speaks of the day before or after another."""
    return _tables.neighbours.search(folded(text)) is not None


def is_notice(text: str) -> bool:
    """Whether `text` says how long before something one has to ask for it."""
    return _tables.notice.search(folded(text)) is not None


def names_a_limit(text: str) -> bool:
    """Whether `text` speaks of a maximum or a minimum."""
    return _tables.limit_words.search(folded(text)) is not None


def is_of_working_days(text: str) -> bool:
    """Whether `text` speaks of days on which one works."""
    return _tables.working.search(folded(text)) is not None


def says_any_time(text: str) -> bool:
    """Whether `text` says that something is so at any time."""
    return _tables.any_time.search(folded(text)) is not None


def is_an_example(text: str) -> bool:
    """Whether what `text` names are only some of several."""
    return _tables.examples.search(folded(text)) is not None


def speaks_of_another(text: str) -> bool:
    """Whether `text` sets one thing against another: "not on Monday, but on Tuesday"."""
    return _tables.instead.search(folded(text)) is not None


def speaks_of_coming(text: str) -> bool:
    """Whether `text` speaks of coming to the place."""
    return _tables.coming.search(folded(text)) is not None


def left_out(text: str) -> list[tuple[str, str, str]]:
    """Each of the things that `text` excepts or denies by name, "not for A or B", with the text without them, and what
    it says of them right after that."""
    plain = folded(text)
    found = [(m["what"], plain[: m.start()] + plain[m.end() :], m["then"] or "") for m in _LEFT_OUT.finditer(plain)]
    return [(thing, rest, then) for what, rest, then in found for thing in _OR.split(what)]


def opens_with_yes(text: str) -> bool:
    """Whether an answer begins with a yes."""
    return _tables.agreements.match(folded(text)) is not None
