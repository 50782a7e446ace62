"""The page on which somebody says what they want to hear of: /me/notifications."""

from dataclasses import fields

from aiohttp import web

from client.words.language import say
from console.live.preferences import Preferences
from console.parts import PARTS
from console.rendering import render
from console.toasts import Toast, see_other
from console.visit import VISIT


async def show(request: web.Request) -> web.Response:
    """The page."""
    visit = request[VISIT]
    preferences = await request.app[PARTS].preferences.of(visit.session.organization_id, visit.agent.agent_id)
    return render(request, "notifications/notifications.html", {"preferences": preferences})


async def save(request: web.Request) -> web.Response:
    """Keeps what is ticked."""
    visit, form = request[VISIT], await request.post()
    chosen = Preferences(**{field.name: form.get(field.name) == "1" for field in fields(Preferences)})
    await request.app[PARTS].preferences.change(visit.session.organization_id, visit.agent.agent_id, chosen)
    return see_other(visit.url("/me/notifications"), Toast(say("Saved.")))


ROUTES = (web.get("/me/notifications", show), web.post("/me/notifications", save))
