"""Answers without a model: what the section says that fits, if it fits well; else a hand-off."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from responder_service.drafting.conversation import Conversation, Draft, Drafted, HandOff, HandOffReason, Mode, Role
from responder_service.drafting.hours import asks_for_hours
from responder_service.drafting.questions import asks_of_own, commands, is_follow_up, questions
from responder_service.drafting.segments import shortened
from responder_service.knowledge.article import paragraphs
from responder_service.knowledge.knowledge_base import Found, KnowledgeBase
from responder_service.knowledge.passage import Passage
from responder_service.language.detection import detect
from responder_service.language.words import PRICE
from servicekit.segments import segment_count

# Shares of the question's words, by weight, that a section must hold. Chosen on the evaluation's tuning set.
_FITS = 0.76
# When one section answers several questions.
_FITS_TOGETHER = 0.8
# When the question is read together with an earlier one: it replaces something of that.
_FITS_WITH_CONTEXT = 0.7
# How much better it must be than the best section of another article that covers as much.
_MARGIN = 1.05
# A question must name what the section is about: one word in passing does not answer it, as many words do.
_MIN_FOCUS = 0.25
_MANY_TOPICS = 3
# How much less of the question the text that is sent may hold than the whole section and its tags do.
_LEFT_OUT = 0.1
_LIMIT = 25
# Whoever writes more tells a story, and its words alone do not show what is asked in it.
_MAX_CHARACTERS = 1000
_SHORT_QUESTION_WORDS = 2
_NOT_KNOWN = HandOff(HandOffReason.NOT_KNOWN)


# A section, and how well its article fits.
Rival = tuple[tuple[float, float], Passage]


@dataclass(frozen=True)
class Fit:
    """A section that answers a question for certain, and what of it is sent."""

    passage: Passage
    text: str

    def is_of(self, passage: Passage) -> bool:
        """Whether it is the same section."""
        return (self.passage.article_id, self.passage.position) == (passage.article_id, passage.position)


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
        if commands(whole):
            return HandOff(HandOffReason.NOT_KNOWN, "the text gives instructions")
        if any(map(asks_of_own, texts)):
            return HandOff(HandOffReason.NOT_KNOWN, "the text asks about the customer's own order")
        asked = questions(texts, lambda text: any(not f.question.is_empty for f in self._found(conversation, text)))
        language = detect(whole, conversation.profile.languages)
        fits = self._fit_with_context(conversation, whole, language) if is_follow_up(whole) else []
        fits = fits or self._fits(conversation, asked, language)
        return self._draft(fits) if fits else self._hours(conversation, whole, language)

    def _draft(self, fits: Sequence[Fit]) -> Draft | HandOff:
        text = " ".join(dict.fromkeys(fit.text for fit in fits))
        if segment_count(text) > self._max_segments:
            return HandOff(HandOffReason.NOT_KNOWN, "the answers are too long to be texted")
        return Draft(text, tuple(dict.fromkeys(fit.passage for fit in fits)), fits[0].passage.language)

    def _fits(self, conversation: Conversation, asked: Sequence[str], language: str) -> list[Fit]:
        """One section for all questions, or one for each; empty when any of them is not answered for certain."""
        if len(asked) == 1:
            fit = self._fit(conversation, asked[0], language, _FITS)
            return [fit] if fit else []
        together = self._fit(conversation, "\n".join(asked), language, _FITS_TOGETHER)
        if together:
            return [together]
        fits = [self._fit(conversation, question, language, _FITS) for question in asked]
        return [fit for fit in fits if fit] if all(fits) else []

    def _fit(self, conversation: Conversation, text: str, language: str, fits: float) -> Fit | None:
        found = [f for f in self._found(conversation, text) if language in ("", f.language)]
        answers = [fit for f in found if (fit := self._best(f, fits))]
        # When the language is not certain, an answer in the workspace's first one is the likeliest to be read.
        preferred = (*conversation.profile.languages, "en")[0]
        return max(answers, key=lambda fit: _liking(fit.passage, preferred), default=None)

    def _fit_with_context(self, conversation: Conversation, text: str, language: str) -> list[Fit]:
        """A short follow-up, such as "and to Canada?", is read together with what the customer asked before."""
        before = [line.text for line in conversation.lines if line.role is Role.CUSTOMER]
        before = before[: len(before) - len(conversation.unanswered)]
        for found in self._found(conversation, text) if before else ():
            short = 0 < len(found.question.weights) <= _SHORT_QUESTION_WORDS and not found.question.unknown
            if short and language in ("", found.language):
                fit = self._fit(conversation, f"{before[-1]} {text}", found.language, _FITS_WITH_CONTEXT)
                # What is asked now must be answered, not only what was asked before.
                if fit and any(fit.is_of(p) and p.coverage == 1 for p in found.passages):
                    return [fit]
        return []

    def _best(self, found: Found, fits: float) -> Fit | None:
        """The passage that covers enough and stands out; None when there is none, or two articles fit equally well."""
        if found.question.unknown or not found.question.topics:
            return None
        by_article: dict[str, list[Passage]] = {}
        for passage in found.passages:
            if _answers(found, passage, fits):
                by_article.setdefault(passage.article_id, []).append(passage)
        # The article is found by BM25; its section by what that says beside title and tags, else it is the first.
        rivals = [(max(map(_rank, passages)), max(passages, key=_by_own_words)) for passages in by_article.values()]
        rivals.sort(key=lambda rival: rival[0], reverse=True)
        if not rivals or (len(rivals) > 1 and not _stands_out(found, *rivals[:2])):
            return None
        best = rivals[0][1]
        text = self._sent(found, best)
        return Fit(best, text) if text else None

    def _sent(self, found: Found, passage: Passage) -> str:
        """The first paragraph, with another one when only that holds what was asked; empty when what would be sent does
        not answer, or is too long."""
        named = " / ".join([passage.title, passage.section, *passage.tags, *passage.applies_to])
        for candidate in _candidates(paragraphs(passage.text)):
            text = shortened(candidate, self._max_segments)
            if text and found.coverage(f"{named} / {text}") >= passage.coverage - _LEFT_OUT:
                return text
        return ""

    def _hours(self, conversation: Conversation, text: str, language: str) -> Draft | HandOff:
        hours = conversation.profile.business_hours.strip()
        in_language = not language or detect(hours) in ("", language)
        return Draft(hours, (), language) if hours and in_language and asks_for_hours(text) else _NOT_KNOWN

    def _found(self, conversation: Conversation, text: str) -> list[Found]:
        found = self._knowledge_base.search_all(conversation.workspace_id, text, _LIMIT)
        may = conversation.profile.languages
        return [f for f in found if not may or f.language in may]


def _candidates(texts: Sequence[str]) -> Iterator[str]:
    first, *others = texts
    yield first
    yield from (f"{first} {other}" for other in others)


def _answers(found: Found, passage: Passage, fits: float) -> bool:
    if passage.lacks_must or passage.coverage < fits:
        return False
    if passage.focus < _MIN_FOCUS and not _says_it_all(found, passage):
        return False
    if PRICE not in found.question.weights:
        return True
    # A price is that of what the section is about, not of what a tag names.
    return found.coverage(f"{passage.title} / {passage.section} / {passage.text}") >= fits


def _says_it_all(found: Found, passage: Passage) -> bool:
    return len(found.question.topics) >= _MANY_TOPICS and found.coverage(f"{passage.section} / {passage.text}") == 1


def _rank(passage: Passage) -> tuple[float, float]:
    return round(passage.coverage, 2), passage.score


def _liking(passage: Passage, preferred: str) -> tuple[float, bool, float]:
    return round(passage.coverage, 2), passage.language == preferred, passage.score


def _by_own_words(passage: Passage) -> tuple[float, float, int]:
    return round(passage.coverage, 1), round(passage.own, 2), -passage.position


def _stands_out(found: Found, best: Rival, second: Rival) -> bool:
    topics = found.question.topics
    if len(topics) == 1 and not topics <= set(found.index.words(" / ".join([best[1].title, *best[1].tags]))):
        # One word alone, such as "mug", asks for an article only if that is its subject, or no other one is on it.
        return False
    return best[0][0] > second[0][0] or best[0][1] >= second[0][1] * _MARGIN
