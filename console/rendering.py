"""Pages and parts of pages from templates."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web
from aiohttp.typedefs import Handler
from markupsafe import Markup

from client.words.language import form_of, say
from console.compression import compress
from console.doors import is_by_itself
from console.live_page import LIVE_PAGE
from console.parts import PARTS
from console.toasts import LEFT, take_toast
from console.visit import VISIT

_FOLDER = Path(__file__).parent / "templates"
# Which element of the page htmx asked for, if not for all of it.
_TARGET = "HX-Target"
ENVIRONMENT = web.AppKey("environment", jinja2.Environment)


def open_environment(globals_: Mapping[str, Any], filters: Mapping[str, Any]) -> jinja2.Environment:
    """Templates whose values are escaped, whatever they are, and where a name that is not there is an error."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.globals.update(globals_)
    environment.filters.update(filters)
    # As Python says them: newstyle puts the values in.
    environment.install_gettext_callables(say, form_of, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["_"] = _words
    return environment


def _words(text: str, /, **values: Any) -> Markup:
    """What newstyle makes of `_("…")`, in a third of the time: pages are made of hundreds of them."""
    words = Markup(say(text))  # noqa: S704 - it is ours; values are escaped  # nosec B704
    return words % values if values or "%" in words else words


def render(
    request: web.Request, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> web.Response:
    """A page. When htmx asks for one element of it, such as `ticket-list`, and the template has a block of that name,
    `ticket_list`, that block alone."""
    found = request.app[ENVIRONMENT].get_template(template)
    block = found.blocks.get(request.headers.get(_TARGET, "").replace("-", "_"))
    is_https = request.app[PARTS].settings.is_https
    # What a page asks for by itself, and a part of one, shows none: it is left for the page that will.
    toast = None if block or is_by_itself(request) else take_toast(request, is_https)
    values = {
        "request": request,
        "visit": request.get(VISIT),
        "toast": toast,
        "app": request.app[PARTS],
        "live": request.get(LIVE_PAGE),
        **(context or {}),
    }
    text = "".join(block(found.new_context(values))) if block else found.render(values)
    response = web.Response(text=text, content_type="text/html", status=status, headers={"Vary": _TARGET})
    if VISIT in request:
        compress(request, response)
    if toast is not None:
        toast.taken(response, request, is_https)
    return response


@web.middleware
async def leave_toasts(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What an answer says on the next page waits in a cookie."""
    response = await handler(request)
    toast = response.get(LEFT)
    if toast is not None:
        toast.put(response, request.app[PARTS].settings.is_https)
    return response
