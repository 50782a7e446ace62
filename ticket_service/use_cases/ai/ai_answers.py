"""Use case: one turn of the AI. Asks the responder, and sends what it drafts only if it still applies: no newer text,
no person on the ticket, not opted out, not settled. Whether it does is decided in the transaction that writes it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from servicekit.clock import Clock
from servicekit.errors import FailedPrecondition, InvalidArgument, KevaError
from ticket_service.domain import ai_turn, ticket_changes
from ticket_service.domain.ai_profile import AiProfile
from ticket_service.domain.ai_turn import THE_RESPONDER, AiTurn, Draft, Drafted, HandOff, Line, TurnEnd
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.customer import Customer
from ticket_service.domain.errors import RuleBroken
from ticket_service.domain.hand_off import WITHOUT_NOTICE, HandOffReason
from ticket_service.domain.inbox.summary import with_messages
from ticket_service.domain.message import Message
from ticket_service.domain.ticket import THE_AI, Ticket
from ticket_service.domain.ticket_decision import Needs, TicketContext, TicketWrite
from ticket_service.domain.work.office import Offices
from ticket_service.domain.work.out_of_office import AUTHOR, due_notice
from ticket_service.errors import of_rule
from ticket_service.ports.customers import CustomerStore
from ticket_service.ports.responder import Responder
from ticket_service.ports.tickets import TicketStore
from ticket_service.use_cases.ai.conversations import Conversations, for_people_alone
from ticket_service.use_cases.ai.traces import cost, of_drafted
from ticket_service.use_cases.outgoing.reply_contents import ReplyContent
from ticket_service.use_cases.replies import NEEDS_OF_REPLY, queued, queued_text

_ALWAYS_OPEN = Offices()


class AiAnswers:
    """The AI's turns of all workspaces. `wake_outbox` is called after each answer, so that it leaves at once."""

    def __init__(
        self,
        store: TicketStore,
        conversations: Conversations,
        customers: CustomerStore,
        responder: Responder,
        clock: Clock,
        wake_outbox: Callable[[], None],
        offices: Offices = _ALWAYS_OPEN,
    ) -> None:
        self._store = store
        self._conversations = conversations
        self._customers = customers
        self._responder = responder
        self._clock = clock
        self._wake_outbox = wake_outbox
        self._offices = offices

    async def take(self, turn: AiTurn) -> bool:
        """Answers or hands off. Returns False if that did not end the turn: something has changed since it was claimed,
        and the AI owes no answer, or another one. Raises a KevaError when no draft can be had now."""
        ticket = await self._store.get_ticket(turn.workspace_id, turn.ticket_id)
        if not ticket.waits_for_ai:
            return False
        lines = (await self._conversations.read(ticket)).lines
        if not ai_turn.is_unanswered(lines):
            return False
        profile = await self._conversations.profile(ticket)
        return await self._write(turn, await self._draft(ticket, profile, lines), profile.hand_off_notice)

    async def give_up(self, turn: AiTurn, detail: str) -> bool:
        """Hands off because no draft could be had. False as in `take`."""
        ticket = await self._store.get_ticket(turn.workspace_id, turn.ticket_id)
        profile, lines = await self._conversations.profile(ticket), (await self._conversations.read(ticket)).lines
        unavailable = HandOff(HandOffReason.RESPONDER_UNAVAILABLE, detail)
        drafted = Drafted(for_people_alone(ticket, lines) or unavailable)
        return await self._write(turn, drafted, profile.hand_off_notice)

    async def _draft(self, ticket: Ticket, profile: AiProfile, lines: Sequence[Line]) -> Drafted:
        customer = await self._customers.get_customer(ticket.workspace_id, ticket.customer_id)
        opted_out = customer.takes_no_texts_from(ticket.channel_address)
        if opted_out:
            return Drafted(HandOff(HandOffReason.OPTED_OUT))
        if hand_off := for_people_alone(ticket, lines):
            return Drafted(hand_off)
        if ticket.ai_replies >= profile.max_replies_in_a_row:
            return Drafted(HandOff(HandOffReason.TOO_MANY_REPLIES, f"{ticket.ai_replies} replies in a row"))
        return await self._responder.draft(ticket, profile, lines, opted_out)

    async def _write(self, turn: AiTurn, drafted: Drafted, notice: str) -> bool:
        def decide(context: TicketContext) -> TicketWrite:
            if obstacle := _obstacle(turn, context):
                return _dropped(context, drafted, obstacle, self._clock())
            return _decided(turn, context, drafted, _Notices(notice, self._offices), self._clock())

        needs = NEEDS_OF_REPLY | Needs.AI_TURN
        written = await self._store.change_ticket(turn.workspace_id, turn.ticket_id, decide, needs)
        self._wake_outbox()
        return isinstance(written.ai_turn, TurnEnd)


