"""How the twilio package reaches Twilio: with time limits that hold, no retries and no redirects.

The package's own asynchronous client passes no time limit on, repeats POSTs when told to retry (two SMS), and uses
aiohttp in ways that aiohttp deprecates. This one also tells apart what certainly did not reach Twilio from what may
have."""

import base64
import logging
from typing import Any

import aiohttp
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from sms_service.provider import ProviderOutcomeUnknown, ProviderUnreachable

_CONNECT_SECONDS = 3.0
_NOT_REACHED = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientConnectorDNSError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)


class TwilioHttp(AsyncHttpClient):  # type: ignore[misc]
    """Build it inside the running event loop; close it."""

    def __init__(self, timeout_seconds: float) -> None:
        super().__init__(logging.getLogger("twilio"), is_async=True, timeout=timeout_seconds)
        limits = aiohttp.ClientTimeout(total=timeout_seconds, sock_connect=min(_CONNECT_SECONDS, timeout_seconds))
        self._session = aiohttp.ClientSession(timeout=limits)

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
        """One request. Raises ProviderUnreachable when Twilio certainly did nothing, ProviderOutcomeUnknown when a
        POST may have been done."""
        all_headers = dict(headers or {})
        if auth is not None:
            all_headers["Authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
        arguments: dict[str, Any] = {"params": params, "data": data, "headers": all_headers}
        try:
            async with self._session.request(method, url, allow_redirects=False, **arguments) as answer:
                return Response(answer.status, await answer.text(errors="replace"), answer.headers)
        except _NOT_REACHED:
            raise ProviderUnreachable from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            if method.upper() == "POST":
                raise ProviderOutcomeUnknown from None
            raise ProviderUnreachable from None

    async def close(self) -> None:
        """Closes the connections."""
        await self._session.close()
