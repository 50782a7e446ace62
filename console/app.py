"""The HTTP side of the console: its application, and the server around it."""

import asyncio

from aiohttp import web

from console import browser_rules
from console.doors import require_visitor
from console.failures import failures_as_pages
from console.live_page import open_live_page
from console.pages.routes import ROUTES
from console.parts import PARTS, Parts
from console.rendering import ENVIRONMENT, leave_toasts, open_environment
from console.static_files import StaticFiles
from console.visit import open_visit
from console.words import FILTERS
from servicekit.http.admission import Admission
from servicekit.http.readiness import Readiness
from servicekit.http.server import HttpServer
from servicekit.limits import MIB
from servicekit.rpc.peer_health import is_serving

# Pages and forms that are worked on at once. Beyond: 503. Live updates are not among them.
_MOST_REQUESTS = 500
# Far more than the longest text, note or selection has. Beyond: 413.
_LARGEST_FORM = 6 * MIB
LIVE = "/live"


def build_server(parts: Parts, prepared: asyncio.Event) -> HttpServer:
    """The server. Ready once `prepared` is set: what the database has to hold is there."""
    admission = Admission(_MOST_REQUESTS, lambda request: not request.path.startswith(LIVE))
    app = _application(parts, admission)

    async def database_is_well() -> bool:
        return prepared.is_set() and await parts.database.is_well()

    readiness = Readiness(
        {"ticket_service": is_serving(parts.services.channel("ticket_service")), "database": database_is_well}
    )
    return HttpServer(app, admission, readiness, parts.sources)


def _application(parts: Parts, admission: Admission) -> web.Application:
    middlewares = [
        failures_as_pages,
        leave_toasts,
        admission.admit,
        require_visitor,
        browser_rules.refuse_forged_requests,
        open_visit,
        open_live_page,
    ]
    app = web.Application(middlewares=middlewares, client_max_size=_LARGEST_FORM)
    app[PARTS] = parts
    app[ENVIRONMENT] = open_environment({"asset": parts.static_files.url}, FILTERS)
    app.on_response_prepare.append(browser_rules.add_headers)
    app.on_shutdown.append(_end_streams)
    add_routes(app.router, parts.static_files)
    return app


def add_routes(router: web.UrlDispatcher, static_files: StaticFiles) -> None:
    """All that the console answers."""
    router.add_routes(ROUTES)
    router.add_post(browser_rules.CSP_REPORTS, browser_rules.take_report)
    static_files.add_to(router)


async def _end_streams(app: web.Application) -> None:
    """The port takes nobody any more: whoever comes back at once comes to another process."""
    app[PARTS].hubs.end_streams()
