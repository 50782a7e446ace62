"""The page of a new conversation: it lands on the ticket."""

from typing import Any

from aiohttp import web
from google.protobuf.field_mask_pb2 import FieldMask

from client.failure import Failure, FailureKind
from client.lists import list_channels
from client.words.language import say
from console.failures import status_of
from console.pages.conversation.first_text import FirstText
from console.pages.ticket.opened import zone_of
from console.rendering import render
from console.toasts import Toast, see_other
from console.visit import VISIT, Visit
from console.words.zones import zone_words
from keva.ticket.v1 import ticket_service_pb2 as pb

_TEMPLATE = "conversation/page.html"
# Beside a field stands what its reader can change; what is nobody's fault is a page.
_PAGES = (FailureKind.UNREACHABLE, FailureKind.NOT_TRUSTED, FailureKind.NO_CERTIFICATE, FailureKind.UNKNOWN_RPC)


async def show(request: web.Request) -> web.Response:
    """The form; `?to=` and `?channel=` fill it in."""
    return await _form(request, FirstText.read({"to": request.query.get("to", ""), **_known(request)}))


def _known(request: web.Request) -> dict[str, str]:
    return {name: request.query[name] for name in ("channel", "name") if name in request.query}


async def send(request: web.Request) -> web.StreamResponse:
    """What the form's buttons do, by the field `do`: now, later or look."""
    form, visit = await request.post(), request[VISIT]
    values = {name: str(form.get(name, "")) for name in form}
    first, do = FirstText.read(values), values.get("do", "")
    try:
        asked = first.asked(visit.workspace_id, zone_of(request), do)
        answer = await visit.session.ask(visit.session.services.tickets.StartConversation, asked)
    except Failure as failure:
        if failure.kind in _PAGES or status_of(failure) == 403:
            raise
        return await _form(request, first.with_failure(failure), 422)
    if asked.validate_only:
        return await _form(request, first, parts=answer.messages)
    said = say("It leaves at its time. You can cancel it until then.") if do == "later" else say("Sent.")
    unnamed = await _name(visit, answer.ticket, first.name)
    return see_other(visit.url(f"/t/{answer.ticket.number}"), Toast(f"{said} {unnamed}".strip()))


async def _name(visit: Visit, ticket: pb.Ticket, name: str) -> str:
    """Gives the customer the name that was typed, if one was; what went wrong, in words."""
    if name in ("", ticket.customer_display_name):
        return ""
    customer = pb.Customer(customer_id=ticket.customer_id, display_name=name)
    request = pb.UpdateCustomerRequest(
        workspace_id=ticket.workspace_id, customer=customer, update_mask=FieldMask(paths=["display_name"])
    )
    try:
        await visit.session.ask(visit.session.services.tickets.UpdateCustomer, request)
    except Failure as failure:
        return say("The name was not kept. %(message)s", message=failure.message)
    return ""


async def _form(request: web.Request, first: FirstText, status: int = 200, parts: Any = ()) -> web.Response:
    visit = request[VISIT]
    every = await list_channels(visit.session)
    ours = [channel for channel in every if channel.workspace_id == visit.workspace_id]
    context = {"first": first, "channels": ours, "parts": parts, "zone": zone_words(zone_of(request))}
    return render(request, _TEMPLATE, context, status)


ROUTES = (web.get("/new", show), web.post("/new", send))
