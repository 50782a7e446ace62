"""Whether a figure belongs to what a sentence says of it: in "Fibre 500 is €37, Fibre 1000 €47", €37 is not that of
Fibre 1000."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from responder_service.checks import dates, days
from responder_service.checks.agreement.echoes import are_alike, is_within, limits_of
from responder_service.checks.clock import clock_text, joins_times, times, without_times
from responder_service.checks.figures import CURRENCIES, Figure, before_figure, digits, figures
from responder_service.checks.plain_text import sentences, words
from responder_service.checks.wording import (
    content,
    denies,
    goes_beyond,
    has_denial,
    has_verb,
    is_gratis,
    is_included,
    rivals,
    says_no,
)

_JOINT = re.compile(r"([;()]|:\s|,\s|\s[-–]\s|,?\s(?:and|or|but|y|o|pero|et|ou|mais|und|oder|aber|while)\s)")
_LEAST_SEGMENTS = 2
_TIME = "time"
# Marks a name that is compared as it is.
_EXACT = "="
# What the word nearest to a figure counts beside the others.
_NEAREST = 1
# Words of two languages that begin alike are the same from so many letters on.
_COGNATE = 6
_SHORTEST, _ENDING = 4, 2
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
# These are of one thing each, even where all are told.
_ONE_BY_ONE = (*CURRENCIES, "gratis", _TIME, "percent")
# What costs nothing, as a figure.
_GRATIS = Figure("gratis", 0)


@dataclass(frozen=True)
class _Segment:
    """A part of a quote with figures, and the words, numbers and days that tell what it is about: `nearest` those of
    them that stand nearest to its first figure, `inherited` what the part before it says, which it may be about."""

    figures: tuple[Figure, ...]
    names: frozenset[str]
    nearest: frozenset[str]
    inherited: frozenset[str] = frozenset()
    is_the_rest: bool = False


def misplaced(sentence: str, quote: str, asked: str, translates: bool) -> Figure | None:
    """A figure of `sentence` that `quote` says of something else; None when there is none. What a sentence leaves out,
    the customer may have `asked` about: "it is €37"."""
    segments = _segments(quote)
    if len(segments) < _LEAST_SEGMENTS:
        return None
    # "For those who are not students" is told from "for students" by its no.
    clauses = [clause for part in sentences(sentence) for clause in _merged(part) if not has_denial(clause)]
    told = [figure for clause in clauses for figure in _figures(clause)]
    speaks_of_today = bool(days.relative(sentence)) or days.says_now(sentence)
    tells_the_last = says_no(sentence)
    for clause in clauses:
        found = _figures(clause)
        for figure in found:
            if figure.kind == _TIME and speaks_of_today:
                # Whether that is today's, the days tell.
                continue
            if figure.bound and figure.kind not in _ONE_BY_ONE and tells_the_last:
                # "Too far: we only go up to 15 km" tells the last of several limits.
                continue
            if _is_of_any(figure, found, told, segments, translates):
                continue
            # Where several are told, each may be of anything.
            context = asked if sum(_are_alike(figure, other) for other in told) == 1 else ""
            if _is_misplaced(figure, clause, segments, context, translates):
                return figure
    return None


def _is_of_any(
    figure: Figure, found: Sequence[Figure], told: Sequence[Figure], segments: Sequence[_Segment], translates: bool
) -> bool:
    """Whether nothing tells what a figure is said of: `found` are those of its clause, `told` those of the sentence."""
    if figure.kind not in CURRENCIES and any(other.kind in CURRENCIES for other in found):
        # Then it may say what the price is for.
        return True
    # "Of 22 and 26 cm".
    if figure.kind not in _ONE_BY_ONE and (translates or _tells_all(told, figure, segments)):
        return True
    # "€12 plus €8 per person" is of several.
    return sum(_are_alike(figure, other) for other in found) > 1 and figure.bound not in ("from", "to")


def cases(text: str) -> list[str]:
    """The parts of a sentence of a quote that have figures of one thing each, "€7 up to 5 km" and "€12 up to 15 km",
    each with what stands before the first and behind the last of them. Of one that has but one, all of it."""
    found = _merged(text)
    # "Orders of €80 or more are delivered free" is one.
    own = [
        case
        for case in found
        if any(f.kind in _ONE_BY_ONE and f.bound not in ("least", "most") for f in _figures(case))
    ]
    if len(own) < _LEAST_SEGMENTS:
        return [text]
    lead = text.partition(found[0])[0]
    trail = text.rpartition(found[-1])[2] if found[-1] in text else ""
    return [f"{lead}{case}{trail}" for case in found]


def told_figures(clause: str) -> list[Figure]:
    """The figures of a clause that may be of one thing or another, its times of day among them."""
    return _telling(clause)


def _tells_all(told: Sequence[Figure], figure: Figure, segments: Sequence[_Segment]) -> bool:
    """Whether all figures of the quote that may be taken for one another are told."""
    given = {f.value for s in segments for f in s.figures if _are_alike(f, figure)}
    return {f.value for f in told if _are_alike(f, figure)} >= given


def _is_misplaced(figure: Figure, clause: str, segments: Sequence[_Segment], asked: str, translates: bool) -> bool:
    alike = [s for s in segments if any(_are_alike(f, figure) for f in s.figures)]
    own = [s for s in alike if any(f.is_same(figure) for f in s.figures)]
    others = [s for s in alike if s not in own]
    if not own or not others or any(s.is_the_rest for s in own):
        return False
    decided = [[_is_met(s, asked) for s in some] for some in (own, others)]
    if figure.kind in CURRENCIES and (True in decided[0] or True in decided[1]):
        # "€7 up to 5 km, €12 from 5 to 15 km": at 8 km it is €12.
        return True not in decided[0] and False in decided[0]
    names = _names(clause, figure)
    said = frozenset(name for name in names if name[0] == _EXACT or not translates or len(name) >= _COGNATE)
    if any(_tells(said, one, other) or _tells(said, other, one) for one in own for other in others):
        asked_for = _names(asked) if asked else None
        return all(any(_is_of(other, one, said, asked_for) for other in others) for one in own)
    asked_for = _names(asked)
    return all(any(_is_of(other, one, asked_for, None) for other in others) for one in own)


def _is_met(segment: _Segment, asked: str) -> bool | None:
    """Whether what the customer says of themselves is within the limits of a part of the quote; None if it has none of
    that kind."""
    limits = [limit for limit in limits_of(list(segment.figures)) if not limit[0].is_price]
    compared = [
        is_within(figure, *limit) for limit in limits for figure in figures(asked) if are_alike(figure, limit[0])
    ]
    return all(compared) if compared else None


def _is_of(other: _Segment, own: _Segment, said: frozenset[str], asked: frozenset[str] | None) -> bool:
    """Whether what is `said` means the other segment rather than the one that has the figure."""
    theirs, mine = _tells(said, other, own, own.inherited), _tells(said, own, other, other.inherited)
    if theirs != mine:
        return theirs > mine
    # "A tent pitch is €34", of a pitch that costs €26 in June and €34 in July.
    if asked is None or _tells(said, own, other) or not _tells(said, other, own):
        return False
    return not _tells(asked, own, other)


def _tells(said: frozenset[str], one: _Segment, other: _Segment, known: frozenset[str] = frozenset()) -> int:
    """How much `said` has of what tells the first segment from the second, and is not `known` of that."""
    telling = one.names - _common(one.names, other.names | known)
    found = frozenset(name for name in telling if _common(frozenset([name]), said))
    return len(found) + _NEAREST * len(found & one.nearest)


def _common(names: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """Those of `names` that are among the others: words by their beginnings, all else as it is."""
    return frozenset(name for name in names if name in others or any(_is_same(name, other) for other in others))


def _is_same(name: str, other: str) -> bool:
    """Whether two words are one but for their endings: "check-in" and "check-out" are not."""
    if _EXACT in (name[0], other[0]):
        return False
    shorter, longer = sorted((name, other), key=len)
    stem = longer[: max(_SHORTEST, len(longer) - _ENDING)]
    if shorter.startswith(stem) or (len(shorter) >= _SHORTEST and longer.startswith(shorter)):
        return True
    # "Liefern" and "Lieferung"; not "check-in" and "check-out".
    return len(shorter) > _COGNATE and longer.startswith(shorter[:-1]) and len(longer) - len(shorter) <= _ENDING


def _are_alike(figure: Figure, other: Figure) -> bool:
    """Whether one may be taken for the other: what costs nothing is a price as well. Bare numbers are names."""
    if figure.kind == other.kind == "count":
        return {figure.bound, other.bound} <= {"least", "most"}
    if figure.takes_time and other.takes_time:
        return True
    return figure.kind == other.kind or {figure.kind, other.kind} <= {_GRATIS.kind, *CURRENCIES}


def _figures(clause: str) -> list[Figure]:
    found = [*figures(without_times(clause)), *_times(clause)]
    costs_nothing = (is_gratis(clause) or (is_included(clause) and has_verb(clause))) and not denies(clause)
    is_priced = any(f.kind in CURRENCIES and f.bound not in ("least", "most") for f in found)
    return [*found, _GRATIS] if costs_nothing and not is_priced else found


def _times(clause: str) -> Iterator[Figure]:
    """The times of a clause as figures; those of a range are of one thing."""
    plain, found = clock_text(clause), [time for time in times(clause) if time.sure]
    joined = [joins_times(plain[a.end : b.start]) for a, b in pairwise(found)]
    for number, time in enumerate(found):
        is_in_range = any(joined[max(0, number - 1) : number + 1])
        yield Figure(_TIME, min(time.minutes), "from" if is_in_range else "")


def _segments(quote: str) -> list[_Segment]:
    found: list[_Segment] = []
    lead: frozenset[str] = frozenset()
    for sentence in sentences(quote):
        for clause in _merged(sentence):
            before = before_figure(clause)
            names = _names(clause)
            # "…, or €40 a day" is about what the clause before it is about.
            inherited = lead if not (has_verb(before) and content(before)) else frozenset[str]()
            # "Free up to 48 hours before; later it costs €10."
            is_the_rest = goes_beyond(before)
            found.append(
                _Segment(tuple(_figures(clause)), names, _nearest(before, clause), inherited - names, is_the_rest)
            )
            lead = inherited | names if inherited else names
        if not sentence.endswith(";"):
            lead = frozenset()
    return found


def _nearest(before: str, clause: str) -> frozenset[str]:
    """The last word before the figure of a clause, and what it has of days, numbers and rivals; without a word before
    it, what stands behind it."""
    ordered = [word for word in words(before) if content(word)]
    names = _names(clause)
    marks = frozenset(name for name in names if name[0] == _EXACT)
    return (content(ordered[-1]) if ordered else names) | marks


def _merged(sentence: str) -> list[str]:
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
    return [figure for figure in _figures(clause) if _are_alike(figure, figure)]


def _repeats(clause: str, piece: str) -> bool:
    known = _figures(clause)
    return any(_are_alike(figure, other) for figure in _figures(piece) for other in known)


def _names(clause: str, figure: Figure | None = None) -> frozenset[str]:
    """What a clause is about: its words, its figures beside `figure` and prices, its days and months, and things of
    which there are rivals, in any language."""
    numbers = {f"{f.number:g}" for f in figures(clause) if f.kind in CURRENCIES or f is figure or f == figure}
    named = {
        f"{float(number.replace(',', '.')):g}" for number in _NUMBER.findall(digits(without_times(clause)))
    } - numbers
    named |= {f"day {day}" for found in days.weekdays(clause) for day in found.days}
    seasons = dates.seasons(clause)
    named |= {f"month {m}" for m in range(1, 13) if any(s.has((m, 15)) for s in seasons)}
    named |= {f"month {month}" for month, _ in dates.dates(clause)}
    named |= {f"{group} {member}" for group, members in rivals(clause).items() for member in members}
    return content(clause) | {_EXACT + name for name in named}
