"""The address of the console itself."""

from aiohttp import web

from console.toasts import see_other
from console.visit import VISIT


async def show(request: web.Request) -> web.Response:
    """The inbox, where everybody's day begins."""
    return see_other(request[VISIT].url("/inbox/mine"))


ROUTES = (web.get("/", show),)
