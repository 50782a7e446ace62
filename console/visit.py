"""One request of somebody who has signed in: who it is, in which workspace, and the services as they may use them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.typedefs import Handler

from client.advice import general_advice
from client.failure import Failure, FailureKind, not_found
from client.session import Scope, Session
from client.words.language import say
from console.form_tokens import masked
from console.parts import PARTS
from console.sign_in.visitor import VISITOR, Visitor
from keva.ticket.v1 import agent_service_pb2, workspace_service_pb2
from servicekit.rpc.request_context import Actor

# The workspace of pages whose address names none.
DEFAULT_WORKSPACE = "default"
# Rooms in which work is done, which is always a workspace's, by the first part of their addresses.
_WORK = frozenset({"inbox", "t", "c", "new", "search"})


Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Visit:
    """`session` asks the services in the visitor's name, in the workspace that the address names (`?workspace=`).
    `workspaces` are those that they may enter; `csrf_token` is what forms of this page repeat."""

    session: Session
    agent: agent_service_pb2.Agent
    workspaces: tuple[workspace_service_pb2.Workspace, ...]
    csrf_token: str
    _asked: dict[Any, asyncio.Future[Any]] = field(default_factory=dict, init=False, repr=False, compare=False)

    async def once(self, ask: Callable[[Session], Awaitable[Answer]]) -> Answer:
        """What `ask` gets for the session: it is asked when it is first wanted, and once for all parts of a page, such
        as the people of the workspace. Raises what `ask` raises."""
        if ask not in self._asked:
            self._asked[ask] = asyncio.ensure_future(ask(self.session))
        answer: Answer = await self._asked[ask]
        return answer

    @property
    def workspace_id(self) -> str:
        """The workspace of the page."""
        return self.session.workspace_id

    @property
    def named_workspace(self) -> str:
        """The same, as addresses name it: empty for the one that they need not name."""
        return "" if self.workspace_id == DEFAULT_WORKSPACE else self.workspace_id

    @property
    def is_administrator(self) -> bool:
        """Whether they may change settings."""
        return self.agent.role == agent_service_pb2.AGENT_ROLE_ADMINISTRATOR

    @property
    def may_work(self) -> bool:
        """Whether they may answer customers: a viewer only reads."""
        return self.agent.role != agent_service_pb2.AGENT_ROLE_VIEWER

    def require_work(self) -> None:
        """Raises Failure for a viewer: what the console does by itself, no service refuses."""
        if not self.may_work:
            advice = general_advice("ROLE_NOT_ALLOWED")
            raise Failure(FailureKind.REFUSED, say("You read here."), advice, reason="ROLE_NOT_ALLOWED")

    def url(self, path: str, **query: str | int) -> str:
        """The address of a page of the same workspace, which a colleague can open, too. Values that are empty are left
        out."""
        return self.url_in(self.workspace_id, path, **query)

    @staticmethod
    def url_in(workspace_id: str, path: str, **query: str | int) -> str:
        """The same of another workspace."""
        if workspace_id != DEFAULT_WORKSPACE:
            query["workspace"] = workspace_id
        given = {name: value for name, value in query.items() if value != ""}
        return f"{path}?{urlencode(given)}" if given else path


VISIT = web.RequestKey("visit", Visit)


@web.middleware
async def open_visit(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Gives handlers the visit of who has signed in. A workspace that the visitor may not enter is refused by the
    services, and looks like one that is not there."""
    if VISITOR in request:
        visit = request[VISIT] = _visit(request, request[VISITOR])
        if not visit.workspace_id and request.path.split("/")[1] in _WORK:
            raise _in_no_workspace(visit)
    return await handler(request)


def _in_no_workspace(visit: Visit) -> Failure:
    make = say("Make the first one: keva workspaces add NAME.")
    join = say("An administrator can add you to one, in Settings > People.")
    advice = make if visit.is_administrator else join
    return Failure(FailureKind.REFUSED, say("You are in no workspace yet."), advice, reason="WORKSPACE_NOT_ALLOWED")


def _visit(request: web.Request, visitor: Visitor) -> Visit:
    named = request.query.get("workspace", "")
    if named and named not in _entered(visitor):
        raise not_found(
            say("There is no workspace %(named)s that you may enter.", named=named),
            say("Ask an administrator for access."),
        )
    return _visit_in(request, visitor, named or _usual(visitor))


def usual_visit(request: web.Request) -> Visit:
    """Of somebody who has signed in, in the workspace of pages whose address names none, whatever this one names: for a
    page that says why there is no other."""
    return _visit_in(request, request[VISITOR], _usual(request[VISITOR]))


def _visit_in(request: web.Request, visitor: Visitor, workspace_id: str) -> Visit:
    session = session_for(request, workspace_id)
    return Visit(session, visitor.agent, visitor.workspaces, masked(visitor.session.csrf_token))


def _entered(visitor: Visitor) -> list[str]:
    return [workspace.workspace_id for workspace in visitor.workspaces]


def _usual(visitor: Visitor) -> str:
    entered = _entered(visitor)
    return DEFAULT_WORKSPACE if DEFAULT_WORKSPACE in entered else next(iter(entered), "")


def session_for(request: web.Request, workspace_id: str) -> Session:
    """The services, in the name of who asks."""
    parts, visitor = request.app[PARTS], request[VISITOR]
    actor = Actor("agent", visitor.agent.agent_id)
    scope = Scope(actor, visitor.session.organization_id, workspace_id, parts.settings.default_region)
    return Session(parts.services, scope)
