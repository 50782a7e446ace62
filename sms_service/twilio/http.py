"""One request to Twilio's REST API: within its time limit, never repeated, never redirected.

What an answer means is read from its HTTP status; its body is believed only for Twilio's error code.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from sms_service.domain.credential import Secret
from sms_service.domain.provider_errors import (
    ProviderCredentialsRefused,
    ProviderError,
    ProviderOutcomeUnknown,
    ProviderRateLimited,
    ProviderRefused,
    ProviderUnreachable,
)
from sms_service.twilio.errors import explain

# Names and values, as Twilio's documentation has them; a name may stand several times.
Values = Sequence[tuple[str, str]]
Record = Mapping[str, Any]
_BAD_CREDENTIALS, _TOO_MANY_REQUESTS = 20003, 20429
_CONNECT_SECONDS = 3.0
_MOST_CONNECTIONS = 200
_NOT_REACHED = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientConnectorDNSError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)


class TwilioHttp:
    """Build it inside the running event loop; close it."""

    def __init__(self, timeout_seconds: float) -> None:
        connect = min(_CONNECT_SECONDS, timeout_seconds)
        # `connect` is also how long a request waits for a connection to get free: then it was certainly not sent.
        limits = aiohttp.ClientTimeout(total=timeout_seconds, connect=connect, sock_connect=connect)
        connector = aiohttp.TCPConnector(limit=_MOST_CONNECTIONS)
        self._session = aiohttp.ClientSession(timeout=limits, connector=connector)

    async def get(self, url: str, account_sid: str, auth_token: Secret, query: Values = ()) -> Record:
        """The record at `url`. Raises ProviderError's subclasses, never ProviderOutcomeUnknown."""
        return await self._request("GET", url, (account_sid, auth_token), ProviderUnreachable, params=query)

    async def post(self, url: str, account_sid: str, auth_token: Secret, form: Values) -> Record:
        """The record as it is after a change. Raises ProviderError's subclasses: ProviderOutcomeUnknown when the change
        may have been made, or may yet be."""
        return await self._request("POST", url, (account_sid, auth_token), ProviderOutcomeUnknown, data=form)

    async def close(self) -> None:
        """Closes the connections."""
        await self._session.close()

    async def _request(
        self, method: str, url: str, owner: tuple[str, Secret], lost: type[ProviderError], **values: Values
    ) -> Record:
        headers = {"User-Agent": "keva-sms", "Authorization": aiohttp.encode_basic_auth(owner[0], owner[1].reveal())}
        sent: dict[str, Any] = {name: list(pairs) for name, pairs in values.items()}
        try:
            async with self._session.request(method, url, headers=headers, allow_redirects=False, **sent) as answer:
                status, body = answer.status, await answer.text(errors="replace")
        except _NOT_REACHED:
            raise ProviderUnreachable from None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            raise lost from None
        if not 200 <= status < 300:
            raise _failure(status, body, lost)
        record = _parsed(body)
        if not isinstance(record, dict):
            raise lost
        return record


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


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
    return ProviderRateLimited(code) if failure.temporary else ProviderRefused(failure)


def _error_code(body: str) -> int:
    """Twilio's code in an error's body, be it Twilio's own form or RFC 9457's; 0 when there is none."""
    error = _parsed(body)
    code = str(error.get("code", "")) if isinstance(error, dict) else ""
    return int(code) if code.isascii() and code.isdigit() and len(code) < 9 else 0
