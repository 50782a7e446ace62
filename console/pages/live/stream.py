"""A stream of what happens, for each page that is open: GET /live, as server-sent events."""

import asyncio
import socket
from contextlib import aclosing

from aiohttp import web

from client.failure import Failure
from console.live.browser import BrowserStream, Viewer
from console.live.preferences import Preferences
from console.live.sight import Sight
from console.parts import PARTS
from console.sign_in.visitor import VISITOR, Visitor
from console.visit import VISIT

# How long a browser may take to read what it is sent. Beyond, it is cut off, and goes on where it was when it returns.
_WRITE_SECONDS = 20.0
# What the system keeps for a browser that reads nothing.
_SEND_BUFFER = 64 * 1024
_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    # nginx, for one, would collect it.
    "X-Accel-Buffering": "no",
}


async def follow(request: web.Request) -> web.StreamResponse:
    """Events of the workspace, from `Last-Event-ID`, else from `?after=`, else from now on. Ends with the session, and
    when the agent may see something else."""
    parts, visitor = request.app[PARTS], request[VISITOR]
    after = request.headers.get("Last-Event-ID") or request.query.get("after", "")
    hub = parts.hubs.of(visitor.session.organization_id)
    with parts.streams.counted(visitor.session.session_id, lambda: request.transport is not None):
        stream = BrowserStream(hub, parts.hubs.source, _viewer(request), after)
        response = web.StreamResponse(headers=_HEADERS)
        await response.prepare(request)
        _keep_little(request)
        try:
            async with aclosing(stream.frames()) as frames:
                async for frame in frames:
                    async with asyncio.timeout(_WRITE_SECONDS):
                        await response.write(frame)
        except (TimeoutError, ConnectionError):
            if request.transport is not None:
                # Closing would wait for somebody to read the rest.
                request.transport.abort()
        return response


async def check(_: web.Request) -> web.Response:
    """204 for who has signed in: what a page asks that was cut off, and cannot see why."""
    return web.Response(status=204)


def _viewer(request: web.Request) -> Viewer:
    parts, visit, began_as = request.app[PARTS], request[VISIT], request[VISITOR]
    key = (began_as.session.organization_id, began_as.agent.agent_id)

    async def preferences() -> Preferences:
        return await parts.preferences.of(*key)

    async def still_may() -> bool:
        try:
            if not await parts.sessions.is_open(began_as.session.session_id):
                return False
            known = await parts.agents.find(*key)
        except Failure:
            # Nobody can say now. Whoever asks next does.
            return True
        if known is None or known.was_gone_since(began_as.session.create_time):
            return False
        return _same(Visitor(began_as.session, known.agent, known.workspaces), began_as)

    sight = Sight(began_as.agent.agent_id, visit.workspace_id, visit.is_administrator)
    return Viewer(sight, preferences, still_may, lambda: parts.agents.forget(*key), visit.csrf_token)


def _same(now: Visitor, before: Visitor) -> bool:
    workspaces = [[workspace.workspace_id for workspace in visitor.workspaces] for visitor in (now, before)]
    return now.agent.role == before.agent.role and workspaces[0] == workspaces[1]


def _keep_little(request: web.Request) -> None:
    connection = request.transport.get_extra_info("socket") if request.transport else None
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)


ROUTES = (web.get("/live", follow), web.get("/live/check", check))
