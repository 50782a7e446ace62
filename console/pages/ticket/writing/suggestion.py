"""What the AI would answer: a draft for a person to look at."""

from aiohttp import web

from client.failure import Failure
from client.session import DRAFT_SECONDS
from client.words.hand_offs import hand_off_words
from client.words.language import say
from console.failures import is_about_who_asks
from console.pages.ticket.opened import open_ticket
from console.pages.ticket.page import show_ticket
from console.pages.ticket.writing.box import Suggestion, typed
from console.pages.ticket.writing.kept_suggestions import suggested_text
from console.visit import VISIT
from keva.ticket.v1 import suggestion_pb2


async def suggest(request: web.Request) -> web.StreamResponse:
    """The page with the AI's draft above the box, or with why there is none. What was typed stays."""
    visit, ticket, form = request[VISIT], await open_ticket(request), await request.post()
    asked = suggestion_pb2.SuggestReplyRequest(workspace_id=ticket.workspace_id, ticket_id=ticket.ticket_id)
    box = typed({name: str(form[name]) for name in form})
    try:
        answer = await visit.session.ask(visit.session.services.tickets.SuggestReply, asked, DRAFT_SECONDS)
    except Failure as failure:
        if is_about_who_asks(failure):
            raise
        return await show_ticket(
            request, ticket, box, suggestion=Suggestion(why_none=f"{failure.message} {failure.advice}")
        )
    return await show_ticket(request, ticket, box, suggestion=_suggestion(answer))


def _suggestion(answer: suggestion_pb2.SuggestReplyResponse) -> Suggestion:
    if answer.WhichOneof("result") == "suggestion":
        return Suggestion(suggested_text(answer.suggestion), answer.message_id)
    none = answer.no_suggestion
    detail = f" ({none.detail})" if none.detail else ""
    why = say(
        "The AI leaves this to you: %(clause)s%(detail)s.", clause=hand_off_words(none.reason).clause, detail=detail
    )
    return Suggestion(why_none=why, message_id=answer.message_id, near=tuple(map(suggested_text, none.suggestions)))


ROUTES = (web.post(r"/t/{number:\d+}/suggest", suggest),)
