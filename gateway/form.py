"""A webhook's body as the parameters that Twilio signed: decoded, in order, with repeated and empty ones."""

import asyncio
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from gateway import limits
from gateway.errors import Refused, malformed

Parameters = list[tuple[str, str]]

_MEDIA_TYPE = "application/x-www-form-urlencoded"
_CHARSETS = ("utf-8", "utf8")
_CONTENT_CODINGS = ("", "identity", "gzip", "deflate")


async def read_form(request: web.Request) -> Parameters:
    """The parameters. Raises Refused 400, 408, 413 or 415."""
    if request.content_length is not None and request.content_length > limits.MAX_BODY_BYTES:
        raise _too_large()
    _check_media_type(request)
    return parse_form(await _read_body(request))


def _check_media_type(request: web.Request) -> None:
    if request.content_type != _MEDIA_TYPE:
        raise Refused(415, "MEDIA_TYPE", f"the media type must be {_MEDIA_TYPE}")
    if (request.charset or "utf-8").lower() not in _CHARSETS:
        raise Refused(415, "CHARSET", "the charset must be utf-8")
    if request.headers.get("Content-Encoding", "").strip().lower() not in _CONTENT_CODINGS:
        raise Refused(415, "CONTENT_ENCODING", "the content encoding must be gzip, deflate or none")


async def _read_body(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(limits.BODY_SECONDS):
            return await request.read()
    except TimeoutError:
        raise Refused(408, "SLOW_BODY", "the body did not arrive in time") from None
    except web.HTTPRequestEntityTooLarge:
        raise _too_large() from None
    # RuntimeError: what aiohttp raises when the connection was ended meanwhile, by a limit of ours.
    except (web.RequestPayloadError, HttpProcessingError, ConnectionError, RuntimeError):
        raise malformed("the body is cut short, or not encoded as its header says") from None


def parse_form(body: bytes) -> Parameters:
    """`body` as Twilio decodes it before signing: `+` is a space, `;` separates nothing, broken escapes stay as they
    are. Raises Refused 400 when it is empty, not UTF-8, has more than 1,000 parameters, or names that are longer
    than 256 bytes."""
    if body.count(b"&") >= limits.MAX_PARAMETERS:
        raise malformed(f"there are more than {limits.MAX_PARAMETERS} parameters")
    try:
        parameters = parse_qsl(body.decode("utf-8"), keep_blank_values=True, encoding="utf-8", errors="strict")
    except UnicodeDecodeError:
        raise malformed("the body is not UTF-8") from None
    if not parameters:
        raise malformed("the body is empty: there are no parameters")
    if any(len(name.encode()) > limits.MAX_PARAMETER_NAME_BYTES for name, _ in parameters):
        raise malformed(f"the name of a parameter is longer than {limits.MAX_PARAMETER_NAME_BYTES} bytes")
    return parameters


def _too_large() -> Refused:
    return Refused(413, "TOO_LARGE", f"the body is larger than {limits.MAX_BODY_BYTES} bytes")
