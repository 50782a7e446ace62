"""Who wants in, and how they are let in: what all ways of signing in share."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from console.parts import PARTS
from console.rendering import render
from console.sign_in import cookies
from console.sign_in.browsers import browser_of
from console.sign_in.own_pages import own_page
from console.sign_in.session import new_secret
from console.sign_in.signing_in import Asking, Entered
from console.sign_in.visitor import VISITOR
from console.toasts import see_other


def asking(request: web.Request) -> Asking:
    """What is known of the browser that asks."""
    parts = request.app[PARTS]
    source = parts.sources.of_request(request.remote or "", request.headers.getall("X-Forwarded-For", [])) or ""
    return Asking(
        browser=browser_of(request.headers.get("User-Agent", ""), source),
        browser_secret=cookies.browser_in(request, parts.settings.is_https),
        source=source,
        old_session_id=request[VISITOR].session.session_id if VISITOR in request else "",
    )


def let_in(request: web.Request, entered: Entered, who: Asking, target: str) -> web.Response:
    """The page that they wanted, with the cookies of the new session."""
    settings = request.app[PARTS].settings
    response = see_other(own_page(target))
    cookies.put(response, entered.secret, settings.is_https, settings.session_limits.longest)
    cookies.put_browser(response, who.browser_secret, settings.is_https)
    return response


def form_page(request: web.Request, template: str, context: Mapping[str, Any], status: int = 200) -> web.Response:
    """A page with a form that is sent before there is a session: it repeats a token that the browser has."""
    is_https = request.app[PARTS].settings.is_https
    token = cookies.form_token_in(request, is_https) or new_secret()
    response = render(request, template, {"form_token": token, **context}, status)
    cookies.put_form_token(response, token, is_https)
    return response
