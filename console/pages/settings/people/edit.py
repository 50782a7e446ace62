"""`/settings/people/agt_…`: somebody's name, role and workspaces, a new link, and the end."""

from collections.abc import Mapping

from aiohttp import web
from google.protobuf.field_mask_pb2 import FieldMask

from client.failure import Failure
from client.words.language import say
from console.pages.settings.forms import WRONG
from console.pages.settings.people.fields import NAMES, OPTIONS, ROLES, Person, known_person, refused, typed_person
from console.pages.settings.people.links import show_link
from console.pages.settings.people.list import PEOPLE, require_administrator, workspace_names
from console.pages.shown import changed, shown
from console.parts import PARTS
from console.rendering import render
from console.toasts import Toast, see_other
from console.visit import Visit
from keva.ticket.v1 import agent_service_pb2 as pb

_PATH = PEOPLE + "/{agent_id:agt_[0-9A-Za-z]+}"


async def show(request: web.Request) -> web.Response:
    """What is known."""
    visit = require_administrator(request)
    agent = await _agent(request, visit)
    return await _page(request, agent, known_person(agent), {})


async def update(request: web.Request) -> web.Response:
    """Changes all of it that the form has changed."""
    visit, person = require_administrator(request), await typed_person(request)
    agent = await _agent(request, visit)
    wrong = person.wrong if person.name else {"name": say("Type a name."), **person.wrong}
    if wrong:
        return await _page(request, agent, person, wrong)
    new = pb.Agent(
        agent_id=agent.agent_id,
        email=person.email,
        display_name=person.name,
        role=ROLES[person.role],
        workspace_ids=person.workspaces,
    )
    paths = [NAMES[name] for name in changed(person.values, await shown(request, known_person(agent).values))]
    wanted = pb.UpdateAgentRequest(
        organization_id=visit.session.organization_id, agent=new, update_mask=FieldMask(paths=paths)
    )
    if paths:
        try:
            await visit.session.ask(visit.session.services.agents.UpdateAgent, wanted)
        except Failure as failure:
            return await _page(request, agent, person, refused(visit, failure))
        _ask_again(request, visit)
    return see_other(visit.url(PEOPLE), Toast(say("Saved.")))


async def new_link(request: web.Request) -> web.Response:
    """For whoever has no password yet, or forgot it."""
    visit = require_administrator(request)
    return await show_link(request, await _agent(request, visit))


async def sign_out(request: web.Request) -> web.Response:
    """Ends all sessions, as when a laptop is lost."""
    visit = require_administrator(request)
    agent = await _agent(request, visit)
    parts = request.app[PARTS]
    ended = await parts.signing_in.end_sessions(agent.organization_id, agent.agent_id, visit.session.actor)
    return see_other(visit.url(PEOPLE), Toast(say("Signed out everywhere.") if ended else say("Nobody was signed in.")))


async def ask_to_deactivate(request: web.Request) -> web.Response:
    """Says what happens to their work."""
    visit = require_administrator(request)
    return render(request, "settings/people/deactivate.html", {"agent": await _agent(request, visit)})


async def deactivate(request: web.Request) -> web.Response:
    """Ends that they may do anything, and their sessions and links."""
    visit = require_administrator(request)
    agent, parts = await _agent(request, visit), request.app[PARTS]
    wanted = pb.DeactivateAgentRequest(organization_id=agent.organization_id, agent_id=agent.agent_id)
    await visit.session.ask(visit.session.services.agents.DeactivateAgent, wanted)
    _ask_again(request, visit)
    await parts.signing_in.end_sessions(agent.organization_id, agent.agent_id, visit.session.actor)
    await parts.signing_in.end_links(agent.organization_id, agent.agent_id)
    return see_other(visit.url(PEOPLE), Toast(say("Deactivated. What they wrote stays.")))


async def reactivate(request: web.Request) -> web.Response:
    """Brings somebody back, with the password of before; who never had one needs a link."""
    visit = require_administrator(request)
    agent = await _agent(request, visit)
    wanted = pb.ReactivateAgentRequest(organization_id=agent.organization_id, agent_id=agent.agent_id)
    await visit.session.ask(visit.session.services.agents.ReactivateAgent, wanted)
    if await request.app[PARTS].signing_in.has_password(agent.organization_id, agent.agent_id):
        return see_other(visit.url(PEOPLE), Toast(say("Back again. The password of before still works.")))
    page = visit.url(f"{PEOPLE}/{agent.agent_id}")
    return see_other(page, Toast(say("Back again. Make a new link: they have no password yet.")))


async def _agent(request: web.Request, visit: Visit) -> pb.Agent:
    """Raises Failure when the organization has no such agent."""
    wanted = pb.GetAgentRequest(organization_id=visit.session.organization_id, agent_id=request.match_info["agent_id"])
    return (await visit.session.ask(visit.session.services.agents.GetAgent, wanted)).agent


def _ask_again(request: web.Request, visit: Visit) -> None:
    request.app[PARTS].agents.forget(visit.session.organization_id, request.match_info["agent_id"])


async def _page(request: web.Request, agent: pb.Agent, person: Person, errors: Mapping[str, str]) -> web.Response:
    names = workspace_names(require_administrator(request))
    is_active = agent.state == pb.AGENT_STATE_ACTIVE
    context = {"agent": agent, "person": person, "errors": errors, "names": names, "role_options": OPTIONS}
    context["shown"] = await shown(request, known_person(agent).values)
    return render(request, "settings/people/edit.html", {**context, "is_active": is_active}, WRONG if errors else 200)


ROUTES = (
    web.get(_PATH, show),
    web.post(_PATH, update),
    web.post(f"{_PATH}/link", new_link),
    web.post(f"{_PATH}/sign-out", sign_out),
    web.get(f"{_PATH}/deactivate", ask_to_deactivate),
    web.post(f"{_PATH}/deactivate", deactivate),
    web.post(f"{_PATH}/reactivate", reactivate),
)
