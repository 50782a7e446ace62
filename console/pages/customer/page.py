"""A customer's own page."""

import asyncio

from aiohttp import web

from console.pages.customer import changes
from console.pages.customer.lists import Reading, read_texts, text_links
from console.pages.customer.side import about
from console.rendering import render
from console.visit import VISIT


async def show(request: web.Request) -> web.Response:
    """What is known of the customer, what they texted that is on no ticket, and what may be done. `?notes=`,
    `?tickets=` and `?texts=` are page tokens: from there on."""
    visit, query, customer_id = request[VISIT], request.query, request.match_info["customer_id"]
    notes, tickets, texts_from = (query.get(name, "") for name in ("notes", "tickets", "texts"))
    reading = Reading(notes_from=notes, tickets_from=tickets, texts_from=texts_from)
    known, (texts, older) = await asyncio.gather(
        about(visit, customer_id, reading), read_texts(visit, customer_id, reading.texts, reading.texts_from)
    )
    links = text_links(visit, customer_id, reading, older)
    return render(request, "customer/page.html", {**known, "texts": texts, "text_links": links})


ROUTES: tuple[web.RouteDef, ...] = (web.get(changes.PAGE, show), *changes.ROUTES)
