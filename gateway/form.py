"""A webhook's body as the parameters that Twilio signed: decoded, in order, with repeated and empty ones."""

from urllib.parse import parse_qsl

from aiohttp import web

from gateway import limits
from servicekit.http.body import read_body, require_body_fits
from servicekit.http.refusal import HttpRefusal, malformed

Parameters = list[tuple[str, str]]

_MEDIA_TYPE = "application/x-www-form-urlencoded"
_CHARSETS = ("utf-8", "utf8")
# Python's name for UTF-8 that also has halves of characters beyond U+FFFF.
_HALVES = "surrogatepass"


async def read_form(request: web.Request) -> Parameters:
    """The parameters. Raises HttpRefusal 400, 408, 413 or 415."""
    require_body_fits(request)
    _check_media_type(request)
    return parse_form(await read_body(request, limits.BODY_SECONDS))


def _check_media_type(request: web.Request) -> None:
    if request.content_type != _MEDIA_TYPE:
        raise HttpRefusal(415, "MEDIA_TYPE", f"the media type must be {_MEDIA_TYPE}")
    if (request.charset or "utf-8").lower() not in _CHARSETS:
        raise HttpRefusal(415, "CHARSET", "the charset must be utf-8")


def parse_form(body: bytes) -> Parameters:
    """`body` as Twilio decodes it before signing: `+` is a space, `;` separates nothing, broken escapes stay as they
    are. Half of a character, as it remains where a carrier cuts a text, has no UTF-8 form and is signed all the same: a
    value may have it. Raises HttpRefusal 400 when it is empty, else not UTF-8, has more than 1,000 parameters, or names
    that are longer than 256 bytes."""
    if body.count(b"&") >= limits.MAX_PARAMETERS:
        raise malformed(f"there are more than {limits.MAX_PARAMETERS} parameters")
    try:
        text = body.decode("utf-8", _HALVES)
        parameters = parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors=_HALVES)
        names = [name.encode() for name, _ in parameters]
    except UnicodeError:
        raise malformed("the body is not UTF-8") from None
    if not parameters:
        raise malformed("the body is empty: there are no parameters")
    if any(len(name) > limits.MAX_PARAMETER_NAME_BYTES for name in names):
        raise malformed(f"the name of a parameter is longer than {limits.MAX_PARAMETER_NAME_BYTES} bytes")
    return parameters
