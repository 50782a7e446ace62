"""`keva tickets suggest`."""

from cli.commands.tickets.ticket_argument import TicketArgument
from cli.session import Session
from cli.terminal import output
from client.selection import find_ticket_id
from client.session import DRAFT_SECONDS
from client.words.hand_offs import hand_off_words
from keva.ticket.v1 import suggestion_pb2


async def suggest(session: Session, ticket: TicketArgument) -> None:
    """Show what the AI would answer now. Nothing is sent, and nothing changes.

    Works on any ticket that is not closed, whoever works on it. Edit the draft, and send it with keva tickets reply."""
    request = suggestion_pb2.SuggestReplyRequest(
        workspace_id=session.workspace_id, ticket_id=await find_ticket_id(session, ticket)
    )
    answer = await session.ask(session.services.tickets.SuggestReply, request, DRAFT_SECONDS)
    if session.settings.as_json:
        return output.emit_json(answer)
    if answer.WhichOneof("result") == "suggestion":
        return _show(ticket, answer.suggestion)
    return output.say(_reason(answer.no_suggestion))


def _show(ticket: str, suggestion: suggestion_pb2.SuggestedReply) -> None:
    output.say_indented(suggestion.text)
    for article in suggestion.articles:
        title = f"{article.title} ({article.article_id})" if article.title else article.article_id
        output.say(f"  from: {title}" + (f", {article.section}" if article.section else ""), style="dim")
    output.remark(f"Nothing was sent. keva tickets reply {ticket} TEXT sends an answer.")


def _reason(none: suggestion_pb2.NoSuggestion) -> str:
    detail = f" ({none.detail})" if none.detail else ""
    return f"The AI suggests nothing: {hand_off_words(none.reason).clause}{detail}."