def _obstacle(turn: AiTurn, context: TicketContext) -> str:
    """What happened meanwhile that makes a draft worthless; empty when nothing did."""
    ticket = context.ticket
    if ticket.assignee != THE_AI:
        return "taken_over"
    if not ticket.waits_for_ai:
        return "not_open"
    return "" if context.ai_turn == turn.version else "newer_text"


def _dropped(context: TicketContext, drafted: Drafted, why: str, now: datetime) -> TicketWrite:
    details = {"why": why, **cost(drafted)}
    entry = AuditEntry(AuditAction.AI_DRAFT_DROPPED, context.ticket.ticket_id, THE_RESPONDER, now, details)
    return TicketWrite(context.ticket, (entry,))


def _decided(turn: AiTurn, context: TicketContext, drafted: Drafted, notices: "_Notices", now: datetime) -> TicketWrite:
    result = drafted.result
    opted_out = context.customer.takes_no_texts_from(context.ticket.channel_address)
    if isinstance(result, Draft) and not opted_out:
        try:
            return _answered(turn, context, drafted, result, now)
        except (KevaError, RuleBroken) as error:
            result = _cannot_be_sent(error)
    elif isinstance(result, Draft):
        result = HandOff(HandOffReason.OPTED_OUT)
    return _handed_off(turn, context, replace(drafted, result=result), result, notices, now)


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
    turn: AiTurn, context: TicketContext, drafted: Drafted, hand_off: HandOff, notices: "_Notices", now: datetime
) -> TicketWrite:
    entry = AuditEntry(AuditAction.AI_HANDED_OFF, context.ticket.ticket_id, THE_RESPONDER, now, of_drafted(drafted))
    message, entries, customer = notices.of(turn, context, hand_off.reason, now)
    change = ticket_changes.hand_off(context.ticket, hand_off.reason, message is not None, THE_RESPONDER, now)
    ticket = with_messages(change.ticket, [message], now) if message else change.ticket
    return TicketWrite(ticket, (entry, *change.entries, *entries), message, customer, TurnEnd())


@dataclass(frozen=True)
class _Notices:
    """What a customer is told when a person must answer: that one will (`hand_off`, empty: nothing), once until one
    has; or, while nobody is there, the out-of-office text, once in a closed period."""

    hand_off: str
    offices: Offices

    def of(
        self, turn: AiTurn, context: TicketContext, reason: HandOffReason, now: datetime
    ) -> tuple[Message | None, tuple[AuditEntry, ...], Customer | None]:
        """The message, what the audit trail says of it, and the customer as somebody who has been told."""
        opted_out = context.customer.takes_no_texts_from(context.ticket.channel_address)
        if reason in WITHOUT_NOTICE or opted_out:
            return None, (), None
        closed = due_notice(context.ticket, context.customer, self.offices, now)
        text = closed.out_of_office.text if closed else self.hand_off
        if not text.strip() or (context.ticket.hand_off_announced and not closed):
            return None, (), None
        author = AUTHOR if closed else THE_RESPONDER
        try:
            message, entry = queued_text(context, text, f"ai-notice:{turn.version}", author, now)
        except KevaError:
            return None, (), None
        if closed:
            entry = replace(entry, details={**entry.details, "out_of_office": "true"})
        return replace(message, is_notice=True), (entry,), closed.customer if closed else None
