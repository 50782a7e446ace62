"""`/settings`: the rooms that there are, and where each of them stands."""

from aiohttp import web

from console.rendering import render
from console.toasts import see_other
from console.visit import VISIT

TWILIO = "/settings/integrations/twilio"
CHANNELS = "/settings/channels"


async def show(request: web.Request) -> web.Response:
    """Who may change nothing is told who can."""
    return render(request, "settings/home.html")


async def to_twilio(request: web.Request) -> web.Response:
    """Twilio is the only integration."""
    return see_other(request[VISIT].url(TWILIO))


ROUTES = (web.get("/settings", show), web.get("/settings/integrations", to_twilio))
