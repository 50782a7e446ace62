"""Every page, by its address."""

from aiohttp import web

from console.pages.home import home

ROUTES: tuple[web.RouteDef, ...] = (*home.ROUTES,)
