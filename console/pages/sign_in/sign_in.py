"""`/sign-in`: e-mail address and password; and `/sign-out`."""

from aiohttp import web

from client.words.language import marked, say, say_many
from console.pages.sign_in.asking import asking, form_page, let_in
from console.parts import PARTS
from console.sign_in import cookies
from console.sign_in.limits import TooManyAttempts
from console.sign_in.own_pages import own_page
from console.sign_in.signing_in import Choice
from console.sign_in.visitor import VISITOR
from console.toasts import see_other

_WRONG, _TOO_MANY = 422, 429
_NOT_TOGETHER = marked("This e-mail address and this password do not go together.")
_TOO_LATE = marked("That took too long. Sign in again.")


async def show(request: web.Request) -> web.Response:
    """The form; whoever is in already goes on."""
    target = own_page(request.query.get("next", "/"))
    if VISITOR in request:
        return see_other(target)
    return _form(request, "", target)


async def sign_in(request: web.Request) -> web.Response:
    """The same answer to whoever is not known, has no password, was deactivated or types a wrong one."""
    sent = await request.post()
    email, password = str(sent.get("email", "")).strip(), str(sent.get("password", ""))
    target = own_page(str(sent.get("next", "/")))
    if not email or not password:
        return _form(request, email, target, error=say("Type both."), status=_WRONG)
    who = asking(request)
    try:
        outcome = await request.app[PARTS].signing_in.by_password(email, password, who)
    except TooManyAttempts as error:
        return too_many(_form(request, email, target, error=wait_words(error), status=_TOO_MANY), error)
    if outcome is None:
        return _form(request, email, target, error=say(_NOT_TOGETHER), status=_WRONG)
    if isinstance(outcome, Choice):
        return form_page(request, "sign_in/choice.html", {"agents": outcome.agents, "target": target})
    return let_in(request, outcome, who, target)


async def choose(request: web.Request) -> web.Response:
    """In which of several organizations."""
    sent = await request.post()
    who, target = asking(request), own_page(str(sent.get("next", "/")))
    entered = await request.app[PARTS].signing_in.by_choice(str(sent.get("choice", "")), who)
    if entered is None:
        return _form(request, "", target, error=say(_TOO_LATE), status=_WRONG)
    return let_in(request, entered, who, target)


async def sign_out(request: web.Request) -> web.Response:
    """Ends this session."""
    parts = request.app[PARTS]
    await parts.signing_in.sign_out(request[VISITOR].session)
    response = see_other("/sign-in")
    cookies.take_away(response, parts.settings.is_https)
    return response


def wait_words(error: TooManyAttempts) -> str:
    """What somebody reads who has to wait."""
    return say_many(
        "Too many attempts. Try again in %(num)s second, in a browser in which you have signed in before, or ask an "
        "administrator for a link.",
        "Too many attempts. Try again in %(num)s seconds, in a browser in which you have signed in before, or ask an "
        "administrator for a link.",
        error.seconds,
    )


def too_many(page: web.Response, error: TooManyAttempts) -> web.Response:
    """The page, which says to programs when to ask again."""
    page.headers["Retry-After"] = str(error.seconds)
    return page


def _form(request: web.Request, email: str, target: str, error: str = "", status: int = 200) -> web.Response:
    return form_page(request, "sign_in/sign_in.html", {"email": email, "target": target, "error": error}, status)


ROUTES = (
    web.get("/sign-in", show),
    web.post("/sign-in", sign_in),
    web.post("/sign-in/choice", choose),
    web.post("/sign-out", sign_out),
)
