"""The answers to webhooks. Twilio must see no 200 but the empty TwiML: a plain one would be texted to the customer."""

from aiohttp import web

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


def empty_twiml() -> web.Response:
    """200: stored; nobody is texted."""
    return web.Response(text=EMPTY_TWIML, content_type="text/xml", charset="utf-8")
