"""`/settings/people/new`: somebody is invited. There is no mail server: the administrator passes the link on."""

import uuid
from collections.abc import Mapping

from aiohttp import web

from client.failure import Failure
from client.words.language import marked, say
from console.pages.settings.forms import WRONG
from console.pages.settings.people.fields import OPTIONS, ROLES, Person, refused, typed_person
from console.pages.settings.people.links import show_link
from console.pages.settings.people.list import PEOPLE, require_administrator, workspace_names
from console.rendering import render
from keva.ticket.v1 import agent_service_pb2 as pb

NEW = f"{PEOPLE}/new"
_SENT_BEFORE = marked(
    "This form has added somebody already, when it was sent before: look at Settings > People. Send it again to add "
    "this person, too."
)


async def show(request: web.Request) -> web.Response:
    """The form, with the workspace of the page chosen."""
    visit = require_administrator(request)
    return _page(request, Person(workspaces=(visit.workspace_id,)), {}, str(uuid.uuid4()))


async def invite(request: web.Request) -> web.Response:
    """Adds the agent, and shows the link."""
    visit, person = require_administrator(request), await typed_person(request)
    request_id = str((await request.post()).get("request_id", ""))[:128]
    if person.wrong:
        return _page(request, person, person.wrong, request_id)
    wanted = pb.CreateAgentRequest(
        organization_id=visit.session.organization_id,
        email=person.email,
        display_name=person.name,
        role=ROLES[person.role],
        workspace_ids=person.workspaces,
        request_id=request_id,
    )
    try:
        agent = (await visit.session.ask(visit.session.services.agents.CreateAgent, wanted)).agent
    except Failure as failure:
        if failure.reason == "REQUEST_ID_REUSED":
            return _page(request, person, {"email": say(_SENT_BEFORE)}, str(uuid.uuid4()))
        return _page(request, person, refused(visit, failure), request_id)
    return await show_link(request, agent)


def _page(request: web.Request, person: Person, errors: Mapping[str, str], request_id: str) -> web.Response:
    names = workspace_names(require_administrator(request))
    context = {"person": person, "errors": errors, "request_id": request_id, "names": names, "role_options": OPTIONS}
    return render(request, "settings/people/new.html", context, WRONG if errors else 200)


ROUTES = (web.get(NEW, show), web.post(NEW, invite))
