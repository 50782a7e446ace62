"""What all of Twilio's REST resources share: authentication, faults, error bodies, forms, dates."""

import asyncio
import binascii
import time
from base64 import b64decode
from collections.abc import Awaitable, Callable
from datetime import datetime
from email.utils import format_datetime

from aiohttp import web
from multidict import MultiDict

from dev.twilio_simulator.directory import Account
from dev.twilio_simulator.faults import Fault
from dev.twilio_simulator.log import new_sid
from dev.twilio_simulator.rest.errors import TwilioError
from dev.twilio_simulator.state import SIMULATOR, Simulator, events

RestHandler = Callable[[Simulator, Account, web.Request], Awaitable[web.Response]]
AiohttpHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def rest(operation: str, handler: RestHandler) -> AiohttpHandler:
    """A route of the REST API: authenticated, and broken on order as faults.py describes."""

    async def handle(request: web.Request) -> web.StreamResponse:
        simulator = request.app[SIMULATOR]
        started = time.monotonic()
        # Kept now: it cannot be read any more once the caller has hung up, and the work may be done later.
        await request.read()
        latency = simulator.faults.take(operation, {"latency", "latency_before"})
        if latency is not None and latency.fault == "latency_before":
            await asyncio.sleep(latency.seconds)
        response = await _answer(operation, handler, request)
        if latency is not None and latency.fault == "latency":
            await asyncio.sleep(latency.seconds)
        response.headers.update(_twilio_headers(time.monotonic() - started))
        return response

    return handle


async def _answer(operation: str, handler: RestHandler, request: web.Request) -> web.Response:
    simulator = request.app[SIMULATOR]
    try:
        account = _authenticate(simulator, request)
        _require_active(account, operation)
        fault = simulator.faults.take(operation, _BREAKING)
        if fault is not None and fault.fault in _BEFORE:
            return _broken(request, fault)
        response = await handler(simulator, account, request)
    except TwilioError as error:
        events.info("%s refused with %d", operation, error.code)
        return error.response()
    return response if fault is None else _broken(request, fault)


_BEFORE = frozenset({"429", "500_before", "drop_before", "html_502"})
_BREAKING = _BEFORE | {"500_after", "drop_after"}


def _broken(request: web.Request, fault: Fault) -> web.Response:
    events.info("%s broken on order: %s", fault.operation, fault.fault)
    if fault.fault == "429":
        return TwilioError(20429).response()
    if fault.fault.startswith("500"):
        return TwilioError(20500).response()
    if fault.fault == "html_502":
        page = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
        return web.Response(status=502, text=page, content_type="text/html")
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _authenticate(simulator: Simulator, request: web.Request) -> Account:
    """The account of the Basic credentials, which must be the one in the path. Raises TwilioError 20003."""
    user, password = _basic_credentials(request)
    account = simulator.directory.accounts.get(user)
    if account is None or not account.accepts(password):
        raise TwilioError(20003)
    if request.match_info.get("account_sid", account.sid) != account.sid:
        raise TwilioError(20003)
    return account


def _require_active(account: Account, operation: str) -> None:
    """Twilio documents 20003, 20005 and 90010 for an account that is suspended or closed, and not when it answers
    which. With all but the first, the credentials are right, and the account itself can be read."""
    if not account.is_active and (account.refused_with == 20003 or operation != "fetch_account"):
        raise TwilioError(account.refused_with)


def _basic_credentials(request: web.Request) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise TwilioError(20003)
    try:
        user, _, password = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise TwilioError(20003) from error
    return user, password


def _twilio_headers(seconds: float) -> dict[str, str]:
    return {
        "Twilio-Request-Id": new_sid("RQ"),
        "Twilio-Concurrent-Requests": "1",
        "Twilio-Request-Duration": f"{seconds:.3f}",
        "X-Home-Region": "us1",
    }


async def form_of(request: web.Request) -> MultiDict[str]:
    """The form fields of a request, repeated ones kept."""
    return MultiDict((name, value) for name, value in (await request.post()).items() if isinstance(value, str))


def iso8601(moment: datetime) -> str:
    """A date as the newer APIs write it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc2822(moment: datetime | None) -> str | None:
    """A date as the 2010 API writes it."""
    return None if moment is None else format_datetime(moment)
