"""What a turn of the AI leads to: an answer, a hand-off or nothing, as it is written."""

from dataclasses import dataclass, replace
from datetime import datetime

from servicekit.errors import FailedPrecondition, InvalidArgument, KevaError
from ticket_service.domain import ticket_changes
from ticket_service.domain.ai.kept_suggestions import SuggestedReply, kept
from ticket_service.domain.ai.questions import NOT_ANSWERED, Question, id_of
from ticket_service.domain.ai.reply_limits import ReplyCounts, ReplyLimit, day_of
from ticket_service.domain.ai_turn import (
    THE_RESPONDER,
    AiTurn,
    Asked,
    Draft,
    Drafted,
    HandOff,
    NoReply,
    NoReplyReason,
    TurnEnd,
    unanswered,
)
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.channel import AiAutonomy
from ticket_service.domain.errors import RuleBroken
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.inbox.summary import with_messages
from ticket_service.domain.ticket import THE_AI
from ticket_service.domain.ticket_decision import TicketContext, TicketWrite
from ticket_service.domain.work.dealing import left
from ticket_service.errors import of_rule
from ticket_service.use_cases.ai.notices import Notices
from ticket_service.use_cases.ai.traces import cost, of_drafted, of_suggestions
from ticket_service.use_cases.outgoing.reply_contents import ReplyContent
from ticket_service.use_cases.replies import queued

# Nobody can answer, or may use what the responder says.
_NOTHING_OFFERED = frozenset({HandOffReason.OPTED_OUT, HandOffReason.CANNOT_REPLY, HandOffReason.AI_OFF})
_FOR_PEOPLE_TO_SEND = frozenset({HandOffReason.SUGGESTED, HandOffReason.REPLY_LIMIT})


@dataclass(frozen=True)
class Thought:
    """What came of thinking about a turn, and what that was about: the conversation up to `message_id`, as it was
    `asked`."""

    turn: AiTurn
    drafted: Drafted
    asked: Asked
    message_id: str
    notices: Notices

    def day(self, now: datetime) -> str:
        """Of the workspace's calendar."""
        return day_of(now, self.asked.time_zone)

    def limit(self, context: TicketContext, now: datetime) -> ReplyLimit | None:
        """Why the AI can send no more; None when it can."""
        return context.ai_replies.limit(self.asked.profile, self.day(now), now)

    def of_result(self, result: Draft | HandOff) -> dict[str, str]:
        """What the audit trail says when it came to that."""
        return of_drafted(replace(self.drafted, result=result))


def obstacle(turn: AiTurn, context: TicketContext) -> str:
    """What happened meanwhile that makes a draft worthless; empty when nothing did."""
    ticket = context.ticket
    if ticket.assignee != THE_AI:
        return "taken_over"
    if not ticket.waits_for_ai:
        return "not_open"
    return "" if context.ai_turn == turn.version else "newer_text"


def decided(thought: Thought, context: TicketContext, now: datetime) -> TicketWrite:
    """The answer in the outbox, or the ticket as it is left to a person, or stays the AI's; nothing when there is an
    obstacle. If the turn does not end otherwise, what follows a greeting is to be waited for. Raises errors that are
    not the draft's fault."""
    if why := obstacle(thought.turn, context):
        return _dropped(thought, context, why, now)
    if isinstance(thought.drafted.result, NoReply):
        return _nothing(thought, context, thought.drafted.result, now)
    result = _allowed(thought, context, thought.drafted.result, now)
    if isinstance(result, Draft):
        try:
            return _answered(thought, context, result, now)
        except (KevaError, RuleBroken) as error:
            result = _cannot_be_sent(error)
    return _handed_off(thought, context, result, now)


def _dropped(thought: Thought, context: TicketContext, why: str, now: datetime) -> TicketWrite:
    details = {"why": why, **cost(thought.drafted)}
    entry = AuditEntry(AuditAction.AI_DRAFT_DROPPED, context.ticket.ticket_id, THE_RESPONDER, now, details)
    return TicketWrite(context.ticket, (entry,))


def _nothing(thought: Thought, context: TicketContext, result: NoReply, now: datetime) -> TicketWrite:
    ticket = context.ticket
    entry = AuditEntry(AuditAction.AI_NO_REPLY, ticket.ticket_id, THE_RESPONDER, now, of_drafted(thought.drafted))
    if result.reason is NoReplyReason.GREETING and not thought.turn.greeting_waited:
        return TicketWrite(ticket, (entry,))
    change = ticket_changes.nothing_to_answer(ticket, THE_RESPONDER, now)
    return TicketWrite(change.ticket, (entry, *change.entries), ai_turn=TurnEnd())


