"""`/me`: what somebody says of themselves, and where they are signed in."""

from aiohttp import web

from client.failure import Failure
from client.words.agents import role_text
from client.words.language import say
from console.pages.settings.forms import WRONG, Form, errors_of, typed
from console.pages.sign_in.asking import asking
from console.pages.sign_in.sign_in import too_many, wait_words
from console.parts import PARTS
from console.rendering import render
from console.sign_in.limits import TooManyAttempts
from console.sign_in.passwords import problem_with
from console.sign_in.visitor import VISITOR
from console.toasts import Toast, Undo, see_other
from console.visit import VISIT
from keva.ticket.v1 import agent_service_pb2 as pb

ME = "/me"
_AVAILABILITIES = {"available": pb.AGENT_AVAILABILITY_AVAILABLE, "away": pb.AGENT_AVAILABILITY_AWAY}


async def show(request: web.Request) -> web.Response:
    """The page."""
    return await _page(request, Form({"name": request[VISIT].agent.display_name}))


async def rename(request: web.Request) -> web.Response:
    """Another name."""
    visit, given = request[VISIT], await typed(request, ("name",))
    if not given["name"]:
        return await _page(request, Form(given, {"name": say("Type a name.")}))
    wanted = pb.SetAgentNameRequest(
        organization_id=visit.session.organization_id,
        agent_id=visit.agent.agent_id,
        display_name=given["name"],
    )
    try:
        await visit.session.ask(visit.session.services.agents.SetAgentName, wanted)
    except Failure as failure:
        return await _page(request, Form(given, errors_of(visit, failure, ("name",), {"FIELD_INVALID": "name"})))
    _ask_again(request)
    return see_other(
        visit.url(ME), Toast(say("Saved."), Undo(visit.url("/me/name"), {"name": visit.agent.display_name}))
    )


async def say_availability(request: web.Request) -> web.Response:
    """Whether they take new work."""
    visit, given = request[VISIT], await typed(request, ("availability",))
    chosen = _AVAILABILITIES.get(given["availability"])
    if chosen is None:
        return see_other(visit.url(ME))
    wanted = pb.SetAgentAvailabilityRequest(
        organization_id=visit.session.organization_id, agent_id=visit.agent.agent_id, availability=chosen
    )
    await visit.session.ask(visit.session.services.agents.SetAgentAvailability, wanted)
    _ask_again(request)
    words = (
        say("You get new work from now on.") if given["availability"] == "available" else say("You get no new work.")
    )
    return see_other(visit.url(ME), Toast(words))


async def change_password(request: web.Request) -> web.Response:
    """Another password; all other sessions end."""
    parts, visit, sent = request.app[PARTS], request[VISIT], await request.post()
    old, new = str(sent.get("old", "")), str(sent.get("new", ""))
    form = Form({"name": visit.agent.display_name})
    if problem := problem_with(new, visit.agent.email, visit.agent.display_name):
        return await _page(request, Form(form.values, {"new": problem}))
    try:
        session, who = request[VISITOR].session, asking(request)
        changed = await parts.signing_in.change_password(session, old, new, visit.agent.email, who)
    except TooManyAttempts as error:
        return too_many(await _page(request, Form(form.values, {"old": wait_words(error)}), status=429), error)
    if not changed:
        return await _page(request, Form(form.values, {"old": say("This is not your current password.")}))
    return see_other(visit.url(ME), Toast(say("Your password is changed. Other browsers have to sign in again.")))


async def end_session(request: web.Request) -> web.Response:
    """Signs another browser out."""
    parts, visit, given = request.app[PARTS], request[VISIT], await typed(request, ("session",))
    await parts.signing_in.end_session(request[VISITOR].session, given["session"])
    return see_other(visit.url(ME), Toast(say("That browser has to sign in again.")))


async def _page(request: web.Request, form: Form, status: int | None = None) -> web.Response:
    visit, own = request[VISIT], request[VISITOR].session
    sessions = await request.app[PARTS].sessions.of_agent(own.organization_id, own.agent_id)
    context = {"form": form, "sessions": sessions, "own": own, "is_available": _is_available(visit.agent)}
    context |= {"role_text": role_text}
    return render(request, "me/me.html", context, status or (WRONG if form.errors else 200))


def _is_available(agent: pb.Agent) -> bool:
    return agent.availability == pb.AGENT_AVAILABILITY_AVAILABLE


def _ask_again(request: web.Request) -> None:
    own = request[VISITOR].session
    request.app[PARTS].agents.forget(own.organization_id, own.agent_id)


ROUTES = (
    web.get(ME, show),
    web.post("/me/name", rename),
    web.post("/me/availability", say_availability),
    web.post("/me/password", change_password),
    web.post("/me/sessions/end", end_session),
)
