"""Use case: one turn of the AI. Asks the responder, and sends what it drafts only if it still applies: no newer text,
no person on the ticket, not opted out, not settled. Whether it does is decided in the transaction that writes it."""

from collections.abc import Callable
from dataclasses import replace
from enum import Enum, auto

from servicekit.clock import Clock
from servicekit.errors import KevaError
from ticket_service.domain import ai_turn
from ticket_service.domain.ai.reply_limits import day_of, without_draft
from ticket_service.domain.ai_turn import AiTurn, Asked, Drafted, HandOff, TurnEnd, found_later
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.ticket import Ticket
from ticket_service.domain.ticket_decision import Needs, TicketContext, TicketWrite
from ticket_service.domain.work.office import Offices
from ticket_service.metrics import AI_CHANNEL_LIMITS_REACHED
from ticket_service.ports.ai.reply_limits import ReplyCountStore
from ticket_service.ports.customers import CustomerStore
from ticket_service.ports.responder import Responder
from ticket_service.ports.tickets import TicketStore
from ticket_service.use_cases.ai.conversations import Conversation, Conversations, without_responder
from ticket_service.use_cases.ai.notices import Notices
from ticket_service.use_cases.ai.outcomes import Thought, decided
from ticket_service.use_cases.replies import NEEDS_OF_REPLY

_ALWAYS_OPEN = Offices()


class Taken(Enum):
    """How a turn was taken. NOT_ENDED: something has changed since it was claimed, and the AI owes no answer, or
    another one. GREETED: the customer has greeted, and the question may be on its way."""

    ENDED = auto()
    NOT_ENDED = auto()
    GREETED = auto()


class AiAnswers:
    """The AI's turns of all workspaces. `wake_outbox` is called after each answer, so that it leaves at once."""

    def __init__(
        self,
        store: TicketStore,
        conversations: Conversations,
        customers: CustomerStore,
        counts: ReplyCountStore,
        responder: Responder,
        clock: Clock,
        wake_outbox: Callable[[], None],
        offices: Offices = _ALWAYS_OPEN,
    ) -> None:
        self._store = store
        self._conversations = conversations
        self._customers = customers
        self._counts = counts
        self._responder = responder
        self._clock = clock
        self._wake_outbox = wake_outbox
        self._offices = offices

    async def take(self, turn: AiTurn) -> Taken:
        """Answers, hands off, or finds that nothing waits for an answer. Raises a KevaError when no draft can be had
        now."""
        ticket = await self._store.get_ticket(turn.workspace_id, turn.ticket_id)
        if not ticket.waits_for_ai:
            return Taken.NOT_ENDED
        read = await self._conversations.read(ticket)
        if not ai_turn.is_unanswered(read.lines):
            return Taken.NOT_ENDED
        asked = await self._conversations.asked(ticket, read.lines, self._clock(), turn.greeting_waited)
        return await self._write(turn, await self._draft(ticket, asked), asked, read)

    async def give_up(self, turn: AiTurn, detail: str) -> Taken:
        """Hands off because no draft could be had."""
        ticket = await self._store.get_ticket(turn.workspace_id, turn.ticket_id)
        read = await self._conversations.read(ticket)
        asked = await self._conversations.asked(ticket, read.lines, self._clock())
        unavailable = HandOff(HandOffReason.RESPONDER_UNAVAILABLE, detail)
        drafted = Drafted(without_responder(ticket, read.lines) or unavailable)
        return await self._write(turn, drafted, asked, read)

    async def _draft(self, ticket: Ticket, asked: Asked) -> Drafted:
        customer = await self._customers.get_customer(ticket.workspace_id, ticket.customer_id)
        if customer.takes_no_texts_from(ticket.channel_address):
            return Drafted(HandOff(HandOffReason.OPTED_OUT))
        if known := without_responder(ticket, asked.lines):
            return Drafted(known)
        if await self._conversations.is_ai_off(ticket):
            return Drafted(HandOff(HandOffReason.AI_OFF))
        limit = await self._limit(ticket, asked)
        return await self._without_draft(ticket, asked, limit) if limit else await self._responder.draft(ticket, asked)

    async def _limit(self, ticket: Ticket, asked: Asked) -> HandOff | None:
        """Why the AI can send no more now; None when it can."""
        if ticket.ai_replies >= asked.profile.max_replies_in_a_row:
            return HandOff(HandOffReason.TOO_MANY_REPLIES, f"{ticket.ai_replies} replies in a row")
        counts = await self._counts.reply_counts(ticket.channel_id, ticket.customer_id)
        limit = counts.limit(asked.profile, day_of(asked.ask_time, asked.time_zone), asked.ask_time)
        return HandOff(HandOffReason.REPLY_LIMIT, limit.value) if limit else None

    async def _without_draft(self, ticket: Ticket, asked: Asked, limit: HandOff) -> Drafted:
        """Danger is seen, and thanks send for nobody, however much was sent."""
        try:
            drafted = await self._responder.draft(ticket, replace(asked, no_draft=True))
        except KevaError:
            # A person is needed in any case: why should they hear of it later?
            return Drafted(limit)
        return without_draft(drafted, limit)

    async def _write(self, turn: AiTurn, drafted: Drafted, asked: Asked, read: Conversation) -> Taken:
        notices = Notices(asked.profile.hand_off_notice, self._offices, found_later(asked.lines))
        thought = Thought(turn, drafted, asked, read.last_message_id, notices)

        def decide(context: TicketContext) -> TicketWrite:
            return decided(thought, context, self._clock())

        needs = NEEDS_OF_REPLY | Needs.AI_TURN | Needs.AI_REPLIES
        written = await self._store.change_ticket(turn.workspace_id, turn.ticket_id, decide, needs)
        self._wake_outbox()
        recorded = {entry.action for entry in written.entries}
        if AuditAction.AI_REPLY_LIMIT_REACHED in recorded:
            AI_CHANNEL_LIMITS_REACHED.inc()
        if isinstance(written.ai_turn, TurnEnd):
            return Taken.ENDED
        return Taken.GREETED if AuditAction.AI_NO_REPLY in recorded else Taken.NOT_ENDED
