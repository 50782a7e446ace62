"""What waits for no answer: thanks, an "ok", a goodbye, a reaction. And greetings, which are answered in kind once
nothing has followed for a while: whoever writes "hi" is about to ask something. The words are in
data/small_talk.yaml."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, takewhile
from typing import Annotated

from pydantic import AfterValidator, model_validator

from responder_service.data.reading import Language, Table, Word, longest_word, read
from responder_service.drafting.conversation import (
    Conversation,
    Draft,
    HandOff,
    HandOffReason,
    Line,
    NoReply,
    NoReplyReason,
    Role,
)
from responder_service.language.folding import FoldedWords, fold
from responder_service.language.words import split
from servicekit.segments import segment_count

Phrase = tuple[str, ...]
_QUESTION_SIGNS = "?¿？؟❓❔"
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_LAUGHTER = re.compile(r"(?:a?(?:ha|he|hi|ho|ja|je|ji)){2,}[hj]?|lo+l")


def _is_one_sms(text: str) -> str:
    if segment_count(text) != 1:
        raise ValueError("does not fit into one SMS")
    return text


class _SmallTalk(Table):
    greetings: dict[Language, FoldedWords]
    meant_for: dict[Language, FoldedWords]
    phrases: dict[Language, FoldedWords]
    assents: dict[Language, FoldedWords]
    beside: dict[Language, FoldedWords]
    reactions: FoldedWords
    answers: dict[Language, Annotated[Word, AfterValidator(_is_one_sms)]]

    @model_validator(mode="after")
    def _same_languages(self) -> "_SmallTalk":
        if not self.greetings.keys() == self.meant_for.keys() == self.answers.keys():
            raise ValueError("greetings, meant_for and answers must have the same languages")
        return self


def _phrases(listed: Iterable[str]) -> frozenset[Phrase]:
    return frozenset(tuple(phrase.split()) for phrase in listed)


def _of_all(tables: dict[str, FoldedWords]) -> frozenset[Phrase]:
    return _phrases(chain.from_iterable(tables.values()))


_tables = read("small_talk.yaml", _SmallTalk)
_GREETINGS = {language: _phrases(listed) for language, listed in _tables.greetings.items()}
_MEANT_FOR = {language: _phrases(listed) for language, listed in _tables.meant_for.items()}
_ASSENTS = _of_all(_tables.assents)
_SAID = _of_all(_tables.phrases) | _of_all(_tables.greetings)
_BESIDE = _of_all(_tables.beside) | _of_all(_tables.meant_for)
_LONGEST = max(map(len, _SAID | _BESIDE | _ASSENTS))
_REACTION = re.compile(rf"{longest_word(_tables.reactions)} [\"'“”„«»‘’].*[\"'“”„«»‘’]", re.DOTALL)


def small_talk(conversation: Conversation) -> Draft | HandOff | NoReply | None:
    """That nothing waits for an answer, or the answer to a greeting; None when the texts say more than that."""
    waiting = conversation.unanswered
    if not any(line.text.strip() for line in waiting):
        return HandOff(HandOffReason.NOT_KNOWN, "no words")
    shows = any(line.media_count for line in waiting)
    languages = _greeted_in(waiting)
    if languages and not shows:
        return _greeting(conversation, languages)
    # An "ok" may be an answer to what we asked.
    asked = any(sign in line.text for line in _answers_before(conversation) for sign in _QUESTION_SIGNS)
    said = _SAID if asked else _SAID | _ASSENTS
    if not all(_says_nothing(line.text, said) for line in waiting):
        return None
    # A picture waits for somebody to look at it; a thumb up waits for nothing.
    return HandOff(HandOffReason.NOT_KNOWN, "a picture") if shows else NoReply(NoReplyReason.SMALL_TALK)


def _says_nothing(text: str, said: frozenset[Phrase]) -> bool:
    if _REACTION.fullmatch(fold(text).strip()):
        return True
    words = split(text)
    if any(sign in text for sign in _QUESTION_SIGNS):
        # "???" says something, and so does "thanks?".
        return False
    return not words or _is_made_of(words, said, _BESIDE)


def _is_made_of(words: Sequence[str], said: frozenset[Phrase], beside: frozenset[Phrase]) -> bool:
    """Whether `words` are phrases of `said`, at least one, and of `beside`, in any order."""
    # Up to where the words are such phrases, each with whether one of `said` is among them.
    reached: set[tuple[int, bool]] = {(0, False)}
    for start in range(len(words)):
        for said_one in (True, False):
            if (start, said_one) not in reached:
                continue
            for phrase in _phrases_at(words, start):
                if phrase in said or _LAUGHTER.fullmatch(" ".join(phrase)):
                    reached.add((start + len(phrase), True))
                elif phrase in beside:
                    reached.add((start + len(phrase), said_one))
    return (len(words), True) in reached


def _phrases_at(words: Sequence[str], start: int) -> Iterator[Phrase]:
    for end in range(start + 1, min(start + _LONGEST, len(words)) + 1):
        phrase = tuple(words[start:end])
        yield phrase
        if any(map(_STRETCHED.search, phrase)):
            yield tuple(_STRETCHED.sub(r"\1", word) for word in phrase)
            yield tuple(_STRETCHED.sub(r"\1\1", word) for word in phrase)


def _greeting(conversation: Conversation, languages: Sequence[str]) -> Draft | NoReply | None:
    if _greeted_in(_answered_last(conversation)):
        # Answered once is answered enough.
        return NoReply(NoReplyReason.SMALL_TALK)
    if not conversation.greeting_waited:
        return NoReply(NoReplyReason.GREETING)
    language = _answered_in(languages, conversation.profile.languages)
    return Draft(_tables.answers[language], (), language) if language else None


def _greeted_in(lines: Sequence[Line]) -> list[str]:
    """In which languages the texts are greetings and nothing else; none when they are not, or there are none."""
    said = [words for line in lines if (words := split(line.text))]
    if not said:
        return []
    return [
        language
        for language, greetings in _GREETINGS.items()
        if all(_begins_with(words, greetings) and _is_made_of(words, greetings, _MEANT_FOR[language]) for words in said)
    ]


def _begins_with(words: Sequence[str], greetings: frozenset[Phrase]) -> bool:
    return any(phrase in greetings for phrase in _phrases_at(words, 0))


def _answers_before(conversation: Conversation) -> list[Line]:
    """What we wrote last."""
    before = conversation.lines[: len(conversation.lines) - len(conversation.unanswered)]
    return list(takewhile(lambda line: line.role is not Role.CUSTOMER, reversed(before)))


def _answered_last(conversation: Conversation) -> list[Line]:
    """The customer's texts that were answered last."""
    before = conversation.lines[: len(conversation.lines) - len(conversation.unanswered)]
    theirs = list(reversed(before))[len(_answers_before(conversation)) :]
    return list(takewhile(lambda line: line.role is Role.CUSTOMER, theirs))


def _answered_in(languages: Sequence[str], spoken: Sequence[str]) -> str:
    """The greeting's own language, if it is spoken here; else the first one that is. Empty: none that has an answer."""
    if not spoken:
        return languages[0]
    own = [language for language in spoken if language in languages]
    return next(iter([*own, *(language for language in spoken if language in _tables.answers)]), "")
