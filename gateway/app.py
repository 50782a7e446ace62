"""The HTTP server of the webhooks, and the services that it talks to while it lives."""

from collections.abc import AsyncIterator, Callable

import grpc
from aiohttp import web

from gateway import limits
from gateway.adaptive_limit import AdaptiveLimit
from gateway.errors import answer_errors
from gateway.outcome import FALLBACK_PATH, STATUS_PATH, WEBHOOK_PATH, webhook_kind
from gateway.settings import GatewaySettings
from gateway.signature_budget import SignatureBudget
from gateway.sms_client import SmsClient
from gateway.ticket_client import TicketClient
from gateway.twilio_webhooks import TwilioWebhooks
from gateway.unknown_senders import UnknownSenders
from gateway.verifier import Verifier
from servicekit.http.admission import Admission
from servicekit.http.readiness import Readiness
from servicekit.http.server import HttpServer
from servicekit.http.sources import Sources
from servicekit.limits import WEBHOOK_BODY_BYTES
from servicekit.rpc.certificates import CertificateFolder
from servicekit.rpc.channel import open_channel
from servicekit.rpc.peer_health import is_serving

_Lifetime = Callable[[web.Application], AsyncIterator[None]]


def build_server(settings: GatewaySettings) -> HttpServer:
    """The gateway. Call inside the running loop; its channels are closed when it has served."""
    certificates = CertificateFolder(settings.tls_dir)
    sms = open_channel(settings.sms_service, "sms_service", certificates)
    tickets = open_channel(settings.ticket_service, "ticket_service", certificates)
    sources = Sources(settings.trusted_networks)
    unknown_senders = UnknownSenders(sources)
    verifier = Verifier(SmsClient(sms), SignatureBudget(), sources, unknown_senders)
    admission = webhook_admission(limits.MAX_WEBHOOKS)
    webhooks = TwilioWebhooks(settings.public_url, verifier, TicketClient(tickets), AdaptiveLimit())
    app = _application(webhooks, admission)
    app.cleanup_ctx.append(_closing(sms, tickets))
    readiness = Readiness({"sms_service": is_serving(sms), "ticket_service": is_serving(tickets)})
    notes = unknown_senders.notes
    return HttpServer(app, admission, readiness, sources, limits.CONNECTIONS, webhooks.shed, notes)


def webhook_admission(most: int) -> Admission:
    """Lets so many webhooks in at once; whatever else comes is answered 404 at once."""
    return Admission(most, lambda request: webhook_kind(request.path) is not None)


def _application(webhooks: TwilioWebhooks, admission: Admission) -> web.Application:
    app = web.Application(middlewares=[answer_errors, admission.admit], client_max_size=WEBHOOK_BODY_BYTES)
    app.router.add_post(WEBHOOK_PATH, webhooks.receive_text)
    # The same door, under an address of its own: Twilio comes here with what the first one did not take.
    app.router.add_post(FALLBACK_PATH, webhooks.receive_text)
    app.router.add_post(STATUS_PATH, webhooks.receive_status)
    return app


def _closing(*channels: grpc.aio.Channel) -> _Lifetime:
    async def lifetime(_: web.Application) -> AsyncIterator[None]:
        yield
        for channel in channels:
            await channel.close()

    return lifetime
