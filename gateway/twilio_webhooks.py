"""Twilio's webhooks: read, verify, hand over, answer. README.md has the table of answers."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from gateway import form
from gateway.errors import BadRequest, Forbidden, NotHere, Refused, TryLater
from gateway.form import Parameters
from gateway.services import Services
from keva.sms.v1 import error_reason_pb2 as sms_reason
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import error_reason_pb2 as ticket_reason
from keva.ticket.v1 import ticket_service_pb2
from servicekit.errors import NotFound

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
TEXT_PATH = "/api/webhooks/twilio"
STATUS_PATH = "/api/webhooks/twilio/status"
# Reading the body included, an answer takes less than the 3 s that are promised.
_HANDLING_SECONDS = 2.7
_SID = re.compile(r"[A-Za-z0-9]{1,64}\Z")
_log = structlog.get_logger(__name__)


class TwilioWebhooks:
    """The two webhooks of all accounts."""

    def __init__(self, public_url: str, services: Services, max_concurrent_requests: int) -> None:
        self._public_url = public_url
        self._services = services
        self._free = max_concurrent_requests

    async def text(self, request: web.Request) -> web.Response:
        """A customer's text."""
        return await self._handle(request, self._store_text)

    async def status(self, request: web.Request) -> web.Response:
        """News of a reply."""
        return await self._handle(request, self._record_delivery)

    async def _handle(
        self, request: web.Request, work: Callable[[sms_service_pb2.Webhook], Awaitable[None]]
    ) -> web.Response:
        if self._free <= 0:
            raise TryLater
        self._free -= 1
        started = time.monotonic()
        parameters: Parameters = []
        try:
            parameters = await form.read(request)
            async with asyncio.timeout(_HANDLING_SECONDS):
                await work(self._webhook(request, parameters))
            _log_outcome(request, parameters, 200, "", started)
        except Refused as refused:
            _log_outcome(request, parameters, refused.status, type(refused).__name__, started)
            raise
        finally:
            self._free += 1
        return web.Response(text=EMPTY_TWIML, content_type="text/xml", charset="utf-8")

    def _webhook(self, request: web.Request, parameters: Parameters) -> sms_service_pb2.Webhook:
        signature = request.headers.get("X-Twilio-Signature", "")
        if not parameters:
            raise BadRequest("AccountSid is missing")
        if not signature or not signature.isascii() or len(signature) > 256:
            raise Forbidden
        # The target byte for byte, and never the Host header: this is what Twilio signed.
        return sms_service_pb2.Webhook(
            url=self._public_url + request.raw_path,
            signature=signature,
            parameters=[sms_service_pb2.Parameter(name=name, value=value) for name, value in parameters],
        )

    async def _store_text(self, webhook: sms_service_pb2.Webhook) -> None:
        verdict = await self._services.verify_inbound(webhook)
        if verdict.HasField("refusal"):
            raise _refused(verdict.refusal)
        verified = verdict.verified
        outcome = await self._services.ingest(verified.organization_id, verified.message)
        if outcome.HasField("refused"):
            raise _not_stored(outcome.refused)
        if not outcome.HasField("stored"):
            raise TryLater

    async def _record_delivery(self, callback: sms_service_pb2.Webhook) -> None:
        verdict = await self._services.verify_callback(callback)
        if verdict.HasField("refusal"):
            raise _refused(verdict.refusal)
        try:
            await self._services.record_delivery(verdict.verified.workspace_id, verdict.verified.update)
        except NotFound:
            raise NotHere("there is no such message in this account") from None


def _refused(refusal: sms_service_pb2.Refusal) -> Refused:
    if refusal.reason == sms_reason.ERROR_REASON_SIGNATURE_INVALID:
        return Forbidden()
    if refusal.reason == sms_reason.ERROR_REASON_FIELD_REQUIRED:
        return BadRequest(f"{refusal.field} is missing")
    if refusal.reason == sms_reason.ERROR_REASON_FIELD_INVALID:
        return BadRequest(f"{refusal.field} cannot be used")
    if refusal.reason == sms_reason.ERROR_REASON_MESSAGE_NOT_FOUND:
        return NotHere("there is no such message in this account")
    # Nothing that Twilio could mend: a secret that cannot be read just now.
    return TryLater()


def _not_stored(refused: ticket_service_pb2.RefusedMessage) -> Refused:
    if refused.reason == ticket_reason.ERROR_REASON_CHANNEL_NOT_FOUND:
        return NotHere("this number is not subscribed in this account")
    return BadRequest(refused.detail)


def _log_outcome(request: web.Request, parameters: Parameters, status: int, outcome: str, started: float) -> None:
    named = dict(reversed(parameters))
    sids = {name: value for name in ("AccountSid", "MessageSid") if _SID.match(value := named.get(name, ""))}
    milliseconds = round((time.monotonic() - started) * 1000)
    _log.info("webhook", path=request.path, status=status, outcome=outcome, milliseconds=milliseconds, **sids)
