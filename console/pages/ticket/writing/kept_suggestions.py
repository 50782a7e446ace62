"""What the AI left with a ticket for a person to answer with, until somebody has answered."""

from console.pages.ticket.articles import suggested_article
from console.pages.ticket.writing.box import Kept, SuggestedText
from console.visit import Visit
from keva.ticket.v1 import suggestion_pb2, ticket_service_pb2


async def kept_suggestions(visit: Visit, ticket: ticket_service_pb2.Ticket) -> Kept:
    """Nothing on a ticket that the AI has not left, or that is settled. Raises Failure."""
    waits = ticket.hand_off_reason and ticket.state == ticket_service_pb2.TICKET_STATE_OPEN
    if not waits or not visit.may_work:
        return Kept()
    asked = suggestion_pb2.GetSuggestionsRequest(workspace_id=ticket.workspace_id, ticket_id=ticket.ticket_id)
    kept = await visit.session.ask(visit.session.services.tickets.GetSuggestions, asked)
    return Kept(tuple(map(suggested_text, kept.suggestions)), kept.message_id)


def suggested_text(reply: suggestion_pb2.SuggestedReply) -> SuggestedText:
    """As it is shown."""
    return SuggestedText(reply.text, tuple(map(suggested_article, reply.articles)), reply.is_draft)
