"""Use case: one turn of the AI. Asks the responder, and sends what it drafts only if it still applies: no newer text,
no person on the ticket, not opted out, not settled. Whether it does is decided in the transaction that writes it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from servicekit.clock import Clock
from servicekit.errors import FailedPrecondition, InvalidArgument, KevaError
from servicekit.limits import CONVERSATION_MESSAGES
from ticket_service.domain import ai_turn, ticket_changes
from ticket_service.domain.ai_profile import AiProfile
from ticket_service.domain.ai_turn import THE_RESPONDER, AiTurn, Draft, Drafted, HandOff, Line, TurnEnd
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.errors import RuleBroken
from ticket_service.domain.hand_off import WITHOUT_NOTICE, HandOffReason
from ticket_service.domain.message import Message
from ticket_service.domain.ticket import THE_AI, Ticket
from ticket_service.domain.ticket_decision import Needs, TicketContext, TicketWrite
from ticket_service.errors import of_rule
from ticket_service.ports.customers import CustomerStore
from ticket_service.ports.messages import MessageStore
from ticket_service.ports.responder import Responder
from ticket_service.ports.tickets import TicketStore
from ticket_service.ports.workspaces import WorkspaceStore
from ticket_service.use_cases.checks import is_short_code
from ticket_service.use_cases.replies import NEEDS_OF_REPLY, ReplyContent, queued, queued_text
from ticket_service.words.lists import PHRASES

# More waits than any machine answers.
_MOST_READ_CHARACTERS = 4_000


class AiAnswers:
    """The AI's turns of all workspaces. `wake_outbox` is called after each answer, so that it leaves at once."""

    def __init__(
        self,
        store: TicketStore,
        messages: MessageStore,
        customers: CustomerStore,
        workspaces: WorkspaceStore,
        responder: Responder,
        clock: Clock,
        wake_outbox: Callable[[], None],
    ) -> None:
        self._store = store
        self._messages = messages
        self._customers = customers
        self._workspaces = workspaces
        self._responder = responder
        self._clock = clock
        self._wake_outbox = wake_outbox

    async def take(self, turn: AiTurn) -> bool:
        """Answers or hands off. Returns False if that did not end the turn: something has changed since it was claimed,
        and the AI owes no answer, or another one. Raises a KevaError when no draft can be had now."""
        ticket = await self._store.get_ticket(turn.workspace_id, turn.ticket_id)
        if not ticket.waits_for_ai:
            return False
        lines = await self._conversation(ticket)
        if not ai_turn.is_unanswered(lines):
            return False
        profile = await self._profile(ticket)
        return await self._write(turn, await self._draft(ticket, profile, lines), profile.hand_off_notice)

    async def give_up(self, turn: AiTurn, detail: str) -> bool:
        """Hands off because no draft could be had. False as in `take`."""
        ticket = await self._store.get_ticket(turn.workspace_id, turn.ticket_id)
        profile, lines = await self._profile(ticket), await self._conversation(ticket)
        unavailable = HandOff(HandOffReason.RESPONDER_UNAVAILABLE, detail)
        drafted = Drafted(_for_people_alone(ticket, lines) or unavailable)
        return await self._write(turn, drafted, profile.hand_off_notice)

    async def _conversation(self, ticket: Ticket) -> Sequence[Line]:
        found = await self._messages.latest_messages(ticket.workspace_id, ticket.ticket_id, CONVERSATION_MESSAGES)
        return ai_turn.conversation(found, lambda text: PHRASES.say_nothing_to_us(text, ticket.channel_address))

    async def _draft(self, ticket: Ticket, profile: AiProfile, lines: Sequence[Line]) -> Drafted:
        customer = await self._customers.get_customer(ticket.workspace_id, ticket.customer_id)
        opted_out = customer.takes_no_texts_from(ticket.channel_address)
        if opted_out:
            return Drafted(HandOff(HandOffReason.OPTED_OUT))
        if hand_off := _for_people_alone(ticket, lines):
            return Drafted(hand_off)
        if ticket.ai_replies >= profile.max_replies_in_a_row:
            return Drafted(HandOff(HandOffReason.TOO_MANY_REPLIES, f"{ticket.ai_replies} replies in a row"))
        return await self._responder.draft(ticket, profile, lines, opted_out)

    async def _profile(self, ticket: Ticket) -> AiProfile:
        workspace = await self._workspaces.get_workspace(ticket.organization_id, ticket.workspace_id)
        profile = workspace.ai_profile
        return replace(profile, business_name=profile.business_name or workspace.display_name)

    async def _write(self, turn: AiTurn, drafted: Drafted, notice: str) -> bool:
        def decide(context: TicketContext) -> TicketWrite:
            if obstacle := _obstacle(turn, context):
                return _dropped(context, drafted, obstacle, self._clock())
            return _decided(turn, context, drafted, notice, self._clock())

        needs = NEEDS_OF_REPLY | Needs.AI_TURN
        written = await self._store.change_ticket(turn.workspace_id, turn.ticket_id, decide, needs)
        self._wake_outbox()
        return isinstance(written.ai_turn, TurnEnd)


