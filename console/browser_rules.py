"""What browsers are told to refuse, and which requests of theirs we refuse."""

import hmac
import json

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from client.failure import refused
from client.words.language import say
from console.doors import BEFORE_SESSION
from console.form_tokens import unmasked
from console.parts import PARTS
from console.sign_in import cookies
from console.sign_in.visitor import VISITOR

CSP_REPORTS = "/csp-reports"
# No inline script, no inline style, nothing from elsewhere; no page of ours in somebody else's frame.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        f"report-uri {CSP_REPORTS}",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_HTTPS_FOR = "max-age=31536000"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_log = structlog.get_logger(__name__)


async def add_headers(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """A signal handler of the application: every answer has them, unless it has stricter ones of its own."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    assert isinstance(request, web.Request)
    if request.app[PARTS].settings.is_https:
        response.headers["Strict-Transport-Security"] = _HTTPS_FOR


@web.middleware
async def refuse_forged_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets a change through only when it comes from a page of ours: browsers say so (Sec-Fetch-Site), and the form has
    the session's token, in the field `csrf` or, from scripts, in the header `X-CSRF-Token`. Before there is a session
    it is the token of a cookie. Raises Failure."""
    if request.method in _SAFE or request.path == CSP_REPORTS:
        return await handler(request)
    if not _is_own(request):
        raise refused(say("This form was sent from another site."), say("Open the page here, and send it again."))
    given, expected = await _token(request), _expected(request)
    # Forms of somebody who has not signed in have it as it is.
    if not _same(unmasked(given), expected) and not _same(given, expected):
        raise refused(say("This form is of another session."), say("Reload the page, and send it again."))
    return await handler(request)


def _is_own(request: web.Request) -> bool:
    """Whether it comes from a page of ours. Browsers that do not say so by Sec-Fetch-Site name the page's origin; a
    request that names neither is not from a browser."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin == request.app[PARTS].settings.console_url


def _expected(request: web.Request) -> str:
    """The session's token; for forms with which somebody signs in, that of the browser."""
    if request.path.startswith(BEFORE_SESSION) or VISITOR not in request:
        return cookies.form_token_in(request, request.app[PARTS].settings.is_https)
    return request[VISITOR].session.csrf_token


def _same(given: str, expected: str) -> bool:
    """An empty one counts as not given."""
    return bool(expected) and hmac.compare_digest(given.encode(errors="replace"), expected.encode(errors="replace"))


async def _token(request: web.Request) -> str:
    in_header = request.headers.get("X-CSRF-Token")
    return in_header if in_header is not None else str((await request.post()).get("csrf", ""))


async def take_report(request: web.Request) -> web.Response:
    """What a browser has refused on one of our pages: a fault of ours, or somebody's attempt. Logged without what was
    on the page."""
    try:
        report = json.loads(await request.text()).get("csp-report", {})
        directive = str(report.get("effective-directive") or report.get("violated-directive", ""))[:60]
    except (ValueError, AttributeError):
        directive = "unreadable"
    _log.warning("refused by a browser", directive=directive)
    return web.Response(status=204)
