"""The use case: triage, then small talk, or a draft, the checks that it must pass before it may go, and the verifier's
look at it. All within one time limit. With a hand-off go the sections that a person could answer from."""

import asyncio
import dataclasses
import time
import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from responder_service import errors
from responder_service.drafting.conversation import (
    Conversation,
    Draft,
    Drafted,
    Drafter,
    HandOff,
    HandOffReason,
    Line,
    Mode,
    NoReply,
)
from responder_service.drafting.small_talk import small_talk
from responder_service.drafting.suggestions import Suggest
from servicekit.limits import MESSAGE_CHARACTERS

Triage = Callable[[Conversation], HandOff | None]
# Names the rule that a draft breaks; None: it may go.
Check = Callable[[Draft, Conversation], str | None]
# Looks at a draft again, within so many seconds.
Verify = Callable[[Drafted, Conversation, float], Awaitable[Drafted]]
# What is read, in characters: a text as long as Twilio takes one (error 21617), and what one answer can answer.
_LONGEST_TEXT, _MOST_WAITING = MESSAGE_CHARACTERS, 3_000
# By then, as a share of the time that a draft may take, the verifier must have answered.
_VERIFIED_BY = 0.95
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Limits:
    """How long a draft may take, in seconds, and how many are written at the same time."""

    seconds: float
    drafts: int


class Responder:
    """Says what the AI would answer. Keeps nothing."""

    def __init__(
        self,
        triage: Triage,
        drafter: Drafter,
        suggest: Suggest,
        check: Check,
        limits: Limits,
        mode: Mode,
        model: str = "",
        verify: Verify | None = None,
    ) -> None:
        self.mode = mode
        self.model = model
        self._triage = triage
        self._drafter = drafter
        self._suggest = suggest
        self._check = check
        self._verify = verify
        self._limits = limits
        self._running = 0

    async def draft(self, conversation: Conversation) -> Drafted:
        """A draft that has passed all checks, a hand-off or nothing. Raises OVERLOADED when too many are being written
        and this one needs more than a look."""
        began = time.monotonic()
        read = _shortened(conversation)
        seen = self._seen(conversation, read)
        if conversation.no_draft:
            drafted = Drafted(_without_draft(seen), self.mode)
        else:
            drafted = await self._in_line(read, seen, began)
        drafted = dataclasses.replace(drafted, duration=timedelta(seconds=time.monotonic() - began))
        _log_drafted(conversation, drafted)
        return drafted

    def _seen(self, conversation: Conversation, read: Conversation) -> Draft | HandOff | NoReply | None:
        """What needs no drafter; None when only one can tell. A greeting's answer is ours, word for word: there is
        nothing to check."""
        return self._triaged(read, _too_much(conversation) or _too_much(read)) or small_talk(read)

    async def _in_line(self, read: Conversation, seen: Draft | HandOff | NoReply | None, began: float) -> Drafted:
        if self._running >= self._limits.drafts:
            if seen is not None:
                # Danger waits for nobody's draft; what a person could answer with is left out.
                return Drafted(seen, self.mode)
            _log.warning("too many drafts", ticket_id=read.ticket_id, drafts=self._running)
            raise errors.overloaded()
        self._running += 1
        try:
            drafted = Drafted(seen, self.mode) if seen is not None else await self._in_time(read, began)
            return await self._with_suggestions(read, drafted)
        finally:
            self._running -= 1

    async def _with_suggestions(self, read: Conversation, drafted: Drafted) -> Drafted:
        result = drafted.result
        if not isinstance(result, HandOff) or result.reason is HandOffReason.OPTED_OUT:
            return drafted
        return dataclasses.replace(drafted, suggestions=await asyncio.to_thread(self._suggest, read))

    async def _in_time(self, read: Conversation, began: float) -> Drafted:
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await self._decide(read, began)
        except TimeoutError:
            return Drafted(HandOff(HandOffReason.MODEL_FAILED, "timed out"), self.mode, self.model)

    async def _decide(self, read: Conversation, began: float) -> Drafted:
        drafted = await self._drafter.draft(read)
        if not isinstance(drafted.result, Draft):
            return drafted
        # Long quotes take a while, and others' drafts must not wait for them.
        rule = await asyncio.to_thread(self._check, drafted.result, read)
        if rule is not None:
            return dataclasses.replace(drafted, result=HandOff(HandOffReason.DRAFT_REFUSED, rule))
        if self._verify is None:
            return drafted
        # All that is left but a little, so that what it took is still told when it fails.
        left = self._limits.seconds * _VERIFIED_BY - (time.monotonic() - began)
        return await self._verify(drafted, read, max(left, 0.0))

    def _triaged(self, conversation: Conversation, too_much: HandOff | None) -> HandOff | None:
        """Who writes too much gets a person, for the reason that the newest of it gives: reading all takes too long."""
        if too_much is None:
            return self._triage(conversation)
        return self._triage(_newest(conversation)) or too_much


