"""What is done to a customer: each is a form, and goes back to the page that it was on."""

import asyncio
from hashlib import blake2b

from aiohttp import web

from client.failure import Failure, FailureKind
from client.words.actors import actor_text
from client.words.language import say
from console.own_paths import own_path
from console.pages.customer.lists import find_note, own_page
from console.pages.customer.side import Note, about
from console.pages.shown import changed, shown
from console.pages.ticket.staff import read_staff
from console.rendering import render
from console.toasts import Toast, Undo, see_other
from console.visit import VISIT
from keva.ticket.v1 import customer_note_pb2, ticket_service_pb2

_FIELDS = ("display_name", "email", "city", "state", "country", "zip")


def _customer_id(request: web.Request) -> str:
    return request.match_info["customer_id"]


async def _back(request: web.Request) -> str:
    return own_path((await request.post()).get("back"), request[VISIT].url(f"/c/{_customer_id(request)}"))


async def _known(request: web.Request) -> ticket_service_pb2.Customer:
    """As they are before something is done."""
    session = request[VISIT].session
    named = {"workspace_id": request[VISIT].workspace_id, "customer_id": _customer_id(request)}
    asked = ticket_service_pb2.GetCustomerRequest(**named)
    return (await session.ask(session.services.tickets.GetCustomer, asked)).customer


async def _text(request: web.Request, field: str) -> str:
    return str((await request.post()).get(field, "")).strip()


async def show_edit(request: web.Request) -> web.Response:
    """The form with what is known."""
    context = await about(request[VISIT], _customer_id(request))
    known = {field: getattr(context["customer"], field) for field in _FIELDS}
    back = own_path(request.query.get("back"), context["back"])
    return render(
        request, "customer/edit.html", {**context, "typed": known, "shown": known, "errors": {}, "back": back}
    )


async def edit(request: web.Request) -> web.Response:
    """Changes what was changed in the form."""
    visit, back = request[VISIT], await _back(request)
    context = await about(visit, _customer_id(request))
    typed = {field: await _text(request, field) for field in _FIELDS}
    was = await shown(request, {field: getattr(context["customer"], field) for field in _FIELDS})
    fields = changed(typed, was)
    if not fields:
        return see_other(back)
    update = ticket_service_pb2.UpdateCustomerRequest(workspace_id=visit.workspace_id)
    update.customer.customer_id = _customer_id(request)
    for field in fields:
        setattr(update.customer, field, typed[field])
    update.update_mask.paths.extend(fields)
    try:
        await visit.session.ask(visit.session.services.tickets.UpdateCustomer, update)
    except Failure as failure:
        if failure.kind is not FailureKind.UNUSABLE:
            raise
        wrong = failure.metadata.get("field", "").rpartition(".")[2]
        errors = {wrong if wrong in _FIELDS else "display_name": f"{failure.message} {failure.advice}".strip()}
        wrong_form = {**context, "typed": typed, "shown": was, "errors": errors, "back": back}
        return render(request, "customer/edit.html", wrong_form, 422)
    return see_other(back, Toast(say("Saved.")))


async def consent(request: web.Request) -> web.Response:
    """Notes that they want no texts, or takes that back."""
    visit, back = request[VISIT], await _back(request)
    no_texts = await _text(request, "no_texts") == "yes"
    asked = ticket_service_pb2.SetConsentRequest(
        workspace_id=visit.workspace_id,
        customer_id=_customer_id(request),
        no_texts=no_texts,
        reason=await _text(request, "reason"),
    )
    was_noted = (await _known(request)).HasField("no_texts_time")
    await visit.session.ask(visit.session.services.tickets.SetConsent, asked)
    if not no_texts:
        return see_other(back, Toast(say("Taken back. Numbers that they have not opted out of can text them.")))
    undo = Undo(visit.url(f"/c/{_customer_id(request)}/consent"), {"no_texts": "no", "back": back})
    # Another note stood there, which nothing brings back.
    return see_other(back, Toast(say("Noted: no texts."), None if was_noted else undo))


