"""Use case: what the AI would answer, for a person to edit. Nothing is stored, and nothing is sent."""

from dataclasses import dataclass

from servicekit.errors import KevaError
from ticket_service import errors
from ticket_service.domain import ai_turn, ticket_changes
from ticket_service.domain.ai_turn import Draft, HandOff
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.ticket import Ticket
from ticket_service.ports.customers import CustomerStore
from ticket_service.ports.responder import Responder
from ticket_service.ports.tickets import TicketStore
from ticket_service.use_cases.ai.conversations import Conversation, Conversations, for_people_alone


@dataclass(frozen=True)
class Suggestion:
    """A draft, or why there is none, for the conversation up to `message_id`."""

    result: Draft | HandOff
    message_id: str


class Suggestions:
    """Suggestions for tickets of all workspaces, whoever works on them."""

    def __init__(
        self, store: TicketStore, conversations: Conversations, customers: CustomerStore, responder: Responder
    ) -> None:
        self._store = store
        self._conversations = conversations
        self._customers = customers
        self._responder = responder

    async def suggest(self, workspace_id: str, ticket_id: str) -> Suggestion:
        """Raises TICKET_NOT_FOUND, TICKET_CLOSED, RESPONDER_UNAVAILABLE."""
        ticket = await self._store.get_ticket(workspace_id, ticket_id)
        ticket_changes.require_not_closed(ticket)
        conversation = await self._conversations.read(ticket)
        return Suggestion(await self._result(ticket, conversation), conversation.last_message_id)

    async def _result(self, ticket: Ticket, conversation: Conversation) -> Draft | HandOff:
        customer = await self._customers.get_customer(ticket.workspace_id, ticket.customer_id)
        if customer.takes_no_texts_from(ticket.channel_address):
            return HandOff(HandOffReason.OPTED_OUT)
        if customer.blocked_time is not None:
            return HandOff(HandOffReason.CANNOT_REPLY, "the customer is blocked")
        if hand_off := for_people_alone(ticket, conversation.lines):
            return hand_off
        if not ai_turn.is_unanswered(conversation.lines):
            return HandOff(HandOffReason.NOT_A_QUESTION, "no text of the customer waits for an answer")
        profile = await self._conversations.profile(ticket)
        try:
            return (await self._responder.draft(ticket, profile, conversation.lines, opted_out=False)).result
        except KevaError as error:
            raise errors.responder_unavailable() from error
