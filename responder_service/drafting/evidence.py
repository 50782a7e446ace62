"""Whether a sentence holds the kind of answer that a question asks for: an amount, a time, a day. The words are in
data/evidence.yaml."""

from collections.abc import Iterable

from responder_service.data.reading import AnyOf, Table, read
from responder_service.language.folding import fold


class _Evidence(Table):
    kinds: dict[str, AnyOf]


_KINDS = read("evidence.yaml", _Evidence).kinds


def holds(sentence: str, kinds: Iterable[str]) -> bool:
    """Whether `sentence` holds what one of `kinds` asks for. What no sentence can be seen to hold, such as a reason,
    is not held."""
    said = fold(sentence)
    return any(kind in _KINDS and _KINDS[kind].search(said) is not None for kind in kinds)
