"""The pages of a ticket, by their addresses."""

from aiohttp import web

from console.pages.ticket import page
from console.pages.ticket.writing import reply

ROUTES: tuple[web.RouteDef, ...] = (*page.ROUTES, *reply.ROUTES)
