"""Serves the page: HTML, styles and scripts. It has nothing to hide; what it shows and does is asked of the control API
with the token, which is in the fragment of the link that opens it and so in nobody's log."""

from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

PATH = "/phone"
_FOLDER = Path(__file__).parent
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
_FILES = {
    "page.html": "text/html",
    "phone.css": "text/css",
    "icon.svg": "image/svg+xml",
    "phone.js": "text/javascript",
    "asking.js": "text/javascript",
    "phones.js": "text/javascript",
    "texts.js": "text/javascript",
    "fate.js": "text/javascript",
}


def _serving(name: str) -> Handler:
    async def serve(_request: web.Request) -> web.Response:
        text = (_FOLDER / name).read_text()
        return web.Response(text=text, content_type=_FILES[name], charset="utf-8", headers=_HEADERS)

    return serve


def routes() -> list[web.RouteDef]:
    files = [web.get(f"{PATH}/{name}", _serving(name)) for name in _FILES if name != "page.html"]
    return [web.get(PATH, _serving("page.html")), *files]
