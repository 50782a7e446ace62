"""A webhook's form, exactly as it came: order, repeated and empty parameters are part of what Twilio signs."""

import asyncio
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from gateway.errors import BadRequest, UnsupportedMediaType

MEDIA_TYPE = "application/x-www-form-urlencoded"
MAX_BODY_BYTES = 64 * 1024
MAX_PARAMETERS = 1000
BODY_SECONDS = 5

Parameters = list[tuple[str, str]]


def require_form(request: web.Request) -> None:
    """Raises UnsupportedMediaType for anything but an UTF-8 form."""
    if request.content_type != MEDIA_TYPE:
        raise UnsupportedMediaType(f"send {MEDIA_TYPE}")
    if (request.charset or "utf-8").lower().replace("_", "-") not in ("utf-8", "utf8"):
        raise UnsupportedMediaType("send UTF-8")


async def read(request: web.Request) -> Parameters:
    """The parameters of a webhook. Raises UnsupportedMediaType, BadRequest, or 413 when it is too large."""
    require_form(request)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await request.read()
    except (web.RequestPayloadError, HttpProcessingError, ConnectionError, TimeoutError, ValueError):
        # Not the gzip that it says, cut off, or too slow.
        raise BadRequest("the body cannot be read") from None
    return parse(body)


def parse(body: bytes) -> Parameters:
    """The decoded parameters. Raises BadRequest."""
    try:
        text = body.decode("ascii")
    except UnicodeDecodeError:
        raise BadRequest("the body is not percent-encoded") from None
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except UnicodeDecodeError:
        raise BadRequest("a parameter is not UTF-8") from None
    except ValueError:
        raise BadRequest(f"there are more than {MAX_PARAMETERS} parameters") from None
