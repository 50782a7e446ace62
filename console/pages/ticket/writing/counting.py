"""How many segments a text takes, while it is written."""

from aiohttp import web

from console.pages.ticket.writing.reply import plain_text
from console.rendering import render
from console.words.segments import count


async def show(request: web.Request) -> web.Response:
    """One line below the box: what `text` costs, and which characters make it cost more."""
    text = str((await request.post()).get("text", ""))
    return render(request, "ticket/count.html", {"count": count(plain_text(text))})


ROUTES = (web.post("/segments", show),)
