"""`/welcome/…`: a one-time link, with which somebody sets a password and is in."""

from aiohttp import web

from console.pages.sign_in.asking import asking, form_page, let_in
from console.parts import PARTS
from console.rendering import render
from console.sign_in.passwords import problem_with
from keva.ticket.v1 import agent_service_pb2

_WRONG, _GONE = 422, 410
_PATH = "/welcome/{secret:[A-Za-z0-9_-]{20,100}}"


async def show(request: web.Request) -> web.Response:
    """The form. Looking does not use the link up: programs look at links that are passed on."""
    found = await request.app[PARTS].signing_in.invited(request.match_info["secret"])
    return _form(request, found[1]) if found else _gone(request)


async def set_password(request: web.Request) -> web.Response:
    """Uses the link up, if the password is taken."""
    signing_in, secret = request.app[PARTS].signing_in, request.match_info["secret"]
    found = await signing_in.invited(secret)
    if found is None:
        return _gone(request)
    agent, password = found[1], str((await request.post()).get("password", ""))
    if problem := problem_with(password, agent.email, agent.display_name):
        return _form(request, agent, problem)
    who = asking(request)
    entered = await signing_in.by_link(secret, password, who)
    return let_in(request, entered, who, "/") if entered else _gone(request)


def _form(request: web.Request, agent: agent_service_pb2.Agent, error: str = "") -> web.Response:
    context = {"agent": agent, "error": error, "secret": request.match_info["secret"]}
    return form_page(request, "sign_in/welcome.html", context, _WRONG if error else 200)


def _gone(request: web.Request) -> web.Response:
    return render(request, "sign_in/gone.html", status=_GONE)


ROUTES = (web.get(_PATH, show), web.post(_PATH, set_password))
