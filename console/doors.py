"""Who asks, found out before every page that needs somebody."""

from urllib.parse import urlencode, urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from console.parts import PARTS
from console.sign_in import cookies
from console.sign_in.own_pages import own_page
from console.sign_in.visitor import VISITOR, Visitor

SIGN_IN = "/sign-in"
# The header of what scripts/live.js fetches again.
BY_ITSELF = "Keva-By-Itself"
# Forms of whoever has no session yet.
BEFORE_SESSION = ("/sign-in", "/welcome/")
# What anybody may ask for.
_PUBLIC = ("/assets/", "/csp-reports", *BEFORE_SESSION)


def is_public(path: str) -> bool:
    """Whether the page needs nobody who has signed in."""
    return path.startswith(_PUBLIC)


@web.middleware
async def require_visitor(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets in who has a session; sends all others to sign in, and back afterwards. Raises HTTPUnauthorized for a form
    that was sent: what was typed is one step back."""
    visitor = await _visitor(request)
    if visitor is not None:
        request[VISITOR] = visitor
    elif not is_public(request.path):
        return _sign_in_first(request)
    return await handler(request)


async def _visitor(request: web.Request) -> Visitor | None:
    parts = request.app[PARTS]
    secret = cookies.secret_in(request, parts.settings.is_https)
    session = await parts.sessions.find(secret, is_used=not is_by_itself(request)) if secret else None
    if session is None:
        return None
    known = await parts.agents.find(session.organization_id, session.agent_id)
    if known is None or known.was_gone_since(session.create_time):
        # Whoever is brought back signs in again.
        await parts.sessions.end(session.session_id)
        return None
    return Visitor(session, known.agent, known.workspaces)


def is_by_itself(request: web.Request) -> bool:
    """Whether the page asks, which is open somewhere, and nobody need be there."""
    return request.path.startswith("/live") or BY_ITSELF in request.headers


def _sign_in_first(request: web.Request) -> web.Response:
    if "HX-Request" in request.headers or is_by_itself(request):
        # A page that is still open: what was typed in it stays there until it has been signed in again.
        page = urlsplit(request.headers.get("HX-Current-URL", ""))._replace(scheme="", netloc="").geturl()
        return web.Response(status=401, headers={"HX-Redirect": _sign_in_for(page)}, text="Sign in again.")
    if request.method != "GET":
        raise web.HTTPUnauthorized
    return web.Response(status=303, headers={"Location": _sign_in_for(str(request.rel_url))})


def _sign_in_for(target: str) -> str:
    page = own_page(target)
    return SIGN_IN if page == "/" else f"{SIGN_IN}?{urlencode({'next': page})}"
