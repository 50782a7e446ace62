"""`keva tickets suggest`."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cli.commands.tickets.ticket_argument import TicketArgument
from cli.session import Session
from cli.terminal import output
from client.selection import find_ticket_id
from client.session import DRAFT_SECONDS
from client.words.hand_offs import hand_off_words
from keva.ticket.v1 import suggestion_pb2


async def suggest(
    session: Session,
    ticket: TicketArgument,
    kept: Annotated[
        bool, typer.Option("--kept", help="Show what the AI left with the ticket when it handed it off; ask nothing")
    ] = False,
) -> None:
    """Show what the AI would answer now, or what the articles say near the question. Nothing is sent, and nothing
    changes.

    Works on any ticket that is not closed, no matter whose it is. Edit the draft, and send it with keva tickets
    reply."""
    if kept:
        return await _show_kept(session, ticket)
    request = suggestion_pb2.SuggestReplyRequest(
        workspace_id=session.workspace_id, ticket_id=await find_ticket_id(session, ticket)
    )
    answer = await session.ask(session.services.tickets.SuggestReply, request, DRAFT_SECONDS)
    if session.settings.as_json:
        return output.emit_json(answer)
    if answer.WhichOneof("result") == "suggestion":
        return _show(ticket, answer.suggestion)
    output.say(_reason(answer.no_suggestion))
    return _show_near(answer.no_suggestion.suggestions)


async def _show_kept(session: Session, ticket: str) -> None:
    request = suggestion_pb2.GetSuggestionsRequest(
        workspace_id=session.workspace_id, ticket_id=await find_ticket_id(session, ticket)
    )
    kept = await session.ask(session.services.tickets.GetSuggestions, request)
    if session.settings.as_json:
        return output.emit_json(kept)
    if not kept.suggestions:
        return output.say("Nothing is kept: it was answered, the AI has not left it, or it found nothing near.")
    return _show_near(kept.suggestions)


def _show_near(suggestions: Sequence[suggestion_pb2.SuggestedReply]) -> None:
    for suggestion in suggestions:
        output.say("The AI's draft:" if suggestion.is_draft else "The articles say near it:")
        _show_text(suggestion)


def _show(ticket: str, suggestion: suggestion_pb2.SuggestedReply) -> None:
    _show_text(suggestion)
    output.remark(f"Nothing was sent. keva tickets reply {ticket} TEXT sends an answer.")


def _show_text(suggestion: suggestion_pb2.SuggestedReply) -> None:
    output.say_indented(suggestion.text)
    for article in suggestion.articles:
        title = f"{article.title} ({article.article_id})" if article.title else article.article_id
        output.say(f"  from: {title}" + (f", {article.section}" if article.section else ""), style="dim")


def _reason(none: suggestion_pb2.NoSuggestion) -> str:
    detail = f" ({none.detail})" if none.detail else ""
    return f"The AI suggests nothing: {hand_off_words(none.reason).clause}{detail}."
