"""What a customer's texts ask: fragments put together, and several questions taken apart."""

import re
from collections.abc import Callable, Sequence

from responder_service.data.reading import AnyOf, Language, Parts, Table, any_word, read
from responder_service.language.folding import FoldedWords
from responder_service.language.words import split

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+|(?<=[?？。！])(?=\S)")
_ENDS = (".", "!", "?", "…", "？", "。")


class _Questions(Table):
    starters: dict[Language, FoldedWords]
    continuations: dict[Language, FoldedWords]
    conjunctions: FoldedWords
    also: FoldedWords
    parts: Parts
    commands: AnyOf
    of_ones_own: AnyOf
    follow_up: AnyOf


_questions = read("questions.yaml", _Questions)
_STARTS = frozenset().union(*_questions.starters.values())
_CONTINUES = frozenset().union(*_questions.continuations.values())
_AND = re.compile(
    rf",?\s+{any_word(_questions.conjunctions)}\s+(?:{any_word(_questions.also)}\s+)?(?=(\S+))", re.IGNORECASE
)


def is_follow_up(text: str) -> bool:
    """Whether the text goes on with what was asked before, such as "and to Mexico?"."""
    return _questions.follow_up.search(" ".join(split(text))) is not None


def asks_of_own(text: str) -> bool:
    """Whether the text asks what became of something of the customer's, such as "did my return arrive?"."""
    return _questions.of_ones_own.search(" ".join(split(text))) is not None


def commands(text: str) -> bool:
    """Whether the text tries to command: new rules, another role, secrets, other customers' data."""
    return _questions.commands.search(" ".join(split(text))) is not None


def questions(texts: Sequence[str], says_something: Callable[[str], bool]) -> list[str]:
    """The questions in the texts, each with the statements around it, which may bear on it: "It is cracked. What now?"
    is one. What says nothing, such as a greeting, is left out."""
    found: list[list[str]] = []
    open_ended = True
    for sentence in _sentences(texts):
        is_question = _is_question(sentence)
        if not found or (is_question and not open_ended):
            found.append([])
            open_ended = True
        found[-1].append(sentence)
        if is_question and says_something(sentence):
            open_ended = False
    joined = [" ".join(sentences) for sentences in found]
    return [text for text in joined if says_something(text)]


def _sentences(texts: Sequence[str]) -> list[str]:
    sentences: list[str] = []
    for text in _joined(texts):
        for sentence in filter(None, map(str.strip, _SENTENCE_END.split(text))):
            sentences += _clauses(sentence)
    return sentences


def _joined(texts: Sequence[str]) -> list[str]:
    joined: list[str] = []
    for text in map(str.strip, texts):
        goes_on = bool(joined) and not joined[-1].endswith(_ENDS) and _first(text) in _CONTINUES
        if goes_on:
            joined[-1] = f"{joined[-1]} {text}"
        elif text:
            joined.append(text)
    return joined


def _clauses(sentence: str) -> list[str]:
    """A question that two questions make up: "do you ship to Canada and how much is it?"."""
    for match in _AND.finditer(sentence):
        if _is_question(sentence) and _first(match.group(1)) in _STARTS:
            return [sentence[: match.start()], *_clauses(sentence[match.end() :])]
    return [sentence]


def _is_question(sentence: str) -> bool:
    return "?" in sentence or "？" in sentence or _first(sentence) in _STARTS


def _first(text: str) -> str:
    return next(iter(split(text)), "")
