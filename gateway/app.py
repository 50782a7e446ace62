"""The gateway's routes."""

from aiohttp import web

from gateway.errors import answer_errors
from gateway.form import MAX_BODY_BYTES
from gateway.health import Health
from gateway.twilio_webhooks import STATUS_PATH, TEXT_PATH, TwilioWebhooks


def build_app(webhooks: TwilioWebhooks, health: Health) -> web.Application:
    """The application; nothing is started by it."""
    app = web.Application(middlewares=[answer_errors], client_max_size=MAX_BODY_BYTES)
    app.router.add_post(TEXT_PATH, webhooks.text)
    app.router.add_post(STATUS_PATH, webhooks.status)
    app.router.add_get("/healthz", health.alive)
    app.router.add_get("/readyz", health.ready)
    app.on_response_prepare.append(_set_headers)
    return app


async def _set_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers["Cache-Control"] = "no-store"
    # Nobody's business which versions run here.
    response.headers["Server"] = "keva"
