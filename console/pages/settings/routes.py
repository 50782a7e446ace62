"""Every page of the settings, by its address."""

from aiohttp import web

from console.pages.settings import home, knowledge_base, troubleshooting
from console.pages.settings.channels import edit as channel
from console.pages.settings.channels import list as channels
from console.pages.settings.channels import new as new_channel
from console.pages.settings.people import edit as person
from console.pages.settings.people import invite
from console.pages.settings.people import list as people
from console.pages.settings.twilio import account, accounts, connect, removals

ROUTES: tuple[web.RouteDef, ...] = (
    *home.ROUTES,
    *accounts.ROUTES,
    *connect.ROUTES,
    *account.ROUTES,
    *removals.ROUTES,
    *channels.ROUTES,
    *new_channel.ROUTES,
    *channel.ROUTES,
    *troubleshooting.ROUTES,
    *knowledge_base.ROUTES,
    *people.ROUTES,
    *invite.ROUTES,
    *person.ROUTES,
)
