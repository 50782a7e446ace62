"""The simulator as an aiohttp application: its routes, its errors, its beginning and end."""

from collections.abc import AsyncIterator

from aiohttp import web
from aiohttp.typedefs import Handler

from dev.twilio_simulator.control import api
from dev.twilio_simulator.control.texts import ControlError
from dev.twilio_simulator.phone_page import page
from dev.twilio_simulator.rest import accounts, create_message, media, messaging_services, numbers, short_codes
from dev.twilio_simulator.rest.errors import TwilioError
from dev.twilio_simulator.state import SIMULATOR, Simulator
from dev.twilio_simulator.webhooks.outgoing import WebhookSender

LARGEST_REQUEST = 64 * 1024 * 1024  # bytes: a control call carries media as base64


def build_app(simulator: Simulator) -> web.Application:
    app = web.Application(middlewares=[_errors_as_json], client_max_size=LARGEST_REQUEST)
    app[SIMULATOR] = simulator
    for part in (accounts, create_message, media, messaging_services, numbers, short_codes, api, page):
        app.add_routes(part.routes())
    app.cleanup_ctx.append(_background)
    return app


async def new_simulator(base_url: str, pace: float, control_token: str) -> Simulator:
    """`pace` is in seconds. To be called where the event loop runs: the sender opens its session."""
    return Simulator(sender=WebhookSender(), base_url=base_url, pace=pace, control_token=control_token)


async def _background(app: web.Application) -> AsyncIterator[None]:
    yield
    await app[SIMULATOR].stop_background()
    await app[SIMULATOR].sender.close()


@web.middleware
async def _errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Twilio's error bodies for Twilio's paths, {"error": text} for the control API."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if request.path.startswith("/control/"):
            return web.json_response({"error": error.reason}, status=error.status)
        code = {404: 20404, 405: 20004}.get(error.status, 20001)
        return TwilioError(code, request.path).response()
    except ControlError as error:
        return web.json_response({"error": str(error)}, status=error.status)
    except ValueError as error:
        # A control body that pydantic refuses, or a query's number that cannot be read.
        if not request.path.startswith("/control/"):
            raise
        return web.json_response({"error": str(error)}, status=400)
