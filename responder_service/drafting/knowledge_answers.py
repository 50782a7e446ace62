"""Answers without a model: what the section says that answers for certain; else a hand-off."""

import asyncio
from collections.abc import Sequence

from responder_service.drafting.conversation import Conversation, Draft, Drafted, HandOff, HandOffReason, Mode, Role
from responder_service.drafting.matching import Match, Matcher
from responder_service.drafting.questions import Asked, asked_in, is_follow_up
from responder_service.knowledge.knowledge_base import KnowledgeBase
from responder_service.knowledge.search import Index
from responder_service.language.detection import detect
from responder_service.language.reading import Reading, read_text
from servicekit.segments import segment_count

# Whoever writes more tells a story, and its words alone do not show what is asked in it.
_MAX_CHARACTERS = 1000
# More than these are a conversation.
_MOST_QUESTIONS = 3
_NOT_KNOWN = HandOff(HandOffReason.NOT_KNOWN)
# What somebody may ask who asks for the opening hours alone.
_HOURS = frozenset(["=opened", "=today"])


class KnowledgeAnswers:
    """Implements conversation.Drafter."""

    def __init__(self, knowledge_base: KnowledgeBase, max_segments: int) -> None:
        self._knowledge_base = knowledge_base
        self._max_segments = max_segments

    async def draft(self, conversation: Conversation) -> Drafted:
        # Strange texts take a while, and others' drafts must not wait for them.
        result = await asyncio.to_thread(self._answer, conversation)
        return Drafted(result, Mode.KNOWLEDGE_BASE)

    def _answer(self, conversation: Conversation) -> Draft | HandOff:
        texts = [line.text for line in conversation.unanswered]
        whole = "\n".join(texts)
        if len(whole) > _MAX_CHARACTERS:
            return HandOff(HandOffReason.NOT_KNOWN, "the text is long")
        spoken = conversation.profile.languages
        language = detect(whole, spoken)
        indexes = [
            index
            for index in self._knowledge_base.indexes(conversation.workspace_id)
            if language in ("", index.language) and (not spoken or index.language in spoken)
        ]
        # When the language is not certain, an answer in the workspace's first one is the likeliest to be read.
        preferred = (*spoken, "en")[0]
        indexes.sort(key=lambda index: index.language != preferred)
        for index in indexes:
            matches = self._matches(conversation, index, texts)
            if matches:
                return self._draft(matches)
        return self._hours(conversation, whole, language)

    def _matches(self, conversation: Conversation, index: Index, texts: Sequence[str]) -> list[Match]:
        """One section for each question; empty when any of them is not answered for certain."""
        asked, told = asked_in(texts, index.read)
        if not 0 < len(asked) <= _MOST_QUESTIONS:
            return []
        matcher = Matcher(index, self._max_segments)
        if len(asked) == 1 and is_follow_up(texts[0]):
            return self._follow_up(conversation, index, matcher, asked[0])
        matches = [matcher.best(question.reading, told) for question in asked]
        return [match for match in matches if match] if all(matches) else []

    def _follow_up(self, conversation: Conversation, index: Index, matcher: Matcher, asked: Asked) -> list[Match]:
        """A short follow-up, such as "and to Canada?", is read together with what the customer asked before."""
        before = [line.text for line in conversation.lines if line.role is Role.CUSTOMER]
        before = before[: len(before) - len(conversation.unanswered)]
        earlier = index.read(before[-1]) if before else Reading({})
        whole = (
            asked.reading if asked.reading.kinds else Reading(asked.reading.content, earlier.kinds, asked.reading.turns)
        )
        for reading in (whole + earlier, asked.reading):
            match = matcher.best(reading, Reading({}))
            # What is asked now must be answered, not only what was asked before.
            if match and asked.reading.content.keys() <= index.read(match.text).content.keys():
                return [match]
        return []

    def _draft(self, matches: Sequence[Match]) -> Draft | HandOff:
        text = " ".join(dict.fromkeys(match.text for match in matches))
        if segment_count(text) > self._max_segments:
            return HandOff(HandOffReason.NOT_KNOWN, "the answers are too long to be texted")
        return Draft(text, tuple(dict.fromkeys(match.passage for match in matches)), matches[0].passage.language)

    def _hours(self, conversation: Conversation, text: str, language: str) -> Draft | HandOff:
        """The profile's hours, when they are asked for and no article has them. A day that is named is something else:
        only the articles, or a person, can say whether the hours hold on it."""
        hours = conversation.profile.business_hours.strip()
        in_language = not language or detect(hours) in ("", language)
        asked = read_text(text, language or "en")
        asks = (
            bool(asked.content)
            and asked.content.keys() <= _HOURS
            and not asked.turns
            and asked.kinds <= {"time", "day"}
        )
        return Draft(hours, (), language) if hours and in_language and asks else _NOT_KNOWN