def _allowed(thought: Thought, context: TicketContext, result: Draft | HandOff, now: datetime) -> Draft | HandOff:
    """The draft, where it may be sent now."""
    if not isinstance(result, Draft):
        return result
    if context.customer.takes_no_texts_from(context.ticket.channel_address):
        return HandOff(HandOffReason.OPTED_OUT)
    autonomy = context.channel.ai_autonomy if context.channel else AiAutonomy.SURE
    if autonomy is AiAutonomy.OFF:
        return HandOff(HandOffReason.AI_OFF)
    if autonomy is AiAutonomy.SUGGEST:
        return HandOff(HandOffReason.SUGGESTED)
    limit = thought.limit(context, now)
    return HandOff(HandOffReason.REPLY_LIMIT, limit.value) if limit else result


def _cannot_be_sent(error: KevaError | RuleBroken) -> HandOff:
    """Why a draft cannot be sent. Raises errors that are not the draft's fault."""
    known = of_rule(error) or error
    if isinstance(known, InvalidArgument):
        return HandOff(HandOffReason.DRAFT_REFUSED, known.reason)
    if isinstance(known, FailedPrecondition):
        return HandOff(HandOffReason.CANNOT_REPLY, known.reason)
    raise error


def _answered(thought: Thought, context: TicketContext, draft: Draft, now: datetime) -> TicketWrite:
    content = ReplyContent(draft.text).prepared()
    write = queued(context, content, f"ai:{thought.turn.version}", THE_RESPONDER, now)
    assert write.message is not None
    message_id, details = write.message.message_id, thought.of_result(draft)
    entry = AuditEntry(AuditAction.AI_ANSWERED, message_id, THE_RESPONDER, now, details)
    counts = context.ai_replies.one_more(thought.day(now), now)
    return replace(write, entries=(entry, *write.entries), ai_turn=TurnEnd(), ai_replies=counts)


def _handed_off(thought: Thought, context: TicketContext, hand_off: HandOff, now: datetime) -> TicketWrite:
    suggestions = kept(thought.message_id, _offered(thought.drafted, hand_off.reason))
    details = {**thought.of_result(hand_off), **of_suggestions(suggestions)}
    entry = AuditEntry(AuditAction.AI_HANDED_OFF, context.ticket.ticket_id, THE_RESPONDER, now, details)
    notice = thought.notices.of(thought.turn, context, hand_off.reason, now)
    message = notice.message
    change = ticket_changes.hand_off(
        context.ticket, hand_off.reason, message is not None, THE_RESPONDER, now, suggestions
    )
    ticket = left(change.ticket, context.channel)
    ticket = with_messages(ticket, [message], now) if message else ticket
    reached, counts = _limit_reached(thought, context, hand_off.reason, now)
    entries = (entry, *change.entries, *notice.entries, *reached)
    question = _question(thought, context, hand_off.reason, now)
    return TicketWrite(ticket, entries, message, notice.customer, TurnEnd(), ai_replies=counts, question=question)


def _question(thought: Thought, context: TicketContext, reason: HandOffReason, now: datetime) -> Question | None:
    """What articles lack, if that is why."""
    asked = [line.message_id for line in unanswered(thought.asked.lines) if line.text.strip()]
    if reason not in NOT_ANSWERED or not asked:
        return None
    ticket = context.ticket
    return Question(
        question_id=id_of(asked),
        organization_id=ticket.organization_id,
        workspace_id=ticket.workspace_id,
        ticket_id=ticket.ticket_id,
        customer_id=ticket.customer_id,
        ask_time=now,
        reason=reason,
        message_ids=tuple(asked),
        position=ticket.last_position,
        suggestions=_offered(thought.drafted, reason),
    )


def _limit_reached(
    thought: Thought, context: TicketContext, reason: HandOffReason, now: datetime
) -> tuple[tuple[AuditEntry, ...], ReplyCounts | None]:
    """What the audit trail says once a day of a channel that has sent as much as it may, and that it has said so."""
    if reason is not HandOffReason.REPLY_LIMIT or thought.limit(context, now) is not ReplyLimit.CHANNEL:
        return (), None
    day, channel_id = thought.day(now), context.ticket.channel_id
    sent = context.ai_replies.channel.on(day)
    if sent.reached:
        return (), None
    details = {"replies": str(sent.count)}
    entry = AuditEntry(AuditAction.AI_REPLY_LIMIT_REACHED, channel_id, THE_RESPONDER, now, details)
    return (entry,), context.ai_replies.reached(day)


def _offered(drafted: Drafted, reason: HandOffReason) -> tuple[SuggestedReply, ...]:
    """What a person could answer with: first the draft, if it could be sent and the AI alone may not."""
    if reason in _NOTHING_OFFERED:
        return ()
    draft = drafted.result
    if isinstance(draft, Draft) and reason in _FOR_PEOPLE_TO_SEND:
        return (SuggestedReply(draft.text, draft.articles, is_draft=True), *drafted.suggestions)
    return drafted.suggestions