async def block(request: web.Request) -> web.Response:
    """Blocks them."""
    visit, back = request[VISIT], await _back(request)
    asked = ticket_service_pb2.BlockCustomerRequest(
        workspace_id=visit.workspace_id, customer_id=_customer_id(request), reason=await _text(request, "reason")
    )
    was_blocked = (await _known(request)).HasField("blocked_time")
    await visit.session.ask(visit.session.services.tickets.BlockCustomer, asked)
    undo = Undo(visit.url(f"/c/{_customer_id(request)}/unblock"), {"as_before": "1", "back": back})
    # Who was blocked already is so by somebody else, too.
    said = say("Blocked. Open and pending tickets are resolved, and new texts make no ticket.")
    return see_other(back, Toast(said, None if was_blocked else undo))


async def unblock(request: web.Request) -> web.Response:
    """Ends it; with `as_before` the tickets that it has resolved are what they were."""
    visit, back = request[VISIT], await _back(request)
    asked = ticket_service_pb2.UnblockCustomerRequest(
        workspace_id=visit.workspace_id,
        customer_id=_customer_id(request),
        as_before=bool(await _text(request, "as_before")),
    )
    await visit.session.ask(visit.session.services.tickets.UnblockCustomer, asked)
    said = say("No longer blocked. What they texted meanwhile is on no ticket: their page shows it.")
    return see_other(back, Toast(said))


async def add_note(request: web.Request) -> web.Response:
    """Writes down what colleagues are to know, each text once, however often the form is sent with it."""
    visit, back = request[VISIT], await _back(request)
    text = await _text(request, "known")
    asked = customer_note_pb2.AddCustomerNoteRequest(
        workspace_id=visit.workspace_id,
        customer_id=_customer_id(request),
        text=text,
        request_id=_request_id(await _text(request, "request_id"), text),
    )
    await visit.session.ask(visit.session.services.tickets.AddCustomerNote, asked)
    return see_other(back)


def _request_id(of_form: str, text: str) -> str:
    """Whoever saw no answer, and goes on writing, writes another note: the one of before may be there. The text cannot
    be guessed from it without the form's own id, which is kept nowhere."""
    key, said = (value.encode(errors="replace") for value in (of_form, text))
    return blake2b(said, key=key[:64]).hexdigest() if key else ""


async def ask_to_delete_note(request: web.Request) -> web.Response:
    """Shows the note, and asks: nothing brings it back."""
    request[VISIT].require_work()
    visit, customer_id = request[VISIT], _customer_id(request)
    note, staff = await asyncio.gather(
        find_note(visit, customer_id, request.match_info["note_id"]), visit.once(read_staff)
    )
    if note is None:
        raise web.HTTPNotFound
    back = own_path(request.query.get("back"), own_page(visit, customer_id))
    item = Note(note, actor_text(note.actor, staff.names))
    return render(request, "customer/delete_note.html", {"customer_id": customer_id, "item": item, "back": back})


async def delete_note(request: web.Request) -> web.Response:
    """Takes a note away, for good."""
    visit, back = request[VISIT], await _back(request)
    asked = customer_note_pb2.DeleteCustomerNoteRequest(
        workspace_id=visit.workspace_id, customer_note_id=request.match_info["note_id"]
    )
    await visit.session.ask(visit.session.services.tickets.DeleteCustomerNote, asked)
    return see_other(back, Toast(say("Note deleted.")))


async def ask_to_forget(request: web.Request) -> web.Response:
    """Says what forgetting means, and asks."""
    return render(request, "customer/forget.html", await about(request[VISIT], _customer_id(request)))


async def forget(request: web.Request) -> web.Response:
    """Forgets the customer."""
    visit = request[VISIT]
    asked = ticket_service_pb2.ForgetCustomerRequest(workspace_id=visit.workspace_id, customer_id=_customer_id(request))
    await visit.session.ask(visit.session.services.tickets.ForgetCustomer, asked)
    return see_other(
        visit.url(f"/c/{_customer_id(request)}"), Toast(say("Forgotten. Texts and files are being erased."))
    )


PAGE = r"/c/{customer_id:cus_[0-9A-Za-z]+}"
ROUTES: tuple[web.RouteDef, ...] = (
    web.get(PAGE + "/edit", show_edit),
    web.post(PAGE + "/edit", edit),
    web.post(PAGE + "/consent", consent),
    web.post(PAGE + "/block", block),
    web.post(PAGE + "/unblock", unblock),
    web.post(PAGE + "/notes", add_note),
    web.get(PAGE + "/notes/{note_id}/delete", ask_to_delete_note),
    web.post(PAGE + "/notes/{note_id}/delete", delete_note),
    web.get(PAGE + "/forget", ask_to_forget),
    web.post(PAGE + "/forget", forget),
)
