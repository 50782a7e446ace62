"""Answers by a model that is given the passages which fit. What it cites must be among what it was given."""

import asyncio
from collections.abc import Sequence
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
)
from responder_service.drafting.decision import Asked, Decision, ModelFailure
from responder_service.knowledge.passage import Passage
from responder_service.language.detection import detect

if TYPE_CHECKING:
    from responder_service.drafting.model import Model

_PASSAGES = 6
_PER_QUERY = 4
_QUERIES = 5
# What was written before is searched as far as its end goes with the question.
_MOST_QUERY_CHARACTERS = 1_600
# What one of several segments holds in GSM-7 (3GPP TS 23.038).
_CHARACTERS_PER_SEGMENT = 153
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


class ModelAnswers:
    """A Drafter."""

    def __init__(self, articles: Articles, model: "Model", max_segments: int) -> None:
        self._articles = articles
        self._model = model
        self._max_characters = max_segments * _CHARACTERS_PER_SEGMENT

    async def draft(self, conversation: Conversation) -> Drafted:
        """A draft or a hand-off. Never raises for what a customer wrote, or for a model that fails."""
        # Strange texts take a while, and others' drafts must not wait for them.
        passages = await asyncio.to_thread(self._search, conversation)
        asked = await self._model.ask(prompt.write(conversation, passages, self._max_characters))
        result = _result(asked, conversation, passages)
        return Drafted(result, Mode.MODEL, self._model.name, asked.input_tokens, asked.output_tokens)

    def _search(self, conversation: Conversation) -> list[Passage]:
        """What fits the texts that wait: together, each alone, and with what the customer wrote before them, since
        "and to Canada?" is only half a question."""
        waiting = [line.text for line in conversation.unanswered][-_QUERIES:]
        earlier = [line.text for line in conversation.lines if line.role is Role.CUSTOMER][-len(waiting) - 2 :]
        queries = dict.fromkeys([" ".join(waiting), *waiting, " ".join(earlier)[-_MOST_QUERY_CHARACTERS:]])
        found: dict[tuple[str, str], Passage] = {}
        for query in queries:
            for passage in self._articles.search(conversation.workspace_id, query, _PER_QUERY):
                found.setdefault((passage.article_id, passage.section), passage)
        return list(found.values())[:_PASSAGES]


def _result(asked: Asked, conversation: Conversation, passages: Sequence[Passage]) -> Draft | HandOff:
    decision = asked.result
    if isinstance(decision, ModelFailure):
        return HandOff(HandOffReason.MODEL_FAILED, decision.detail)
    if decision.decision == "hand_off":
        return HandOff(HandOffReason.NOT_KNOWN, "the model did not find an answer")
    return _cited(decision, conversation, passages)


def _cited(decision: Decision, conversation: Conversation, passages: Sequence[Passage]) -> Draft | HandOff:
    known = {passage.article_id for passage in passages}
    if conversation.profile.business_name or conversation.profile.business_hours:
        known.add(prompt.PROFILE)
    if not decision.article_ids:
        return HandOff(HandOffReason.NOT_KNOWN, "the answer cites nothing")
    if not known.issuperset(decision.article_ids):
        return HandOff(HandOffReason.NOT_KNOWN, "the answer cites what was not given")
    text = " ".join(decision.answer.translate(_PLAIN).split())
    rests_on = tuple(passage for passage in passages if passage.article_id in decision.article_ids)
    return Draft(text, rests_on, detect(text, conversation.profile.languages))
