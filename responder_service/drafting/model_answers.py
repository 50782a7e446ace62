"""Answers by a model that is given the passages which fit. What it quotes must stand in what it was given."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from responder_service.drafting import prompt
from responder_service.drafting.conversation import (
    Articles,
    Conversation,
    Draft,
    Drafted,
    HandOff,
    HandOffReason,
    Mode,
    Role,
    Sentence,
)
from responder_service.drafting.decision import (
    DECISION,
    Decision,
    HandOffCause,
    ModelFailure,
    QuotedSentence,
)
from responder_service.knowledge.passage import Passage
from responder_service.language.detection import detect

if TYPE_CHECKING:
    from responder_service.drafting.model import Model

# What is found goes first. The rest goes with it as far as there is room, in characters (about 6,000 tokens): words are
# searched for, and a question in other words, or in another language than its article, finds little.
_PASSAGES, _ROOM = 10, 24_000
_PER_QUERY = 6
_QUERIES = 5
# What was written before is searched as far as its end goes with the question.
_MOST_QUERY_CHARACTERS = 1_600
# What one of several segments holds in GSM-7 (3GPP TS 23.038).
_CHARACTERS_PER_SEGMENT = 153
_NOT_FOUND = (HandOffReason.NOT_KNOWN, "the model did not find an answer")
_CAUSES: Mapping[HandOffCause, tuple[HandOffReason, str]] = {
    "": _NOT_FOUND,
    "not_in_articles": _NOT_FOUND,
    "in_part": (HandOffReason.NOT_KNOWN, "the articles answer a part of it"),
    "own_account": (HandOffReason.NOT_KNOWN, "it is about the customer's own order or account"),
    "asks_for_person": (HandOffReason.ASKED_FOR_PERSON, "by the model's reading"),
    "instructions": (HandOffReason.NOT_KNOWN, "the text gives instructions"),
}
# Typography that would turn a GSM-7 text into UCS-2 and halve what a segment holds.
_PLAIN = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2011": "-",
        "\u2026": "...",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
    }
)


# Whether a quote stands in a text.
StandsIn = Callable[[str, str], bool]


@dataclass(frozen=True)
class _Source:
    """The section that has a quote; None: the profile has it."""

    passage: Passage | None


class ModelAnswers:
    """A Drafter. `seconds` is how long the model may take for an answer."""

    def __init__(
        self, articles: Articles, model: "Model", stands_in: StandsIn, max_segments: int, seconds: float
    ) -> None:
        self._articles = articles
        self._model = model
        self._stands_in = stands_in
        self._seconds = seconds
        self._max_characters = max_segments * _CHARACTERS_PER_SEGMENT

    async def draft(self, conversation: Conversation) -> Drafted:
        """A draft or a hand-off. Never raises for what a customer wrote, or for a model that fails."""
        # Strange texts take a while, and others' drafts must not wait for them.
        passages = await asyncio.to_thread(self._search, conversation)
        asked = await self._model.ask(
            prompt.write(conversation, passages, self._max_characters), DECISION, self._seconds
        )
        result = self._result(asked.result, conversation, passages)
        return Drafted(result, Mode.MODEL, self._model.name, asked.input_tokens, asked.output_tokens)

    def _search(self, conversation: Conversation) -> list[Passage]:
        """What fits the texts that wait: together, each alone, and with what the customer wrote before them, since
        "and to Canada?" is only half a question."""
        waiting = [line.text for line in conversation.unanswered][-_QUERIES:]
        earlier = [line.text for line in conversation.lines if line.role is Role.CUSTOMER][-len(waiting) - 2 :]
        queries = dict.fromkeys([" ".join(waiting), *waiting, " ".join(earlier)[-_MOST_QUERY_CHARACTERS:]])
        found: dict[tuple[str, int], Passage] = {}
        for query in queries:
            for passage in self._articles.search(conversation.workspace_id, query, _PER_QUERY):
                found.setdefault(passage.place, passage)
        best = list(found.values())[:_PASSAGES]
        return [*best, *_fitting(self._articles.sections(conversation.workspace_id), best)]

    def _result(
        self, decision: Decision | ModelFailure, conversation: Conversation, passages: Sequence[Passage]
    ) -> Draft | HandOff:
        if isinstance(decision, ModelFailure):
            return HandOff(HandOffReason.MODEL_FAILED, decision.detail)
        if decision.decision == "hand_off":
            return HandOff(*_CAUSES[decision.hand_off])
        return self._quoted(decision, conversation, passages)

    def _quoted(self, decision: Decision, conversation: Conversation, passages: Sequence[Passage]) -> Draft | HandOff:
        """The draft, each of its sentences with the section that has its quote."""
        if not decision.sentences:
            return HandOff(HandOffReason.NOT_KNOWN, "the answer has no sentences")
        known = {passage.article_id for passage in passages}
        if conversation.profile.business_hours:
            known.add(prompt.PROFILE)
        if not known.issuperset(sentence.article_id for sentence in decision.sentences):
            return HandOff(HandOffReason.NOT_KNOWN, "the answer cites what was not given")
        sentences: list[Sentence] = []
        for said in decision.sentences:
            source = self._source(said, conversation, passages)
            if source is None:
                return HandOff(HandOffReason.DRAFT_REFUSED, "quote")
            sentences.append(Sentence(_plain(said.text), said.quote, source.passage))
        return _draft(sentences, conversation.profile.languages)

    def _source(self, said: QuotedSentence, conversation: Conversation, passages: Sequence[Passage]) -> _Source | None:
        """Where a quote stands; None when it does not stand where it is said to."""
        if said.article_id == prompt.PROFILE:
            return _Source(None) if self._stands_in(said.quote, conversation.profile.business_hours) else None
        of_article = (passage for passage in passages if passage.article_id == said.article_id)
        return next((_Source(passage) for passage in of_article if self._stands_in(said.quote, passage.text)), None)


def _fitting(sections: Sequence[Passage], given: Sequence[Passage]) -> list[Passage]:
    """Those of `sections` beside the `given` ones that there is room for: first the rest of the same articles."""
    known = {passage.place for passage in given}
    articles = {passage.article_id for passage in given}
    room = _ROOM - sum(len(passage.text) for passage in given)
    rest = [passage for passage in sections if passage.place not in known]
    fitting: list[Passage] = []
    for passage in sorted(rest, key=lambda passage: passage.article_id not in articles):
        room -= len(passage.text)
        if room >= 0:
            fitting.append(passage)
    return fitting


def _draft(sentences: Sequence[Sentence], languages: Sequence[str]) -> Draft:
    text = " ".join(sentence.text for sentence in sentences)
    rests_on = tuple(dict.fromkeys(sentence.passage for sentence in sentences if sentence.passage))
    return Draft(text, rests_on, detect(text, languages), tuple(sentences))


def _plain(text: str) -> str:
    return " ".join(text.translate(_PLAIN).split())
