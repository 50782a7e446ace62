"""What a turn of the AI leads to: an answer, a hand-off or nothing, as it is written."""

from dataclasses import replace
from datetime import datetime

from servicekit.errors import FailedPrecondition, InvalidArgument, KevaError
from ticket_service.domain import ticket_changes
from ticket_service.domain.ai_turn import (
    THE_RESPONDER,
    AiTurn,
    Draft,
    Drafted,
    HandOff,
    NoReply,
    NoReplyReason,
    TurnEnd,
)
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.channel import AiAutonomy
from ticket_service.domain.errors import RuleBroken
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.inbox.summary import with_messages
from ticket_service.domain.ticket import THE_AI
from ticket_service.domain.ticket_decision import TicketContext, TicketWrite
from ticket_service.errors import of_rule
from ticket_service.use_cases.ai.notices import Notices
from ticket_service.use_cases.ai.traces import cost, of_drafted
from ticket_service.use_cases.outgoing.reply_contents import ReplyContent
from ticket_service.use_cases.replies import queued


def obstacle(turn: AiTurn, context: TicketContext) -> str:
    """What happened meanwhile that makes a draft worthless; empty when nothing did."""
    ticket = context.ticket
    if ticket.assignee != THE_AI:
        return "taken_over"
    if not ticket.waits_for_ai:
        return "not_open"
    return "" if context.ai_turn == turn.version else "newer_text"


def dropped(context: TicketContext, drafted: Drafted, why: str, now: datetime) -> TicketWrite:
    """Nothing but a record of it."""
    details = {"why": why, **cost(drafted)}
    entry = AuditEntry(AuditAction.AI_DRAFT_DROPPED, context.ticket.ticket_id, THE_RESPONDER, now, details)
    return TicketWrite(context.ticket, (entry,))


def decided(turn: AiTurn, context: TicketContext, drafted: Drafted, notices: Notices, now: datetime) -> TicketWrite:
    """The answer in the outbox, or the ticket as it is left to a person, or stays the AI's. If the turn does not end,
    what follows a greeting is to be waited for. Raises errors that are not the draft's fault."""
    if isinstance(drafted.result, NoReply):
        return _nothing(turn, context, drafted, drafted.result, now)
    result = _allowed(context, drafted.result)
    if isinstance(result, Draft):
        try:
            return _answered(turn, context, drafted, result, now)
        except (KevaError, RuleBroken) as error:
            result = _cannot_be_sent(error)
    return _handed_off(turn, context, replace(drafted, result=result), result, notices, now)


def _nothing(turn: AiTurn, context: TicketContext, drafted: Drafted, result: NoReply, now: datetime) -> TicketWrite:
    ticket = context.ticket
    entry = AuditEntry(AuditAction.AI_NO_REPLY, ticket.ticket_id, THE_RESPONDER, now, of_drafted(drafted))
    if result.reason is NoReplyReason.GREETING and not turn.greeting_waited:
        return TicketWrite(ticket, (entry,))
    change = ticket_changes.nothing_to_answer(ticket, THE_RESPONDER, now)
    return TicketWrite(change.ticket, (entry, *change.entries), ai_turn=TurnEnd())


def _allowed(context: TicketContext, result: Draft | HandOff) -> Draft | HandOff:
    """The draft, where it may be sent now."""
    if not isinstance(result, Draft):
        return result
    if context.customer.takes_no_texts_from(context.ticket.channel_address):
        return HandOff(HandOffReason.OPTED_OUT)
    autonomy = context.channel.ai_autonomy if context.channel else AiAutonomy.SURE
    if autonomy is AiAutonomy.OFF:
        return HandOff(HandOffReason.AI_OFF)
    return HandOff(HandOffReason.SUGGESTED) if autonomy is AiAutonomy.SUGGEST else result


def _cannot_be_sent(error: KevaError | RuleBroken) -> HandOff:
    """Why a draft cannot be sent. Raises errors that are not the draft's fault."""
    known = of_rule(error) or error
    if isinstance(known, InvalidArgument):
        return HandOff(HandOffReason.DRAFT_REFUSED, known.reason)
    if isinstance(known, FailedPrecondition):
        return HandOff(HandOffReason.CANNOT_REPLY, known.reason)
    raise error


def _answered(turn: AiTurn, context: TicketContext, drafted: Drafted, draft: Draft, now: datetime) -> TicketWrite:
    write = queued(context, ReplyContent(draft.text).prepared(), f"ai:{turn.version}", THE_RESPONDER, now)
    assert write.message is not None
    entry = AuditEntry(AuditAction.AI_ANSWERED, write.message.message_id, THE_RESPONDER, now, of_drafted(drafted))
    return replace(write, entries=(entry, *write.entries), ai_turn=TurnEnd())


def _handed_off(
    turn: AiTurn, context: TicketContext, drafted: Drafted, hand_off: HandOff, notices: Notices, now: datetime
) -> TicketWrite:
    entry = AuditEntry(AuditAction.AI_HANDED_OFF, context.ticket.ticket_id, THE_RESPONDER, now, of_drafted(drafted))
    notice = notices.of(turn, context, hand_off.reason, now)
    message = notice.message
    change = ticket_changes.hand_off(context.ticket, hand_off.reason, message is not None, THE_RESPONDER, now)
    ticket = with_messages(change.ticket, [message], now) if message else change.ticket
    entries = (entry, *change.entries, *notice.entries)
    return TicketWrite(ticket, entries, message, notice.customer, TurnEnd())
