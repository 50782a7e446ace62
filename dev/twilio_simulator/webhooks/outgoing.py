"""Twilio's side of a webhook: one signed request to the product, with Twilio's time limits and retries."""

import asyncio

import aiohttp
from yarl import URL

from dev.twilio_simulator.log import Attempt
from dev.twilio_simulator.signature import signed_url
from dev.twilio_simulator.signed_request import SignedRequest
from dev.twilio_simulator.webhooks.connection_overrides import (
    INVALID_OVERRIDE,
    ConnectionOverrides,
    InvalidOverrideError,
    overrides_of,
)

LONGEST_ANSWER = 64 * 1024  # bytes; beyond it is error 11750

# What failed -> Twilio's error code and the reason that a retry policy names. First match wins.
FAILURES: tuple[tuple[type[Exception], int, str], ...] = (
    (aiohttp.ConnectionTimeoutError, 11205, "ct"),
    (aiohttp.SocketTimeoutError, 11200, "rt"),
    (TimeoutError, 11200, "total"),
    (aiohttp.ClientConnectorCertificateError, 11237, "ct"),
    (aiohttp.ClientConnectorSSLError, 11220, "ct"),
    (aiohttp.ClientConnectorDNSError, 11210, "dns"),
    (aiohttp.ClientConnectorError, 11205, "ct"),
    (aiohttp.TooManyRedirects, 11215, "redirects"),
    (aiohttp.InvalidURL, 11100, "url"),
    (aiohttp.ClientResponseError, 11206, "protocol"),
    (aiohttp.ClientError, 11200, "broken"),
)


class WebhookSender:
    """Implements state.Sender over one session. Every request has its own connection.

    A kept one could be closed by the product just as it is used again, which would look like a lost webhook.
    """

    def __init__(self) -> None:
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    async def close(self) -> None:
        await self._session.close()

    async def send(self, request: SignedRequest) -> list[Attempt]:
        try:
            overrides = overrides_of(request.url)
        except InvalidOverrideError as error:
            return [Attempt(signed_url(request.url), None, body=str(error), error_code=INVALID_OVERRIDE)]
        deadline = asyncio.get_running_loop().time() + overrides.total / 1000
        attempts: list[Attempt] = []
        for _ in range(overrides.retries + 1):
            left = deadline - asyncio.get_running_loop().time()
            if attempts and left <= 0:
                break
            attempt, reason = await self._attempt(request, overrides, left)
            attempts.append(attempt)
            if reason is None or not overrides.retries_after(reason):
                break
        return attempts

    async def _attempt(
        self, request: SignedRequest, overrides: ConnectionOverrides, seconds_left: float
    ) -> tuple[Attempt, str | None]:
        """One attempt, and why it failed as a retry policy names it."""
        limits = aiohttp.ClientTimeout(
            total=seconds_left, sock_connect=overrides.connect / 1000, sock_read=overrides.read / 1000
        )
        try:
            attempt = await self._exchange(request, limits)
        except (aiohttp.ClientError, TimeoutError) as error:
            code, reason = next((c, r) for kind, c, r in FAILURES if isinstance(error, kind))
            return Attempt(signed_url(request.url), None, body=str(error), error_code=code), reason
        failed = attempt.status is not None and attempt.status >= 400
        return attempt, f"{attempt.status // 100}xx" if failed and attempt.status else None

    async def _exchange(self, request: SignedRequest, limits: aiohttp.ClientTimeout) -> Attempt:
        attempt, challenged = await self._request(request, limits, request.headers())
        credentials = request.credentials()
        # Twilio offers credentials only when asked for them.
        if challenged and credentials is not None:
            headers = {**request.headers(), "Authorization": credentials}
            attempt, _ = await self._request(request, limits, headers)
        return attempt

    async def _request(
        self, request: SignedRequest, limits: aiohttp.ClientTimeout, headers: dict[str, str]
    ) -> tuple[Attempt, bool]:
        # The wire must carry the signed bytes, so yarl may not re-encode the URL.
        url = URL(request.account.reachable(request.target), encoded=True)
        async with self._session.request(
            request.method, url, data=request.body(), headers=headers, timeout=limits
        ) as response:
            body = await _read(response)
            challenged = response.status == 401 and "WWW-Authenticate" in response.headers
            return _attempt_of(request, response, body), challenged


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The answer's body, at most one byte more than Twilio takes."""
    body = b""
    while len(body) <= LONGEST_ANSWER and (part := await response.content.read(LONGEST_ANSWER + 1 - len(body))):
        body += part
    return body


def _attempt_of(request: SignedRequest, response: aiohttp.ClientResponse, body: bytes) -> Attempt:
    error_code = None
    if response.status >= 300:
        error_code = 11200
    elif len(body) > LONGEST_ANSWER:
        error_code = 11750
    return Attempt(
        url=signed_url(request.url),
        status=response.status,
        content_type=response.headers.get("Content-Type"),
        body=body.decode(_charset(response), errors="replace"),
        error_code=error_code,
    )


def _charset(response: aiohttp.ClientResponse) -> str:
    return response.charset if response.charset in ("utf-8", "iso-8859-1", "us-ascii") else "utf-8"
