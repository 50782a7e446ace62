"""Fetches an attachment from Twilio: within time and size, with the account's credentials at Twilio's API and without
them wherever that redirects to."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from yarl import URL

from sms_service.domain.credential import Credential
from sms_service.domain.media import MediaContent, MediaGone, MediaNotNow, MediaRefused
from sms_service.domain.media_types import may_be_taken, plain_type, type_of
from sms_service.twilio.media_addresses import MediaAddresses

_MOST_REDIRECTS = 3
_CONNECT_SECONDS = 3.0
_CHUNK_BYTES = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CREDENTIALS_REFUSED = (
    "Twilio refuses our credentials, or has suspended the account. Ask an administrator to look at it in the Twilio "
    "console, and to connect the account again if its Auth Token was changed."
)


class MediaDownload:
    """Implements ports.media.MediaSource. Build it inside the running event loop; close it."""

    def __init__(self, addresses: MediaAddresses, max_bytes: int, answer_seconds: float) -> None:
        """`answer_seconds`: how long Twilio may be silent. A whole download takes three times that at most."""
        self._addresses = addresses
        self._max_bytes = max_bytes
        self.longest_seconds = 3 * answer_seconds
        limits = aiohttp.ClientTimeout(
            total=None, sock_connect=min(_CONNECT_SECONDS, answer_seconds), sock_read=answer_seconds
        )
        # What is compressed stays so: the limit holds for what is read, and nothing unfolds to more.
        self._session = aiohttp.ClientSession(
            timeout=limits, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
        )

    async def fetch(self, url: str, announced: str, credential: Credential) -> MediaContent:
        """Only from the account's own addresses at Twilio, and from those that they redirect to."""
        first = self._addresses.resource(url, credential.account_sid)
        if first is None:
            raise MediaRefused("The attachment is not at Twilio's address for this account, so it was not fetched.")
        try:
            async with asyncio.timeout(self.longest_seconds):
                served, content = await self._with_any_token(first, credential)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise MediaNotNow(type(error).__name__) from None
        media_type = type_of(served, plain_type(announced), content)
        if not media_type:
            raise _not_kept(served)
        return MediaContent(media_type, content)

    async def close(self) -> None:
        """Closes the connections."""
        await self._session.close()

    async def _with_any_token(self, url: URL, credential: Credential) -> tuple[str, bytes]:
        """Twilio knows two Auth Tokens during a rotation: the newest first."""
        for token in credential.auth_tokens:
            pair = f"{credential.account_sid}:{token.reveal()}".encode()
            found = await self._follow(url, "Basic " + base64.b64encode(pair).decode())
            if found is not None:
                return found
        raise MediaNotNow("401", _CREDENTIALS_REFUSED)

    async def _follow(self, url: URL, authorization: str) -> tuple[str, bytes] | None:
        """What lies behind the redirects, and as what it is served; None when the credentials are refused, which go to
        `url` alone."""
        headers = {"Authorization": authorization}
        for hops in range(_MOST_REDIRECTS + 1):
            async with self._get(url, headers) as answer:
                if answer.status == 401 and not hops:
                    return None
                if answer.status not in _REDIRECTS:
                    return await self._read(answer, hops)
                url = self._next(url, answer)
                headers = {}
        raise MediaNotNow("redirects without end")

    @asynccontextmanager
    async def _get(self, url: URL, headers: dict[str, str]) -> AsyncIterator[aiohttp.ClientResponse]:
        whole = {**headers, "Accept-Encoding": "identity"}
        answer = await self._session.get(url, headers=whole, allow_redirects=False)
        try:
            yield answer
        finally:
            # Not given back for reuse: what is left of a body that is too large would be read first.
            answer.close()

    def _next(self, url: URL, answer: aiohttp.ClientResponse) -> URL:
        target = self._addresses.redirect(url, answer.headers.get("Location", ""))
        if target is None:
            raise MediaNotNow(
                "redirect to a host that is not allowed",
                "Twilio keeps the attachment at an address that Keva does not fetch from. Ask the operator of Keva to "
                "look at KEVA_TWILIO_MEDIA_HOSTS.",
            )
        return target

    async def _read(self, answer: aiohttp.ClientResponse, hops: int) -> tuple[str, bytes]:
        # A store that does not reveal what it has answers 403 for what it does not have.
        if answer.status in (404, 410) or (answer.status == 403 and hops):
            raise MediaGone("Twilio does not have the attachment any more.")
        if answer.status != 200:
            raise MediaNotNow(str(answer.status))
        if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise MediaNotNow("compressed")
        served = plain_type(answer.headers.get("Content-Type", ""))
        if not may_be_taken(served):
            raise _not_kept(served)
        return served, await self._content(answer)

    async def _content(self, answer: aiohttp.ClientResponse) -> bytes:
        content = bytearray()
        if (answer.content_length or 0) > self._max_bytes:
            raise self._too_large()
        async for chunk in answer.content.iter_chunked(_CHUNK_BYTES):
            content += chunk
            if len(content) > self._max_bytes:
                raise self._too_large()
        return bytes(content)

    def _too_large(self) -> MediaRefused:
        limit = f"{self._max_bytes / 1024**2:.3g} MiB"
        return MediaRefused(f"The attachment is larger than the {limit} that are kept. It can be seen at Twilio.")


def _not_kept(media_type: str) -> MediaRefused:
    kind = media_type or "unknown"
    return MediaRefused(f"Attachments of the type {kind} are not kept. It can be seen at Twilio.")