def _for_people_alone(ticket: Ticket, lines: Sequence[Line]) -> HandOff | None:
    """Why no machine may text this customer now, whoever drafts; None when one may. Whether they opted out is another
    matter, which the transaction looks at."""
    waiting = ai_turn.unanswered(lines)
    if is_short_code(ticket.customer_address):
        return HandOff(HandOffReason.AUTOMATED_SENDER)
    # First: what they react to may be our own "text STOP to unsubscribe".
    if waiting and all(PHRASES.reactions.are(line.text) for line in waiting):
        return HandOff(HandOffReason.NOT_A_QUESTION, "a reaction")
    if any(map(PHRASES.no_texts.are_in, _read(waiting))):
        return HandOff(HandOffReason.ASKED_FOR_NO_TEXTS)
    return None


def _read(waiting: Sequence[Line]) -> list[str]:
    """The texts, newest first, as far as a machine would answer them, and the same as one: a wish may be in two."""
    read: list[str] = []
    for line in reversed(waiting):
        if sum(map(len, read)) > _MOST_READ_CHARACTERS:
            break
        read.append(line.text[:_MOST_READ_CHARACTERS])
    return [*read, " ".join(reversed(read))]


def _obstacle(turn: AiTurn, context: TicketContext) -> str:
    """What happened meanwhile that makes a draft worthless; empty when nothing did."""
    ticket = context.ticket
    if ticket.assignee != THE_AI:
        return "taken_over"
    if not ticket.waits_for_ai:
        return "not_open"
    return "" if context.ai_turn == turn.version else "newer_text"


def _dropped(context: TicketContext, drafted: Drafted, why: str, now: datetime) -> TicketWrite:
    details = {"why": why, **_cost(drafted)}
    entry = AuditEntry(AuditAction.AI_DRAFT_DROPPED, context.ticket.ticket_id, THE_RESPONDER, now, details)
    return TicketWrite(context.ticket, (entry,))


def _decided(turn: AiTurn, context: TicketContext, drafted: Drafted, notice: str, now: datetime) -> TicketWrite:
    result = drafted.result
    opted_out = context.customer.takes_no_texts_from(context.ticket.channel_address)
    if isinstance(result, Draft) and not opted_out:
        try:
            return _answered(turn, context, drafted, result, now)
        except (KevaError, RuleBroken) as error:
            result = _cannot_be_sent(error)
    elif isinstance(result, Draft):
        result = HandOff(HandOffReason.OPTED_OUT)
    return _handed_off(turn, context, replace(drafted, result=result), result, notice, now)


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
    sources = {"articles": ", ".join(draft.articles)} if draft.articles else {}
    details = {**sources, **_cost(drafted)}
    entry = AuditEntry(AuditAction.AI_ANSWERED, write.message.message_id, THE_RESPONDER, now, details)
    return replace(write, entries=(entry, *write.entries), ai_turn=TurnEnd())


def _handed_off(
    turn: AiTurn, context: TicketContext, drafted: Drafted, hand_off: HandOff, notice: str, now: datetime
) -> TicketWrite:
    why = {"detail": hand_off.detail} if hand_off.detail else {}
    details = {"reason": hand_off.reason.value, **why, **_cost(drafted)}
    entry = AuditEntry(AuditAction.AI_HANDED_OFF, context.ticket.ticket_id, THE_RESPONDER, now, details)
    message, entries = _notice(turn, context, hand_off.reason, notice, now)
    change = ticket_changes.hand_off(context.ticket, hand_off.reason, message is not None, THE_RESPONDER, now)
    ticket = change.ticket.with_message(now) if message else change.ticket
    return TicketWrite(ticket, (entry, *change.entries, *entries), message, ai_turn=TurnEnd())


def _notice(
    turn: AiTurn, context: TicketContext, reason: HandOffReason, notice: str, now: datetime
) -> tuple[Message | None, tuple[AuditEntry, ...]]:
    """The notice that a person will answer: once, until one has."""
    opted_out = context.customer.takes_no_texts_from(context.ticket.channel_address)
    silent = reason in WITHOUT_NOTICE or opted_out or context.ticket.hand_off_announced
    if silent or not notice.strip():
        return None, ()
    try:
        message, entry = queued_text(context, notice, f"ai-notice:{turn.version}", THE_RESPONDER, now)
    except KevaError:
        return None, ()
    return replace(message, is_notice=True), (entry,)


def _cost(drafted: Drafted) -> dict[str, str]:
    """What it took, as the audit trail keeps it; what is not known is left out."""
    numbers = {
        "milliseconds": drafted.milliseconds,
        "input_tokens": drafted.input_tokens,
        "output_tokens": drafted.output_tokens,
    }
    known = {name: str(value) for name, value in numbers.items() if value}
    return {name: value for name, value in (("mode", drafted.mode), ("model", drafted.model)) if value} | known
