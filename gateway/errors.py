"""Why a request gets no 200; here, and nowhere else, exceptions become answers."""

import asyncio
import time
import uuid
from http import HTTPStatus

import grpc
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from gateway import limits
from gateway.outcome import log_outcome, store_unavailable, webhook_kind
from servicekit.errors import KevaError, Unavailable
from servicekit.http import shedding
from servicekit.http.answers import HYGIENE, RETRY_AFTER_SECONDS, plain_text
from servicekit.http.refusal import HttpRefusal
from servicekit.rpc.statuses_to_errors import as_keva_error

_UNAVAILABLE = "Keva cannot take this request now; send it again, or use the fallback URL"
_COME_AGAIN = {"Retry-After": str(RETRY_AFTER_SECONDS)}
_log = structlog.get_logger(__name__)


def parameter_refused(reason: str, name: str) -> HttpRefusal:
    """400: the parameter `name` is missing (reason FIELD_REQUIRED) or cannot be used (FIELD_INVALID)."""
    shown = name if name.isascii() and name.isprintable() and len(name) <= 64 else "(unnamed)"
    what = "is missing" if reason == "FIELD_REQUIRED" else "cannot be used"
    return HttpRefusal(400, reason, f"the parameter {shown} {what}")


def message_rejected() -> HttpRefusal:
    """400: the database will never take it."""
    return HttpRefusal(400, "MESSAGE_REJECTED", "this message cannot be stored as it is")


def signature_refused(reason: str = "SIGNATURE_INVALID") -> HttpRefusal:
    """403: one answer for all that is not genuine, so that nobody learns from it which accounts are connected."""
    return HttpRefusal(403, reason, "the signature is missing or wrong, or the Twilio account is not connected to Keva")


def not_subscribed() -> HttpRefusal:
    """404: the account is right, the number is not."""
    return HttpRefusal(404, "CHANNEL_NOT_FOUND", "this number is not subscribed; `keva channels add` subscribes it")


def message_unknown() -> HttpRefusal:
    """404: a status callback for a message that this account did not send."""
    return HttpRefusal(404, "MESSAGE_NOT_FOUND", "Keva sent no such message from this Twilio account")


def unavailable(reason: str) -> HttpRefusal:
    """503: it may succeed later, and was not stored as far as we know."""
    return HttpRefusal(503, reason, _UNAVAILABLE)


def not_let_in() -> bytes:
    """503, to a webhook that is not even read."""
    return shedding.answer(HTTPStatus.SERVICE_UNAVAILABLE, _UNAVAILABLE, {**HYGIENE, **_COME_AGAIN})


class PeerSilent(Unavailable):
    """A service does not answer at all, or not in time."""


def peer_silent(peer: str) -> PeerSilent:
    """SMS_SERVICE_UNAVAILABLE, for one."""
    return PeerSilent(f"{peer.upper()}_UNAVAILABLE", f"{peer} does not answer; ask again in a moment")


def peer_failed(error: grpc.aio.AioRpcError, peer: str) -> KevaError:
    """What the service `peer` raised; SMS_SERVICE_UNAVAILABLE, for one, when it does not answer at all, and
    SMS_STORE_UNAVAILABLE when its database does not."""
    known = as_keva_error(error)
    if known.reason == "PEER_UNAVAILABLE":
        return peer_silent(peer)
    if known.reason == "STORE_UNAVAILABLE":
        return Unavailable(store_unavailable(peer), known.message)
    return known


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answers every request, whatever its handler raises, and logs one line per webhook."""
    started = time.monotonic()
    reason = "OK"
    try:
        response: web.StreamResponse = await handler(request)
    except Exception as error:
        refused = _as_refusal(error)
        reason = refused.reason
        response = _answer(refused, error)
        if refused.status == 403:
            await asyncio.sleep(started + limits.REFUSAL_SECONDS - time.monotonic())
    if webhook_kind(request.path):
        log_outcome(request, response.status, reason, time.monotonic() - started)
    return response


def _as_refusal(error: Exception) -> HttpRefusal:
    if isinstance(error, HttpRefusal):
        return error
    if isinstance(error, KevaError):
        return unavailable(error.reason)
    if isinstance(error, web.HTTPException) and error.status < 500:
        return HttpRefusal(error.status, error.reason.upper().replace(" ", "_"), f"{error.status}: {error.reason}")
    error_id = uuid.uuid4().hex
    _log.error("unexpected exception", error_id=error_id, exc_info=error)
    return HttpRefusal(503, "INTERNAL", f"{_UNAVAILABLE} (error {error_id})")


def _answer(refused: HttpRefusal, error: Exception) -> web.Response:
    headers: dict[str, str] = {}
    if refused.status == 503:
        headers |= _COME_AGAIN
    if isinstance(error, web.HTTPMethodNotAllowed):
        headers["Allow"] = ", ".join(sorted(error.allowed_methods))
    return plain_text(refused.status, refused.text, headers)
