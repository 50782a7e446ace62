"""Use cases: what the AI would answer, for a person to edit, and what is kept of that from its hand-off. Nothing is
sent, and asking stores no text."""

from dataclasses import dataclass, replace

from servicekit.clock import Clock
from servicekit.errors import KevaError
from ticket_service import errors
from ticket_service.domain import ai_turn, ticket_changes
from ticket_service.domain.ai.kept_suggestions import KeptSuggestions, SuggestedReply
from ticket_service.domain.ai_turn import Draft, Drafted, HandOff, NoReply
from ticket_service.domain.audit import Actor, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.ticket import Ticket
from ticket_service.domain.ticket_decision import TicketContext, TicketWrite
from ticket_service.ports.customers import CustomerStore
from ticket_service.ports.responder import Responder
from ticket_service.ports.tickets import TicketStore
from ticket_service.use_cases.ai.conversations import Conversation, Conversations, without_responder
from ticket_service.use_cases.ai.traces import of_drafted, of_suggestions


@dataclass(frozen=True)
class Suggestion:
    """A draft, or why there is none, for the conversation up to `message_id`. Without a draft, `near` is what could be
    answered from, the best first."""

    result: Draft | HandOff
    message_id: str
    near: tuple[SuggestedReply, ...] = ()


class Suggestions:
    """Suggestions for tickets of all workspaces, whoever works on them."""

    def __init__(
        self,
        store: TicketStore,
        conversations: Conversations,
        customers: CustomerStore,
        responder: Responder,
        clock: Clock,
    ) -> None:
        self._store = store
        self._conversations = conversations
        self._customers = customers
        self._responder = responder
        self._clock = clock

    async def suggest(self, workspace_id: str, ticket_id: str, actor: Actor) -> Suggestion:
        """Nobody gets one without a record of it. Raises TICKET_NOT_FOUND, TICKET_CLOSED, RESPONDER_UNAVAILABLE."""
        ticket = await self._store.get_ticket(workspace_id, ticket_id)
        ticket_changes.require_not_closed(ticket)
        conversation = await self._conversations.read(ticket)
        drafted = await self._drafted(ticket, conversation)

        def decide(context: TicketContext) -> TicketWrite:
            entry = AuditEntry(AuditAction.AI_SUGGESTED, ticket_id, actor, self._clock(), of_drafted(drafted))
            return TicketWrite(context.ticket, (entry,))

        await self._store.change_ticket(workspace_id, ticket_id, decide)
        result = drafted.result
        if isinstance(result, NoReply):
            result = HandOff(HandOffReason.NOT_A_QUESTION, "nothing of it waits for an answer")
        return Suggestion(result, conversation.last_message_id, drafted.suggestions)

    async def kept(self, workspace_id: str, ticket_id: str) -> KeptSuggestions | None:
        """What was kept when the AI left the ticket. Raises TICKET_NOT_FOUND."""
        return (await self._store.get_ticket(workspace_id, ticket_id)).suggestions

    async def dismiss(self, workspace_id: str, ticket_id: str, actor: Actor) -> None:
        """Nothing of it is kept any more. Raises TICKET_NOT_FOUND."""

        def decide(context: TicketContext) -> TicketWrite:
            ticket = context.ticket
            if ticket.suggestions is None:
                return TicketWrite(ticket)
            details = of_suggestions(ticket.suggestions)
            entry = AuditEntry(AuditAction.AI_SUGGESTIONS_DISMISSED, ticket_id, actor, self._clock(), details)
            return TicketWrite(replace(ticket, suggestions=None), (entry,))

        await self._store.change_ticket(workspace_id, ticket_id, decide)

    async def _drafted(self, ticket: Ticket, conversation: Conversation) -> Drafted:
        obstacle = await self._obstacle(ticket, conversation)
        if obstacle is not None:
            return Drafted(obstacle)
        # A person asks: a greeting has been waited for long enough.
        asked = await self._conversations.asked(ticket, conversation.lines, self._clock(), greeting_waited=True)
        try:
            return await self._responder.draft(ticket, asked)
        except KevaError as error:
            raise errors.responder_unavailable() from error

    async def _obstacle(self, ticket: Ticket, conversation: Conversation) -> HandOff | NoReply | None:
        """Why the responder is not even asked."""
        customer = await self._customers.get_customer(ticket.workspace_id, ticket.customer_id)
        if customer.takes_no_texts_from(ticket.channel_address):
            return HandOff(HandOffReason.OPTED_OUT)
        if customer.blocked_time is not None:
            return HandOff(HandOffReason.CANNOT_REPLY, "the customer is blocked")
        if await self._conversations.is_ai_off(ticket):
            return HandOff(HandOffReason.AI_OFF)
        if obstacle := without_responder(ticket, conversation.lines):
            return obstacle
        if not ai_turn.is_unanswered(conversation.lines):
            return HandOff(HandOffReason.NOT_A_QUESTION, "no text of the customer waits for an answer")
        return None
