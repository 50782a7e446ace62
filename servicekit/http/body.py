"""A request's body, within the time and the size that it may have. What is compressed is decompressed here, once all of
it is there, and never beyond that size: aiohttp, left to itself, would go on with what nobody wants any more."""

import asyncio
import zlib

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from servicekit.http.refusal import HttpRefusal, malformed

_PLAIN = ("", "identity")
_GZIP, _DEFLATE = "gzip", "deflate"
# zlib's names of the forms: with a gzip header, with a zlib header, and with none.
_WITH_GZIP_HEADER, _WITH_ZLIB_HEADER, _BARE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
# The lower half of a zlib header's first byte (RFC 1950, 2.2). Some send "deflate" without that header.
_METHOD_BITS, _DEFLATE_METHOD = 0x0F, 8


def require_body_fits(request: web.Request) -> None:
    """Raises HttpRefusal 413 for a body that says itself that it is larger than the application takes (its
    `client_max_size`)."""
    if request.content_length is not None and request.content_length > request.client_max_size:
        raise _too_large(request)


async def read_body(request: web.Request, seconds: float) -> bytes:
    """The body, decompressed. Raises HttpRefusal: 413 when it is larger than the application takes, compressed or not,
    408 when it has not come after `seconds`, 400 when it is cut short or not encoded as its header says, 415 when it is
    encoded otherwise than by gzip or deflate."""
    coding = _coding(request)
    require_body_fits(request)
    body = await _raw_body(request, seconds)
    return body if coding in _PLAIN else _decompressed(body, coding, request)


async def _raw_body(request: web.Request, seconds: float) -> bytes:
    try:
        if request.content.is_eof():
            # Most come whole, with their heads: a clock for each would cost more than reading it.
            return await request.read()
        async with asyncio.timeout(seconds):
            return await request.read()
    except TimeoutError:
        raise HttpRefusal(408, "SLOW_BODY", "the body did not arrive in time") from None
    except web.HTTPRequestEntityTooLarge:
        raise _too_large(request) from None
    # RuntimeError: what aiohttp raises when the connection was ended meanwhile, by a limit of ours.
    except (web.RequestPayloadError, HttpProcessingError, ConnectionError, RuntimeError):
        raise _unreadable() from None


def _coding(request: web.Request) -> str:
    coding = ",".join(request.headers.getall("Content-Encoding", [])).strip().lower()
    if coding not in (*_PLAIN, _GZIP, _DEFLATE):
        raise HttpRefusal(415, "CONTENT_ENCODING", "the content encoding must be gzip, deflate or none")
    return coding


def _decompressed(body: bytes, coding: str, request: web.Request) -> bytes:
    decompressor = zlib.decompressobj(_form(body, coding))
    try:
        # One byte more than may be: that there is one is all that has to be known.
        decompressed = decompressor.decompress(body, request.client_max_size + 1)
    except zlib.error:
        raise _unreadable() from None
    if len(decompressed) > request.client_max_size:
        raise _too_large(request)
    if not decompressor.eof or decompressor.unused_data:
        raise _unreadable()
    return decompressed


def _form(body: bytes, coding: str) -> int:
    if coding == _GZIP:
        return _WITH_GZIP_HEADER
    return _WITH_ZLIB_HEADER if body and body[0] & _METHOD_BITS == _DEFLATE_METHOD else _BARE


def _unreadable() -> HttpRefusal:
    return malformed("the body is cut short, or not encoded as its header says")


def _too_large(request: web.Request) -> HttpRefusal:
    return HttpRefusal(413, "TOO_LARGE", f"the body is larger than {request.client_max_size} bytes")
