"""The aiohttp application: its routes, and the services that it talks to while it lives."""

from collections.abc import AsyncIterator, Callable

import grpc
from aiohttp import web

from gateway import limits
from gateway.admission import Admission
from gateway.answers import add_hygiene
from gateway.errors import answer_errors
from gateway.health import Health
from gateway.outcome import FALLBACK_PATH, STATUS_PATH, WEBHOOK_PATH
from gateway.settings import GatewaySettings
from gateway.signature_budget import SignatureBudget
from gateway.sms_client import SmsClient
from gateway.sources import Sources
from gateway.ticket_client import TicketClient
from gateway.twilio_webhooks import TwilioWebhooks
from gateway.verifier import Verifier
from servicekit.rpc.certificates import CertificateFolder
from servicekit.rpc.channel import open_channel

ADMISSION = web.AppKey("admission", Admission)
HEALTH = web.AppKey("health", Health)
SOURCES = web.AppKey("sources", Sources)

_Lifetime = Callable[[web.Application], AsyncIterator[None]]


def build_app(settings: GatewaySettings) -> web.Application:
    """The gateway's application. Call inside the running loop; its channels are closed by its cleanup."""
    certificates = CertificateFolder(settings.tls_dir)
    sms = open_channel(settings.sms_service, "sms_service", certificates)
    tickets = open_channel(settings.ticket_service, "ticket_service", certificates)
    admission = Admission()
    health = Health({"sms_service": sms, "ticket_service": tickets})
    sources = Sources(settings.trusted_networks)
    verifier = Verifier(SmsClient(sms), SignatureBudget(), sources)
    webhooks = TwilioWebhooks(settings.public_url, verifier, TicketClient(tickets))

    app = web.Application(middlewares=[answer_errors, admission.admit], client_max_size=limits.MAX_BODY_BYTES)
    app[ADMISSION] = admission
    app[HEALTH] = health
    app[SOURCES] = sources
    app.router.add_post(WEBHOOK_PATH, webhooks.receive_text)
    # The same door, under an address of its own: Twilio comes here with what the first one did not take.
    app.router.add_post(FALLBACK_PATH, webhooks.receive_text)
    app.router.add_post(STATUS_PATH, webhooks.receive_status)
    app.on_response_prepare.append(add_hygiene)
    app.on_response_prepare.append(health.part_while_draining)
    app.cleanup_ctx.append(_closing(sms, tickets))
    return app


def _closing(*channels: grpc.aio.Channel) -> _Lifetime:
    async def lifetime(_: web.Application) -> AsyncIterator[None]:
        yield
        for channel in channels:
            await channel.close()

    return lifetime
