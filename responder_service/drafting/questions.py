"""What a customer's texts ask: fragments put together, and several questions taken apart."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from responder_service.data.reading import AnyOf, Language, Parts, Table, any_word, read
from responder_service.language.folding import FoldedWords
from responder_service.language.reading import Reading, join
from responder_service.language.words import split

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+|(?<=[?？。！])(?=\S)")
_ENDS = (".", "!", "?", "…", "？", "。")


class _Questions(Table):
    starters: dict[Language, FoldedWords]
    continuations: dict[Language, FoldedWords]
    conjunctions: FoldedWords
    also: FoldedWords
    thanks: FoldedWords
    parts: Parts
    follow_up: AnyOf


_questions = read("questions.yaml", _Questions)
_STARTS = frozenset().union(*_questions.starters.values())
_CONTINUES = frozenset().union(*_questions.continuations.values())
_THANKS = frozenset(_questions.thanks)
_AND = re.compile(
    rf",?\s+{any_word(_questions.conjunctions)}\s+(?:{any_word(_questions.also)}\s+)?(?=(\S+))", re.IGNORECASE
)


@dataclass(frozen=True)
class Asked:
    """One question."""

    text: str
    reading: Reading


def is_follow_up(text: str) -> bool:
    """Whether the text goes on with what was asked before, such as "and to Mexico?"."""
    return _questions.follow_up.search(" ".join(split(text))) is not None


def asked_in(texts: Sequence[str], read_as: Callable[[str], Reading]) -> tuple[list[Asked], Reading]:
    """The questions in the texts, and what is told beside them, which may bear on them: "It is cracked. What now?".
    What says nothing, such as a greeting, is left out. Without a question mark or word, all of it is asked: "opening
    hours"."""
    read = [Asked(sentence, read_as(sentence)) for sentence in _sentences(texts)]
    saying = [sentence for sentence in read if not sentence.reading.says_nothing]
    asking = [sentence for sentence in saying if _is_question(sentence.text) or sentence.reading.kinds] or saying
    told = [sentence.reading for sentence in saying if sentence not in asking and not _thanks(sentence.text)]
    return asking, join(told)


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


def _thanks(text: str) -> bool:
    """Whether somebody is thanked: for what, bears on no question."""
    return _first(text) in _THANKS


def _first(text: str) -> str:
    return next(iter(split(text)), "")
