"""The pages of a ticket, by their addresses."""

from aiohttp import web

from console.pages.ticket import folded_ticket, page
from console.pages.ticket.doing import changes, closing, outgoing
from console.pages.ticket.writing import counting, drafts, note, reply, saved_replies, suggestion

ROUTES: tuple[web.RouteDef, ...] = (
    *page.ROUTES,
    *folded_ticket.ROUTES,
    *reply.ROUTES,
    *note.ROUTES,
    *drafts.ROUTES,
    *counting.ROUTES,
    *saved_replies.ROUTES,
    *suggestion.ROUTES,
    *changes.ROUTES,
    *closing.ROUTES,
    *outgoing.ROUTES,
)
