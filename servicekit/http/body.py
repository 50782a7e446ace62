"""A request's body, within the time and the size that it may have."""

import asyncio

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from servicekit.http.refusal import HttpRefusal, malformed


def require_body_fits(request: web.Request) -> None:
    """Raises HttpRefusal 413 for a body that says itself that it is larger than the application takes (its
    `client_max_size`)."""
    if request.content_length is not None and request.content_length > request.client_max_size:
        raise _too_large(request)


async def read_body(request: web.Request, seconds: float) -> bytes:
    """The body, decompressed. Raises HttpRefusal: 413 when it is larger than the application takes, 408 when it has not
    come after `seconds`, 400 when it is cut short or not encoded as its header says."""
    require_body_fits(request)
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
        raise malformed("the body is cut short, or not encoded as its header says") from None


def _too_large(request: web.Request) -> HttpRefusal:
    return HttpRefusal(413, "TOO_LARGE", f"the body is larger than {request.client_max_size} bytes")
