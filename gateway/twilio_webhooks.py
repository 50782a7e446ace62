"""Twilio's webhooks: read, verified, stored, and only then answered."""

import asyncio
import re

from aiohttp import web

from gateway.adaptive_limit import AdaptiveLimit
from gateway.answers import empty_twiml
from gateway.convert import Refusal, SignedWebhook
from gateway.errors import (
    message_rejected,
    message_unknown,
    not_let_in,
    not_subscribed,
    parameter_refused,
    signature_refused,
    unavailable,
)
from gateway.form import Parameters, read_form
from gateway.outcome import (
    FALLBACK_PATH,
    OUTCOME,
    STATUS_PATH,
    WEBHOOK_PATH,
    Outcome,
    log_not_let_in,
    sid_or_nothing,
    webhook_kind,
)
from gateway.ticket_client import TicketClient
from gateway.verifier import Verifier
from servicekit import errors
from servicekit.http.refusal import HttpRefusal, malformed
from servicekit.limits import WEBHOOK_SECONDS

_SIGNATURE = "X-Twilio-Signature"
_SIGNATURE_SETTINGS = "X-Twilio-Webhooks-Signature-Settings"
_SCHEME_AND_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")


# Of the room for webhooks. A report that is refused is asked for later; a text is somebody who waits.
_SHARE_OF_REPORTS = 0.5
_SHARES = {WEBHOOK_PATH: 1.0, FALLBACK_PATH: 1.0, STATUS_PATH: _SHARE_OF_REPORTS}


class TwilioWebhooks:
    """Handlers of the webhooks whose addresses Twilio has."""

    def __init__(self, public_url: str, verifier: Verifier, tickets: TicketClient, limit: AdaptiveLimit) -> None:
        self._limit = limit
        self._public_url = public_url
        self._verifier = verifier
        self._tickets = tickets

    def shed(self, target: bytes) -> bytes | None:
        """503 for a webhook for which there is no room, before it costs more than that; None for all else."""
        path = target.partition(b"?")[0].decode()
        share, kind = _SHARES.get(path), webhook_kind(path)
        if share is None or kind is None or self._limit.expect_one(share):
            return None
        log_not_let_in(kind)
        return not_let_in()

    async def receive_text(self, request: web.Request) -> web.Response:
        """POST /api/webhooks/twilio, and /fallback below it: 200 once the text is stored, now or before."""
        deadline = _deadline()
        webhook = await self._read(request)
        async with self._limit.let_in():
            text = await self._verifier.verify_text(webhook, request, deadline)
            if isinstance(text, Refusal):
                raise _refused(text)
            stored = await self._tickets.ingest(text, deadline)
        if isinstance(stored, Refusal):
            raise _refused(stored)
        request[OUTCOME].duplicate = stored.duplicate
        return empty_twiml()

    async def receive_status(self, request: web.Request) -> web.Response:
        """POST /api/webhooks/twilio/status: 200 once the delivery is recorded."""
        deadline = _deadline()
        webhook = await self._read(request)
        async with self._limit.let_in(_SHARE_OF_REPORTS):
            delivery = await self._verifier.verify_delivery(webhook, request, deadline)
            if isinstance(delivery, Refusal):
                raise _refused(delivery)
            try:
                await self._tickets.record_delivery(delivery, deadline)
            except (errors.NotFound, errors.InvalidArgument) as error:
                raise _refused(Refusal(error.reason, error.metadata.get("field", ""))) from None
        return empty_twiml()

    async def _read(self, request: web.Request) -> SignedWebhook:
        parameters = await read_form(request)
        request[OUTCOME] = _outcome(parameters)
        target = request_target(request.raw_path)
        signature = request.headers.get(_SIGNATURE, "")
        # A header that comes twice is passed on as what it is: none that can be read.
        settings = ",".join(request.headers.getall(_SIGNATURE_SETTINGS, []))
        if not signature or not signature.isascii() or not settings.isascii():
            raise signature_refused()
        return SignedWebhook(self._public_url + target, signature, settings, parameters)


def request_target(raw_path: str) -> str:
    """Path and query of a request, byte for byte as they were sent. An absolute target (RFC 9112, 3.2.2) loses its
    authority, which says as little about us as a Host header does. Raises HttpRefusal 400 when it is not ASCII, or
    has a fragment: that is never sent (RFC 9110, 4.2.5), and no signature says anything of it."""
    if not raw_path.isascii():
        raise malformed("the request target is not ASCII")
    if "#" in raw_path:
        raise malformed("the request target has a fragment (#…), which is never sent")
    return _SCHEME_AND_AUTHORITY.sub("", raw_path, count=1) if not raw_path.startswith("/") else raw_path


def _deadline() -> float:
    return asyncio.get_running_loop().time() + WEBHOOK_SECONDS


def _outcome(parameters: Parameters) -> Outcome:
    values = dict(parameters)
    return Outcome(sid_or_nothing(values.get("MessageSid", "")), sid_or_nothing(values.get("AccountSid", "")))


def _refused(refusal: Refusal) -> HttpRefusal:
    match refusal.reason:
        case "FIELD_REQUIRED" | "FIELD_INVALID" if refusal.field:
            return parameter_refused(refusal.reason, refusal.field)
        case "SIGNATURE_INVALID":
            return signature_refused()
        case "CHANNEL_NOT_FOUND":
            return not_subscribed()
        case "MESSAGE_NOT_FOUND":
            return message_unknown()
        case "MESSAGE_REJECTED" | "FIELD_REQUIRED" | "FIELD_INVALID":
            return message_rejected()
        case _:
            return unavailable(refusal.reason)
