"""Every page, by its address."""

from aiohttp import web

from console.pages.conversation import page as conversation
from console.pages.customer import page as customer
from console.pages.first_steps import first_steps
from console.pages.home import home
from console.pages.inbox import page as inbox
from console.pages.inbox.several import page as several
from console.pages.live import presence, stream
from console.pages.me import me
from console.pages.media import media
from console.pages.notifications import notifications
from console.pages.search import page as search
from console.pages.settings.routes import ROUTES as SETTINGS
from console.pages.sign_in import sign_in, welcome
from console.pages.ticket.routes import ROUTES as TICKET

ROUTES: tuple[web.RouteDef, ...] = (
    *conversation.ROUTES,
    *home.ROUTES,
    *customer.ROUTES,
    *inbox.ROUTES,
    *first_steps.ROUTES,
    *me.ROUTES,
    *several.ROUTES,
    *media.ROUTES,
    *stream.ROUTES,
    *presence.ROUTES,
    *notifications.ROUTES,
    *search.ROUTES,
    *SETTINGS,
    *sign_in.ROUTES,
    *welcome.ROUTES,
    *TICKET,
)
