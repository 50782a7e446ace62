"""Answers without a model: the first paragraph of the section that fits, if it fits well; else a hand-off."""

import re
from collections.abc import Iterator, Sequence

from responder_service.article import Section
from responder_service.conversation import (
    Conversation,
    Draft,
    Drafted,
    HandOff,
    HandOffReason,
    Mode,
    Passage,
    Role,
)
from responder_service.hours import asks_for_hours
from responder_service.knowledge_base import Found, KnowledgeBase
from responder_service.language import detect
from responder_service.segments import segment_count, shortened

# Shares of the question's words, by weight, that a section must hold. Chosen on the evaluation's tuning set.
_FITS = 0.72
_FITS_WITH_CONTEXT = 0.8
# How much better it must be than the best section of another article that covers as much.
_MARGIN = 1.05
# A question must name what the section is about: a word in passing is no answer.
_MIN_FOCUS = 0.25
_LIMIT = 25
_SHORT_QUESTION_WORDS = 2
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+|(?<=[?])")
_NOT_KNOWN = HandOff(HandOffReason.NOT_KNOWN)


class KnowledgeAnswers:
    """Implements conversation.Drafter."""

    def __init__(self, knowledge_base: KnowledgeBase, max_segments: int) -> None:
        self._knowledge_base = knowledge_base
        self._max_segments = max_segments

    async def draft(self, conversation: Conversation) -> Drafted:
        """See conversation.Drafter."""
        return Drafted(self._answer(conversation), Mode.KNOWLEDGE_BASE)

    def _answer(self, conversation: Conversation) -> Draft | HandOff:
        texts = [line.text for line in conversation.unanswered]
        whole = " ".join(texts)
        language = detect(whole, conversation.profile.languages)
        fit = self._fit(conversation, whole, language)
        if fit is None:
            fit = self._fit_with_context(conversation, whole, language)
        passages = [fit] if fit else self._fit_each(conversation, texts, language)
        if not passages:
            return self._hours(conversation, whole, language)
        return self._draft(passages)

    def _draft(self, passages: Sequence[Passage]) -> Draft | HandOff:
        answers = [answer_of(passage, self._max_segments) for passage in passages]
        text = " ".join(answers)
        if not all(answers) or segment_count(text) > self._max_segments:
            return HandOff(HandOffReason.NOT_KNOWN, "the answer is too long to be texted")
        return Draft(text, tuple(passages), passages[0].language)

    def _fit(self, conversation: Conversation, text: str, language: str) -> Passage | None:
        """The section that answers the text, if there is one for certain."""
        found = [f for f in self._found(conversation, text) if language in ("", f.language)]
        return max((fit for f in found if (fit := _best(f, _FITS))), key=_rank, default=None)

    def _fit_with_context(self, conversation: Conversation, text: str, language: str) -> Passage | None:
        """A short follow-up, such as "and to Canada?", is read together with what the customer asked before."""
        before = [line.text for line in conversation.lines if line.role is Role.CUSTOMER]
        before = before[: len(before) - len(conversation.unanswered)]
        if not before:
            return None
        for found in self._found(conversation, text):
            short = 0 < len(found.question.weights) <= _SHORT_QUESTION_WORDS and not found.question.unknown
            if short and language in ("", found.language):
                both = self._in_language(conversation, f"{before[-1]} {text}", found.language)
                fit = _best(both, _FITS_WITH_CONTEXT) if both else None
                # What is asked now must be answered, not only what was asked before.
                if fit and any(passage_is(fit, p) and p.coverage == 1 for p in found.passages):
                    return fit
        return None

    def _fit_each(self, conversation: Conversation, texts: Sequence[str], language: str) -> list[Passage]:
        """One section per question, when there are several and all are answered for certain; else none."""
        passages: list[Passage] = []
        for clause in clauses(texts):
            if all(found.question.is_empty for found in self._found(conversation, clause)):
                continue
            fit = self._fit(conversation, clause, language)
            if fit is None:
                return []
            if not any(passage_is(fit, passage) for passage in passages):
                passages.append(fit)
        return passages

    def _hours(self, conversation: Conversation, text: str, language: str) -> Draft | HandOff:
        hours = conversation.profile.business_hours.strip()
        in_language = not language or detect(hours) in ("", language)
        return Draft(hours, (), language) if hours and in_language and asks_for_hours(text) else _NOT_KNOWN

    def _found(self, conversation: Conversation, text: str) -> list[Found]:
        return self._knowledge_base.search_all(conversation.workspace_id, text, _LIMIT)

    def _in_language(self, conversation: Conversation, text: str, language: str) -> Found | None:
        return next((f for f in self._found(conversation, text) if f.language == language), None)


def answer_of(passage: Passage, max_segments: int) -> str:
    """The passage's first paragraph, shortened at the end of a sentence; empty when its first one is too long."""
    return shortened(Section(passage.section, passage.text).answer, max_segments)


def clauses(texts: Sequence[str]) -> Iterator[str]:
    """The sentences of several texts, in order."""
    for text in texts:
        yield from (part.strip() for part in _SENTENCE_END.split(text) if part.strip())


def passage_is(one: Passage, other: Passage) -> bool:
    """Whether both are the same section."""
    return (one.article_id, one.section) == (other.article_id, other.section)


def _best(found: Found, fits: float) -> Passage | None:
    """The passage that covers enough and stands out; None when there is none, or two articles fit equally well."""
    good = [p for p in found.passages if p.coverage >= fits and p.focus >= _MIN_FOCUS]
    by_article: dict[str, list[Passage]] = {}
    for passage in good:
        by_article.setdefault(passage.article_id, []).append(passage)
    # The article is found by BM25; its section by what that says beside title and tags, else it is the first.
    rivals = [(max(map(_rank, passages)), max(passages, key=_place)) for passages in by_article.values()]
    rivals.sort(key=lambda rival: rival[0], reverse=True)
    if not rivals or (len(rivals) > 1 and not _stands_out(rivals[0][0], rivals[1][0])):
        return None
    return rivals[0][1]


def _rank(passage: Passage) -> tuple[float, float]:
    return round(passage.coverage, 2), passage.score


def _place(passage: Passage) -> tuple[float, float, int]:
    return round(passage.coverage, 2), round(passage.own, 2), -passage.place


def _stands_out(best: tuple[float, float], second: tuple[float, float]) -> bool:
    return best[0] > second[0] or best[1] >= second[1] * _MARGIN
