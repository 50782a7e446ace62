"""Whether a figure belongs to what a sentence says of it: in "Fibre 500 is €37, Fibre 1000 €47", €37 is not that of
Fibre 1000."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from responder_service.checks.clock import times
from responder_service.checks.figures import CURRENCIES, Figure, digits, figures
from responder_service.checks.plain_text import sentences, words
from responder_service.checks.wording import content, is_gratis, rivals

_JOINT = re.compile(r"([;()]|:\s|,\s|\s[-–]\s|,?\s(?:and|or|but|y|o|pero|et|ou|mais|und|oder|aber|while)\s)")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
# A number that names something tells more than a word.
_NUMBER_WEIGHT = 3
_LEAST_SEGMENTS = 2
# Letters of an ending.
_ENDING = 2
_TIME = "time"
# From a figure's base unit to how it may be written: days as minutes, years as months.
_FACTORS = (1, 12, 60, 1440, 10080, 1000)
# What costs nothing, as a figure.
_GRATIS = Figure("gratis", 0)
# Figures in a row are of one thing within so many words.
_LEAD = 2


@dataclass(frozen=True)
class _Segment:
    """A part of a quote with figures, and the words and numbers that tell what it is about; `inherited` are those of
    the part before it, which it may be about as well."""

    figures: tuple[Figure, ...]
    names: frozenset[str]
    inherited: frozenset[str] = frozenset()

    def tells_apart(self, shared: frozenset[str]) -> bool:
        """Whether a word beside those that are `shared` says what it is about."""
        return any(name[:1].isalpha() for name in self.names - shared)


def misplaced(sentence: str, quote: str, translates: bool = False) -> Figure | None:
    """A figure of `sentence` that `quote` says of something else; None when there is none."""
    segments = _segments(quote)
    if len(segments) < _LEAST_SEGMENTS:
        return None
    for clause in _clauses(sentence):
        found = _figures(clause)
        for figure in found:
            # "€12 plus €8 per person" is of several.
            if sum(_are_alike(figure, other) for other in found) > 1 and figure.bound not in ("from", "to"):
                continue
            if _is_misplaced(figure, clause, segments, translates):
                return figure
    return None


def _is_misplaced(figure: Figure, clause: str, segments: Sequence[_Segment], translates: bool) -> bool:
    alike = [s for s in segments if any(_are_alike(f, figure) for f in s.figures)]
    own = [s for s in alike if any(f.is_same(figure) for f in s.figures)]
    others = [s for s in alike if s not in own]
    if not own or not others:
        return False
    said = _names(clause, figure)
    shared = frozenset[str].intersection(*(s.names for s in alike))
    mine, theirs = (max(_score(said, s.names - shared) for s in some) for some in (own, others))
    if mine != theirs:
        return mine < theirs
    if mine == 0 and figure.kind in CURRENCIES and not translates and any(s.tells_apart(shared) for s in own):
        # Of several prices, it is not said whose this is.
        return True
    # "Bicycles €15, electric ones €35": an electric one is a bicycle as well.
    mine, theirs = (max(_score(said, s.names | s.inherited) for s in some) for some in (own, others))
    return mine < theirs


def _are_alike(figure: Figure, other: Figure) -> bool:
    """Whether one may be taken for the other: what costs nothing is a price as well."""
    if figure.takes_time and other.takes_time:
        return True
    return figure.kind == other.kind or {figure.kind, other.kind} <= {_GRATIS.kind, *CURRENCIES}


def _figures(clause: str) -> list[Figure]:
    found = [*figures(clause), *(Figure(_TIME, min(time.minutes)) for time in times(clause) if time.sure)]
    return found if any(f.kind in CURRENCIES for f in found) or not is_gratis(clause) else [*found, _GRATIS]


def _score(said: frozenset[str], names: frozenset[str]) -> int:
    return sum(_NUMBER_WEIGHT if word[:1].isdigit() else 1 for word in said if any(_is_same(word, n) for n in names))


def _is_same(word: str, other: str) -> bool:
    """Whether two words are one but for their endings: "check-in" and "check-out" are not."""
    longest = max(len(word), len(other))
    return word == other or (longest > _ENDING * 2 and word[: longest - _ENDING] == other[: longest - _ENDING])


def _clauses(sentence: str) -> list[str]:
    """The parts of a sentence that have figures, each with the words before it that have none."""
    return [clause for part in sentences(sentence) for clause in _merged(part)]


def _segments(quote: str) -> list[_Segment]:
    found: list[_Segment] = []
    for sentence in sentences(quote):
        lead: frozenset[str] = frozenset()
        for clause in _merged(sentence):
            names = _names(clause, None)
            if _is_elliptic(clause):
                found.append(_Segment(tuple(_figures(clause)), names | lead))
                continue
            found.append(_Segment(tuple(_figures(clause)), names, lead))
            lead = _lead(clause)
    return found


def _merged(sentence: str) -> list[str]:
    """A sentence cut where a figure of a kind follows that the piece has already: each piece is of one thing."""
    merged: list[str] = []
    pending = ""
    pieces = ["", *_JOINT.split(sentence)]
    for joint, piece in zip(pieces[::2], pieces[1::2], strict=True):
        if not _figures(piece) and merged and not pending and joint.strip().isalpha():
            # "In July and August".
            merged[-1] = f"{merged[-1]} {piece}"
        elif not _figures(piece):
            pending = f"{pending} {piece}".strip()
        elif merged and not _repeats(merged[-1], piece):
            merged[-1] = f"{merged[-1]} {pending} {piece}"
            pending = ""
        else:
            merged.append(f"{pending} {piece}".strip())
            pending = ""
    # What follows the last figure is of all of them: "…, breakfast included".
    return merged or [sentence]


def _repeats(clause: str, piece: str) -> bool:
    known = _figures(clause)
    return any(_are_alike(figure, other) for figure in _figures(piece) for other in known)


def _is_elliptic(clause: str) -> bool:
    """Whether a clause begins with its figure, so that it is about what the one before it is about."""
    found = _NUMBER.search(digits(clause))
    return found is not None and len(words(digits(clause)[: found.start()])) < _LEAD


def _lead(clause: str) -> frozenset[str]:
    plain = digits(clause)
    found = _NUMBER.search(plain)
    return content(plain[: found.start()]) if found else content(plain)


def _names(clause: str, figure: Figure | None) -> frozenset[str]:
    """What a clause is about: its words, and its numbers, save that of `figure`."""
    numbers = {_canonical(number) for number in _NUMBER.findall(digits(clause))}
    if figure is not None:
        numbers -= {f"{figure.value / factor:g}" for factor in _FACTORS}
        numbers -= {f"{figure.value / 60 - 12:g}"} if figure.kind == _TIME else set()
    things = {f"{group} {member}" for group, members in rivals(clause).items() for member in members}
    return content(clause) | numbers | things


def _canonical(number: str) -> str:
    return number.replace(",", ".").removesuffix(".00").removesuffix(".0")
