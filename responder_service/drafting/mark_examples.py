"""What resembles texts that needed a person at once. A pattern knows how some people say it; others say it otherwise.
Learned from data/mark_examples.yaml when the module is imported, in a fraction of a second."""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from responder_service.data.reading import Table, Words, read
from responder_service.language.words import split


class _Examples(Table):
    safety: Words
    payment: Words
    legal: Words
    ordinary: Words


# Naive Bayes over pieces of words and pairs of words, each counted once per text. What stands in one example alone
# says nothing; how much is added to each count is what worked best on businesses that were left out.
_PIECES = (3, 4, 5)
_FEWEST, _SMOOTHING = 2, 0.3
# From this score on, which is the logarithm of odds, one in a hundred ordinary texts is taken for it.
_ENOUGH = {"safety": 4.4, "payment": 4.5}
# Examples are gone through so often; each must be so far on its side, and what is not is moved by so much.
_CORRECTIONS, _CLEARLY, _STEP = 8, 1.0, 0.1
# Longer texts are read sentence by sentence too, so that a story does not hide what happened.
_FEW_WORDS = 25


def resembles(kind: str, said: Sequence[str]) -> bool:
    """Whether the sentences, or one of them where there are many, resemble examples of `kind`: safety or payment."""
    whole = " ".join(said)
    parts = [whole, *said] if len(whole.split()) > _FEW_WORDS else [whole]
    return any(_score(_WEIGHTS[kind], part) >= _ENOUGH[kind] for part in parts)


def _score(weights: Sequence[float], said: str) -> float:
    words = said.split()
    pairs = {_PLACES[pair] for pair in _pairs(words) if pair in _PLACES}
    known = [weights[place] for place in pairs.union(*map(_known_pieces, set(words)))]
    # An exact sum: parts come in any order.
    return math.fsum(known) / math.sqrt(len(known)) if known else -math.inf


# Nearly all words of a text are among those that stood in others.
@lru_cache(maxsize=4_000)
def _known_pieces(word: str) -> tuple[int, ...]:
    return tuple({_PLACES[piece] for piece in _pieces(word) if piece in _PLACES})


def _parts(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        yield from _pieces(word)
    yield from _pairs(words)


def _pieces(word: str) -> Iterator[str]:
    edged = f" {word} "
    for length in _PIECES:
        yield from (edged[start : start + length] for start in range(len(edged) - length + 1))


def _pairs(words: Sequence[str]) -> Iterator[str]:
    yield from (f"{word} {following}" for word, following in pairwise(words))


def _learned(examples: Mapping[str, Iterable[str]]) -> tuple[dict[str, int], dict[str, "array[float]"]]:
    """The place of each part of a text, and by its place how much it speaks for each kind that is looked for."""
    # Texts are taken apart twice: the parts of all at once would be ten times as much memory as what is kept of them.
    texts = {kind: [split(text) for text in written] for kind, written in examples.items()}
    counts = {kind: Counter(part for text in read_as for part in set(_parts(text))) for kind, read_as in texts.items()}
    everywhere = sum(counts.values(), Counter[str]())
    places = {part: place for place, part in enumerate(part for part in everywhere if everywhere[part] >= _FEWEST)}
    known = [(_places(text, places), kind) for kind, read_as in texts.items() for text in read_as]
    weights = {}
    for kind in _ENOUGH:
        own, number = counts[kind], len(texts[kind])
        by_place = (
            math.log(_share(own[part], number) / _share(everywhere[part] - own[part], len(known) - number))
            for part in places
        )
        # A quarter of a list's memory.
        weights[kind] = array("d", by_place)
        _correct(weights[kind], kind, known)
    return places, weights


def _places(text: Sequence[str], places: Mapping[str, int]) -> list[int]:
    return [places[part] for part in set(_parts(text)) if part in places]


def _correct(weights: "array[float]", kind: str, known: Sequence[tuple[list[int], str]]) -> None:
    """Moves the weights of examples that they get wrong, or nearly so: parts of a text are not independent witnesses.
    `known` has the places of each example's parts, and its kind."""
    for _ in range(_CORRECTIONS):
        for places, of in known:
            right = 1 if of == kind else -1
            score = math.fsum(weights[place] for place in places) / math.sqrt(len(places) or 1)
            if right * (score - _ENOUGH[kind]) < _CLEARLY:
                for place in places:
                    weights[place] += right * _STEP


def _share(count: int, of: int) -> float:
    return (count + _SMOOTHING) / (of + 2 * _SMOOTHING)


_PLACES, _WEIGHTS = _learned(read("mark_examples.yaml", _Examples).model_dump())
