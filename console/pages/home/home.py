"""The address of the console itself."""

from aiohttp import web

from console.pages.first_steps.progress import is_set_up
from console.toasts import see_other
from console.visit import VISIT


async def show(request: web.Request) -> web.Response:
    """The inbox, where everybody's day begins; before there is anything in it, what an administrator does first."""
    visit = request[VISIT]
    begins = not visit.is_administrator or await is_set_up(visit)
    return see_other(visit.url("/inbox/mine" if begins else "/first-steps"))


ROUTES = (web.get("/", show),)
