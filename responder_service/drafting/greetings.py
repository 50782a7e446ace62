"""A greeting is answered in kind: whoever writes "hi" and no more is about to ask something. The words are in
data/greetings.yaml."""

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Annotated

from pydantic import AfterValidator, model_validator

from responder_service.data.reading import Language, Table, Word, alternatives, read
from responder_service.drafting.conversation import Conversation, Draft, HandOff, HandOffReason, Line, Role
from responder_service.language.folding import FoldedWords
from responder_service.language.words import split
from servicekit.segments import segment_count


def _is_one_sms(text: str) -> str:
    if segment_count(text) != 1:
        raise ValueError("does not fit into one SMS")
    return text


class _Greetings(Table):
    greetings: dict[Language, FoldedWords]
    meant_for: dict[Language, FoldedWords]
    answers: dict[Language, Annotated[Word, AfterValidator(_is_one_sms)]]

    @model_validator(mode="after")
    def _same_languages(self) -> "_Greetings":
        if not self.greetings.keys() == self.meant_for.keys() == self.answers.keys():
            raise ValueError("greetings, meant_for and answers must have the same languages")
        return self


_tables = read("greetings.yaml", _Greetings)


def _any(phrases: Iterable[str]) -> str:
    longest_first = sorted(phrases, key=len, reverse=True)
    # A phrase of several words and its last letter again and again.
    return alternatives(f"{re.escape(phrase)}{re.escape(phrase[-1])}*" for phrase in longest_first)


def _pattern(greetings: Iterable[str], meant_for: Iterable[str]) -> re.Pattern[str]:
    greeting = _any(greetings)
    return re.compile(rf"{greeting}(?: (?:{greeting}|{_any(meant_for)}))*")


_PATTERNS = {
    language: _pattern(greetings, _tables.meant_for[language]) for language, greetings in _tables.greetings.items()
}


def greet(conversation: Conversation) -> Draft | HandOff | None:
    """An answer to a greeting; a hand-off that says nothing to the customer when one was answered just before; None
    when they write anything else."""
    waiting = conversation.unanswered
    languages = _languages_of(waiting)
    if not languages:
        return None
    if _languages_of(_answered_last(conversation)):
        return HandOff(HandOffReason.NOT_A_QUESTION, "a greeting again")
    language = _answered_in(languages, conversation.profile.languages)
    return Draft(_tables.answers[language], (), language) if language else None


def _languages_of(lines: Sequence[Line]) -> list[str]:
    """In which languages the texts are greetings and nothing else; none when they are not, or there are none."""
    said = [" ".join(split(line.text)) for line in lines]
    if not any(said) or any(line.media_count for line in lines):
        return []
    return [name for name, pattern in _PATTERNS.items() if all(pattern.fullmatch(text) for text in said if text)]


def _answered_last(conversation: Conversation) -> list[Line]:
    """The customer's texts that were answered last."""
    before = conversation.lines[: len(conversation.lines) - len(conversation.unanswered)]
    theirs = list(reversed(before))
    answers = list(takewhile(lambda line: line.role is not Role.CUSTOMER, theirs))
    return list(takewhile(lambda line: line.role is Role.CUSTOMER, theirs[len(answers) :]))


def _answered_in(languages: Sequence[str], spoken: Sequence[str]) -> str:
    """The greeting's own language, if it is spoken here; else the first one that is. Empty: none that has an answer."""
    if not spoken:
        return languages[0]
    own = [language for language in spoken if language in languages]
    return next(iter([*own, *(language for language in spoken if language in _tables.answers)]), "")
