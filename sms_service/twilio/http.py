"""How the twilio package reaches Twilio: with time limits that hold, no retries and no redirects.

The package's own asynchronous client passes no time limit on, repeats POSTs when told to retry (two SMS), and uses
aiohttp in ways that aiohttp deprecates. Its exceptions lose the error code of a failed listing and believe whatever an
error body says of itself, so answers other than 2xx never reach it: what they mean is told here, from what HTTP says.
"""

import base64
import json
import logging
from typing import Any

import aiohttp
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from servicekit.clock import Clock, utc_now
from sms_service.domain.provider_errors import (
    ProviderCredentialsRefused,
    ProviderError,
    ProviderOutcomeUnknown,
    ProviderRateLimited,
    ProviderRefused,
    ProviderUnreachable,
)
from sms_service.twilio.errors import explain
from sms_service.twilio.twilio_clock import TwilioClock

_BAD_CREDENTIALS, _TOO_MANY_REQUESTS = 20003, 20429
_CONNECT_SECONDS = 3.0
_MOST_CONNECTIONS = 200
_NOT_REACHED = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientConnectorDNSError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)


class TwilioHttp(AsyncHttpClient):  # type: ignore[misc]
    """Build it inside the running event loop; close it. `clock` learns from every answer."""

    def __init__(self, timeout_seconds: float, ours: Clock = utc_now) -> None:
        super().__init__(logging.getLogger("twilio"), is_async=True, timeout=timeout_seconds)
        self.clock = TwilioClock(ours=ours)
        connect = min(_CONNECT_SECONDS, timeout_seconds)
        # `connect` is also how long a request waits for a connection to get free: then it was certainly not sent.
        limits = aiohttp.ClientTimeout(total=timeout_seconds, connect=connect, sock_connect=connect)
        connector = aiohttp.TCPConnector(limit=_MOST_CONNECTIONS)
        self._session = aiohttp.ClientSession(timeout=limits, connector=connector)

    async def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - the package's signature
        allow_redirects: bool = False,  # noqa: ARG002
    ) -> Response:
        """One request. Raises ProviderError's subclasses for all but 2xx; ProviderOutcomeUnknown when a POST may have
        been done."""
        all_headers = dict(headers or {})
        if auth is not None:
            all_headers["Authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
        arguments: dict[str, Any] = {"params": params, "data": data, "headers": all_headers}
        lost: type[ProviderError] = ProviderOutcomeUnknown if method.upper() == "POST" else ProviderUnreachable
        try:
            async with self._session.request(method, url, allow_redirects=False, **arguments) as answer:
                response = Response(answer.status, await answer.text(errors="replace"), answer.headers)
        except _NOT_REACHED:
            raise ProviderUnreachable from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise lost from None
        if not 200 <= response.status_code < 300:
            raise _failure(response.status_code, response.text, lost)
        self.clock.answered(answer.headers.get("Date", ""))
        return response

    async def close(self) -> None:
        """Closes the connections."""
        await self._session.close()


def _failure(status: int, body: str, lost: type[ProviderError]) -> ProviderError:
    """What an answer other than 2xx means; `lost` if it may have been done all the same."""
    code = _error_code(body)
    if status == 401 or code == _BAD_CREDENTIALS:
        return ProviderCredentialsRefused(explain(code or _BAD_CREDENTIALS))
    if status == 429:
        return ProviderRateLimited(code or _TOO_MANY_REQUESTS)
    if not 300 <= status < 500:
        return lost(code)
    if not code or status < 400:
        # A proxy or a wrong address: not Twilio's word on anything, and nothing that a message is to fail for.
        return ProviderUnreachable(code)
    failure = explain(code)
    if failure.temporary:
        return ProviderRateLimited(code)
    return ProviderRefused(failure)


def _error_code(body: str) -> int:
    """Twilio's code in an error's body, in Twilio's own form or RFC 9457's; 0 when there is none."""
    try:
        error = json.loads(body)
    except (ValueError, RecursionError):
        return 0
    code = str(error.get("code", "")) if isinstance(error, dict) else ""
    return int(code) if code.isascii() and code.isdigit() and len(code) < 9 else 0
