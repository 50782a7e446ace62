"""`/first-steps`: what is left to do until the first answer reaches a customer, each step live."""

from aiohttp import web

from console.pages.first_steps.progress import Progress, progress
from console.pages.settings.channels.check import Check, check_channel
from console.rendering import render
from console.visit import VISIT, Visit
from keva.ticket.v1 import channel_service_pb2

PATH = "/first-steps"
_TEXT_IT = 4


async def show(request: web.Request) -> web.Response:
    """The steps; those that are done keep their place."""
    visit = request[VISIT]
    come = await progress(visit)
    channel = _to_text(visit, come)
    # Only while it is waited for: a text that does not come is explained here.
    checks: list[Check] = []
    if channel is not None and come.step == _TEXT_IT:
        checks = [check for check in await check_channel(visit.session, channel) if not check.is_good]
    context = {"progress": come, "channel": channel, "checks": checks}
    return render(request, "first_steps/first_steps.html", context)


def _to_text(visit: Visit, come: Progress) -> channel_service_pb2.Channel | None:
    """The number to text: one of this workspace, if there is one."""
    own = [channel for channel in come.channels if channel.workspace_id == visit.workspace_id]
    return next(iter([*own, *come.channels]), None)


ROUTES = (web.get(PATH, show),)
