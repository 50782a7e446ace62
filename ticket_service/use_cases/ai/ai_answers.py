"""Use case: one turn of the AI. Asks the responder, and sends what it drafts only if it still applies: no newer text,
no person on the ticket, not opted out, not settled. Whether it does is decided in the transaction that writes it."""

from collections.abc import Callable, Sequence

from servicekit.clock import Clock
from ticket_service.domain import ai_turn
from ticket_service.domain.ai_profile import AiProfile
from ticket_service.domain.ai_turn import AiTurn, Drafted, HandOff, Line, TurnEnd
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.ticket import Ticket
from ticket_service.domain.ticket_decision import Needs, TicketContext, TicketWrite
from ticket_service.domain.work.office import Offices
from ticket_service.ports.customers import CustomerStore
from ticket_service.ports.responder import Responder
from ticket_service.ports.tickets import TicketStore
from ticket_service.use_cases.ai.conversations import Conversations, for_people_alone
from ticket_service.use_cases.ai.notices import Notices
from ticket_service.use_cases.ai.outcomes import decided, dropped, obstacle
from ticket_service.use_cases.replies import NEEDS_OF_REPLY

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
        if await self._conversations.is_ai_off(ticket):
            return Drafted(HandOff(HandOffReason.AI_OFF))
        if ticket.ai_replies >= profile.max_replies_in_a_row:
            return Drafted(HandOff(HandOffReason.TOO_MANY_REPLIES, f"{ticket.ai_replies} replies in a row"))
        return await self._responder.draft(ticket, profile, lines, opted_out)

    async def _write(self, turn: AiTurn, drafted: Drafted, notice: str) -> bool:
        def decide(context: TicketContext) -> TicketWrite:
            if why := obstacle(turn, context):
                return dropped(context, drafted, why, self._clock())
            return decided(turn, context, drafted, Notices(notice, self._offices), self._clock())

        needs = NEEDS_OF_REPLY | Needs.AI_TURN
        written = await self._store.change_ticket(turn.workspace_id, turn.ticket_id, decide, needs)
        self._wake_outbox()
        return isinstance(written.ai_turn, TurnEnd)
