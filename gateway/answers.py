"""The answers that leave the gateway. Twilio must see no 200 but the empty TwiML: a plain one would be texted to the
customer."""

from collections.abc import Mapping

from aiohttp import web

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
RETRY_AFTER_SECONDS = 2
# Not to be cached, and no word of what software gave the answer.
HYGIENE: Mapping[str, str] = {"Cache-Control": "no-store", "Server": "Keva"}


def empty_twiml() -> web.Response:
    """200: stored; nobody is texted."""
    return web.Response(text=EMPTY_TWIML, content_type="text/xml", charset="utf-8")


def plain_text(status: int, text: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """Any other answer, for the people who read Twilio's error log."""
    return web.Response(status=status, text=text + "\n", headers=headers)


async def add_hygiene(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Gives `response` the HYGIENE headers: a signal handler of the application. A request that is refused before its
    body has come is the last one of its connection: nobody waits for that body."""
    response.headers.update(HYGIENE)
    if not request.content.is_eof():
        part(response)


def part(response: web.StreamResponse) -> None:
    """Makes `response`, which is being prepared, the last one of its connection, and says so."""
    response.force_close()
    response.headers["Connection"] = "close"
