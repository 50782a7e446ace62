"""The store that Twilio redirects to for the bytes of media, and how it misbehaves on order."""

import asyncio
import contextlib
import gzip

from aiohttp import web

from dev.twilio_simulator.log import Media
from dev.twilio_simulator.state import SIMULATOR

STORE = "/media-storage"
_HUGE_BYTES = 10**12
_BOMB_BYTES = 64 * 1024 * 1024
_DENIED = "<Error><Code>AccessDenied</Code></Error>"
_TWO_CREDENTIALS = "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>"


async def download_from_store(request: web.Request) -> web.StreamResponse:
    """The bytes. Like Twilio's store, it takes the link alone and refuses credentials beside it."""
    if "Authorization" in request.headers:
        return web.Response(status=400, text=_TWO_CREDENTIALS, content_type="application/xml")
    message = request.app[SIMULATOR].messages.find(request.match_info["message_sid"])
    media = media_of(message.media if message else [], request)
    if media is None:
        return web.Response(status=404)
    fault = request.query.get("fault")
    if fault in ("huge", "endless", "silent"):
        return await _never_done(request, media.content_type, fault)
    return _broken(request, media.content_type, fault) if fault else _whole(media)


def media_of(media: list[Media], request: web.Request) -> Media | None:
    return next((one for one in media if one.sid == request.match_info["media_sid"]), None)


def _whole(media: Media) -> web.Response:
    return web.Response(body=media.content, headers={"Content-Type": media.content_type})


def _broken(request: web.Request, content_type: str, fault: str) -> web.Response:
    if fault == "loop":
        return web.Response(status=307, headers={"Location": str(request.url)})
    if fault == "gone":
        return web.Response(status=403, text=_DENIED, content_type="application/xml")
    packed = gzip.compress(bytes(_BOMB_BYTES))
    return web.Response(body=packed, headers={"Content-Type": content_type, "Content-Encoding": "gzip"})


async def _never_done(request: web.Request, content_type: str, fault: str) -> web.StreamResponse:
    """A body without end, or without a beginning, until the caller hangs up."""
    response = web.StreamResponse(headers={"Content-Type": content_type})
    if fault == "huge":
        response.content_length = _HUGE_BYTES
    with contextlib.suppress(ConnectionError):
        await response.prepare(request)
        while request.transport is not None:
            if fault == "silent":
                await asyncio.sleep(0.05)
            else:
                await response.write(bytes(64 * 1024))
    return response
