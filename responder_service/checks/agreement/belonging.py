"""Whether a figure belongs to what a sentence says of it: in "Fibre 500 is €37, Fibre 1000 €47", €37 is not that of
Fibre 1000."""

from collections.abc import Sequence

from responder_service.checks import days
from responder_service.checks.agreement.echoes import are_alike, is_within, limits_of
from responder_service.checks.agreement.segments import (
    EXACT,
    ONE_BY_ONE,
    TIME,
    Segment,
    figures_of,
    may_be_taken_for,
    merged,
    names_of,
    segments_of,
)
from responder_service.checks.denials import has_denial, says_no
from responder_service.checks.figures import Figure, figures
from responder_service.checks.phrases import is_a_strict_limit
from responder_service.checks.plain_text import sentences
from responder_service.checks.rates import CURRENCIES

_LEAST_SEGMENTS = 2
# What the word nearest to a figure counts beside the others.
_NEAREST = 1
# Words of two languages that begin alike are the same from so many letters on.
_COGNATE = 6
_SHORTEST, _ENDING = 4, 2


def misplaced(sentence: str, quote: str, asked: str, translates: bool) -> Figure | None:
    """A figure of `sentence` that `quote` says of something else; None when there is none. What a sentence leaves out,
    the customer may have `asked` about: "it is €37"."""
    segments = segments_of(quote)
    if len(segments) < _LEAST_SEGMENTS:
        return None
    # "For those who are not students" is told from "for students" by its no.
    clauses = [clause for part in sentences(sentence) for clause in merged(part) if not has_denial(clause)]
    told = [figure for clause in clauses for figure in figures_of(clause)]
    speaks_of_today = any(days.relative(text) or days.says_now(text) for text in (sentence, asked))
    tells_the_last = says_no(sentence)
    for clause in clauses:
        found = figures_of(clause)
        for figure in found:
            if figure.kind == TIME and speaks_of_today:
                # Whether that is today's, the days tell.
                continue
            if figure.bound and figure.kind not in ONE_BY_ONE and tells_the_last:
                # "Too far: we only go up to 15 km" tells the last of several limits.
                continue
            if _is_of_any(figure, found, told, segments, translates):
                continue
            # Where several are told, each may be of anything.
            rivals = {other.value for other in told if may_be_taken_for(figure, other)}
            context = asked if len(rivals) == 1 else ""
            if _is_misplaced(figure, clause, segments, context, translates):
                return figure
    return None


def _is_of_any(
    figure: Figure, found: Sequence[Figure], told: Sequence[Figure], segments: Sequence[Segment], translates: bool
) -> bool:
    """Whether nothing tells what a figure is said of: `found` are those of its clause, `told` those of the sentence."""
    if figure.kind not in CURRENCIES and any(other.kind in CURRENCIES for other in found):
        # Then it may say what the price is for.
        return True
    # "Of 22 and 26 cm".
    if figure.kind not in ONE_BY_ONE and (translates or _tells_all(told, figure, segments)):
        return True
    # "€12 plus €8 per person" is of several.
    return sum(may_be_taken_for(figure, other) for other in found) > 1 and figure.bound not in ("from", "to")


def _tells_all(told: Sequence[Figure], figure: Figure, segments: Sequence[Segment]) -> bool:
    """Whether all figures of the quote that may be taken for one another are told."""
    given = {f.value for s in segments for f in s.figures if may_be_taken_for(f, figure)}
    return {f.value for f in told if may_be_taken_for(f, figure)} >= given


def _is_misplaced(figure: Figure, clause: str, segments: Sequence[Segment], asked: str, translates: bool) -> bool:
    alike = [s for s in segments if any(may_be_taken_for(f, figure) for f in s.figures)]
    own = [s for s in alike if any(f.is_same(figure) for f in s.figures)]
    others = [s for s in alike if s not in own]
    if not own or not others or any(s.is_the_rest for s in own):
        return False
    decided = [[_is_met(s, asked) for s in some] for some in (own, others)]
    if figure.kind in CURRENCIES and (True in decided[0] or True in decided[1]):
        # "€7 up to 5 km, €12 from 5 to 15 km": at 8 km it is €12.
        return True not in decided[0] and False in decided[0]
    # Words of two languages tell nothing.
    # And "more than 3 hours" is not what is up to 3 hours.
    said = frozenset(name for name in names_of(clause, figure) if name[0] == EXACT or not translates)
    said -= {name for name in said if name[0] == EXACT and is_a_strict_limit(clause, name[1:])}
    if any(_tells(said, one, other) or _tells(said, other, one) for one in own for other in others):
        asked_for = frozenset(n for n in names_of(asked) if n[0] == EXACT or not translates) if asked else None
        return all(any(_is_of(other, one, said, asked_for) for other in others) for one in own)
    # "You would need a full set, which is $65", asked about a fill.
    names_its_own = translates or any(_common(said, one.names) for one in own)
    asked_for = frozenset(name for name in names_of(asked) if name[0] == EXACT or not names_its_own)
    return all(any(_is_of(other, one, asked_for, None) for other in others) for one in own)


def _is_met(segment: Segment, asked: str) -> bool | None:
    """Whether what the customer says of themselves is within the limits of a part of the quote; None if it has none of
    that kind."""
    limits = [limit for limit in limits_of(list(segment.figures)) if not limit[0].is_price]
    compared = [
        is_within(figure, *limit) for limit in limits for figure in figures(asked) if are_alike(figure, limit[0])
    ]
    return all(compared) if compared else None


def _is_of(other: Segment, own: Segment, said: frozenset[str], asked: frozenset[str] | None) -> bool:
    """Whether what is `said` means the other segment rather than the one that has the figure."""
    theirs, mine = _tells(said, other, own, own.inherited), _tells(said, own, other, other.inherited)
    if theirs != mine:
        return theirs > mine
    # "A tent pitch is €34", of a pitch that costs €26 in June and €34 in July.
    if asked is None or _tells(said, own, other) or not _tells(said, other, own):
        return False
    return not _tells(asked, own, other)


def _tells(said: frozenset[str], one: Segment, other: Segment, known: frozenset[str] = frozenset()) -> int:
    """How much `said` has of what tells the first segment from the second, and is not `known` of that."""
    telling = one.names - _common(one.names, other.names | known)
    found = frozenset(name for name in telling if _common(frozenset([name]), said))
    return len(found) + _NEAREST * len(found & one.nearest)


def _common(names: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """Those of `names` that are among the others: words by their beginnings, all else as it is."""
    return frozenset(name for name in names if name in others or any(_is_same(name, other) for other in others))


def _is_same(name: str, other: str) -> bool:
    """Whether two words are one but for their endings: "check-in" and "check-out" are not."""
    if EXACT in (name[0], other[0]):
        return False
    shorter, longer = sorted((name, other), key=len)
    stem = longer[: max(_SHORTEST, len(longer) - _ENDING)]
    if shorter.startswith(stem) or (len(shorter) >= _SHORTEST and longer.startswith(shorter)):
        return True
    # "Liefern" and "Lieferung"; not "check-in" and "check-out".
    return len(shorter) > _COGNATE and longer.startswith(shorter[:-1]) and len(longer) - len(shorter) <= _ENDING