def _without_draft(seen: Draft | HandOff | NoReply | None) -> HandOff | NoReply:
    if seen is None or isinstance(seen, Draft):
        return HandOff(HandOffReason.NOT_KNOWN, "no draft was asked for")
    return seen


def _shortened(conversation: Conversation) -> Conversation:
    lines = tuple(dataclasses.replace(line, text=_cut(line.text)) for line in conversation.lines)
    return dataclasses.replace(conversation, lines=lines)


def _cut(text: str) -> str:
    cut = text[:_LONGEST_TEXT]
    # One character may stand for eighteen, and all that reads it takes it apart.
    shown = unicodedata.normalize("NFKC", cut)
    return shown[:_LONGEST_TEXT] if len(shown) > _LONGEST_TEXT else cut


def _newest(conversation: Conversation) -> Conversation:
    """The conversation with the newest of the texts that wait, as many as are read."""
    kept: list[Line] = []
    for line in reversed(conversation.unanswered):
        room = _MOST_WAITING - sum(len(text.text) for text in kept)
        kept.insert(0, dataclasses.replace(line, text=line.text[:room]))
        if len(line.text) >= room:
            break
    return dataclasses.replace(conversation, lines=tuple(kept))


def _too_much(conversation: Conversation) -> HandOff | None:
    """A hand-off when more waits than is read: half an answer would look like a whole one."""
    lengths = [len(line.text) for line in conversation.unanswered]
    if max(lengths, default=0) > _LONGEST_TEXT or sum(lengths) > _MOST_WAITING:
        return HandOff(HandOffReason.NOT_KNOWN, "too much text")
    return None


def _log_drafted(conversation: Conversation, drafted: Drafted) -> None:
    """One line per draft, without a word that anybody wrote."""
    _log.info(
        "drafted",
        workspace_id=conversation.workspace_id,
        ticket_id=conversation.ticket_id,
        mode=drafted.mode.value,
        model=drafted.model,
        milliseconds=round(drafted.duration / timedelta(milliseconds=1)),
        input_tokens=drafted.input_tokens,
        output_tokens=drafted.output_tokens,
        verifier_model=drafted.verifier.model,
        verifier_milliseconds=round(drafted.verifier.duration / timedelta(milliseconds=1)),
        verifier_input_tokens=drafted.verifier.input_tokens,
        verifier_output_tokens=drafted.verifier.output_tokens,
        **_decided(drafted.result),
    )


def _decided(result: Draft | HandOff | NoReply) -> dict[str, object]:
    if isinstance(result, Draft):
        return {"decision": "DRAFT", "articles": [passage.article_id for passage in result.passages]}
    if isinstance(result, NoReply):
        return {"decision": "NO_REPLY", "reason": result.reason.value}
    return {"decision": "HAND_OFF", "reason": result.reason.value, "detail": result.detail}
