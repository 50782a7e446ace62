"""A quote cut into parts that are of one thing each, with what tells what that is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from responder_service.checks import dates, days
from responder_service.checks.clock import clock_text, joins_times, times, without_times
from responder_service.checks.denials import denies
from responder_service.checks.figures import Figure, before_figure, digits, figures
from responder_service.checks.plain_text import sentences, words
from responder_service.checks.rates import CURRENCIES
from responder_service.checks.wording import content, goes_beyond, has_verb, is_gratis, is_included, rivals

_JOINT = re.compile(r"([;()]|:\s|,\s|\s[-–]\s|,?\s(?:and|or|but|y|o|pero|et|ou|mais|und|oder|aber|while)\s)")
_LEAST_SEGMENTS = 2
TIME = "time"
# Marks a name that is compared as it is.
EXACT = "="
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
# These are of one thing each, even where all are told.
ONE_BY_ONE = (*CURRENCIES, "gratis", TIME, "percent")
# What costs nothing, as a figure.
GRATIS = Figure("gratis", 0)


@dataclass(frozen=True)
class Segment:
    """A part of a quote with figures, and the words, numbers and days that tell what it is about: `nearest` those of
    them that stand nearest to its first figure, `inherited` what the part before it says, which it may be about."""

    figures: tuple[Figure, ...]
    names: frozenset[str]
    nearest: frozenset[str]
    inherited: frozenset[str] = frozenset()
    is_the_rest: bool = False


def cases(text: str) -> list[str]:
    """The parts of a sentence of a quote that have figures of one thing each, "€7 up to 5 km" and "€12 up to 15 km",
    each with what stands before the first and behind the last of them. Of one that has but one, all of it."""
    found = merged(text)
    # "Orders of €80 or more are delivered free" is one.
    own = [
        case
        for case in found
        if any(f.kind in ONE_BY_ONE and f.bound not in ("least", "most") for f in figures_of(case))
    ]
    if len(own) < _LEAST_SEGMENTS:
        return [text]
    lead = text.partition(found[0])[0]
    trail = text.rpartition(found[-1])[2] if found[-1] in text else ""
    return [f"{lead}{case}{trail}" for case in found]


def told_figures(clause: str) -> list[Figure]:
    """The figures of a clause that may be of one thing or another, its times of day among them."""
    return _telling(clause)


def segments_of(quote: str) -> list[Segment]:
    """The parts of a quote that are of one thing each."""
    found: list[Segment] = []
    lead: frozenset[str] = frozenset()
    for sentence in sentences(quote):
        for clause in merged(sentence):
            before = before_figure(clause)
            names = names_of(clause)
            # "…, or €40 a day" is about what the clause before it is about.
            inherited = lead if not (has_verb(before) and content(before)) else frozenset[str]()
            # "Free up to 48 hours before; later it costs €10."
            is_the_rest = goes_beyond(before) or (not names and goes_beyond(clause))
            found.append(
                Segment(tuple(figures_of(clause)), names, _nearest(before, clause), inherited - names, is_the_rest)
            )
            lead = inherited | names if inherited else names
        if not sentence.endswith(";"):
            lead = frozenset()
    return found


def _nearest(before: str, clause: str) -> frozenset[str]:
    """The last word before the figure of a clause, and what it has of days, numbers and rivals; without a word before
    it, what stands behind it."""
    ordered = [word for word in words(before) if content(word)]
    names = names_of(clause)
    marks = frozenset(name for name in names if name[0] == EXACT)
    return (content(ordered[-1]) if ordered else names) | marks


def merged(sentence: str) -> list[str]:
    """A sentence cut where a figure of a kind follows that the piece has already: each piece is of one thing."""
    merged: list[str] = []
    pending = ""
    pieces = ["", *_JOINT.split(sentence)]
    for joint, piece in zip(pieces[::2], pieces[1::2], strict=True):
        if not _telling(piece) and merged and not pending and joint.strip().isalpha():
            # "In July and August".
            merged[-1] = f"{merged[-1]} {piece}"
        elif not _telling(piece):
            pending = f"{pending} {piece}".strip()
        elif merged and not _repeats(merged[-1], piece):
            merged[-1] = f"{merged[-1]} {pending} {piece}"
            pending = ""
        else:
            merged.append(f"{pending} {piece}".strip())
            pending = ""
    # What follows the last figure is of all of them: "…, breakfast included".
    return merged or [sentence]


def _telling(clause: str) -> list[Figure]:
    """The figures that may be of one thing or another: bare numbers name things."""
    return [figure for figure in figures_of(clause) if may_be_taken_for(figure, figure)]


def _repeats(clause: str, piece: str) -> bool:
    known = figures_of(clause)
    return any(may_be_taken_for(figure, other) for figure in figures_of(piece) for other in known)


def names_of(clause: str, figure: Figure | None = None) -> frozenset[str]:
    """What a clause is about: its words, its figures beside `figure` and prices, its days and months, and things of
    which there are rivals, in any language."""
    numbers = {f"{f.number:g}" for f in figures(clause) if f.kind in CURRENCIES or f is figure or f == figure}
    named = {
        f"{float(number.replace(',', '.')):g}" for number in _NUMBER.findall(digits(without_times(clause)))
    } - numbers
    named |= {f"day {day}" for found in days.restricting(clause) for day in found.days}
    seasons = dates.seasons(clause)
    named |= {f"month {m}" for m in range(1, 13) if any(s.has((m, 15)) for s in seasons)}
    named |= {f"month {month}" for month, _ in dates.dates(clause)}
    named |= {f"{group} {member}" for group, members in rivals(clause).items() for member in members}
    return content(clause) | {EXACT + name for name in named}


def figures_of(clause: str) -> list[Figure]:
    """The figures of a clause, its times of day among them; what costs nothing is one as well."""
    found = [*figures(without_times(clause)), *_times(clause)]
    costs_nothing = (is_gratis(clause) or (is_included(clause) and has_verb(clause))) and not denies(clause)
    is_priced = any(f.kind in CURRENCIES and f.bound not in ("least", "most") for f in found)
    return [*found, GRATIS] if costs_nothing and not is_priced else found


def _times(clause: str) -> Iterator[Figure]:
    """The times of a clause as figures; those of a range are of one thing."""
    plain, found = clock_text(clause), [time for time in times(clause) if time.sure]
    joined = [joins_times(plain[a.end : b.start]) for a, b in pairwise(found)]
    for number, time in enumerate(found):
        is_in_range = any(joined[max(0, number - 1) : number + 1])
        yield Figure(TIME, min(time.minutes), "from" if is_in_range else "")


def may_be_taken_for(figure: Figure, other: Figure) -> bool:
    """Whether one may be taken for the other: what costs nothing is a price as well. Bare numbers are names."""
    if figure.kind == other.kind == "count":
        return {figure.bound, other.bound} <= {"least", "most"}
    if figure.takes_time and other.takes_time:
        return True
    return figure.kind == other.kind or {figure.kind, other.kind} <= {GRATIS.kind, *CURRENCIES}
