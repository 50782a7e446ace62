"""Who asks for a page: the agent of the session in the cookie, as ticket_service knows them now."""

from dataclasses import dataclass

from aiohttp import web

from console.sign_in.session import Session
from keva.ticket.v1 import agent_service_pb2, workspace_service_pb2


@dataclass(frozen=True)
class Visitor:
    """Somebody who has signed in, and the workspaces that they may enter."""

    session: Session
    agent: agent_service_pb2.Agent
    workspaces: tuple[workspace_service_pb2.Workspace, ...]


# Set for every request of somebody who has signed in.
VISITOR = web.RequestKey("visitor", Visitor)
