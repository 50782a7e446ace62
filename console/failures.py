"""What could not be done, as a page: never an exception's own text."""

import secrets

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler

from client.failure import Failure, FailureKind, failure_of
from client.words.language import marked, say
from console.rendering import render
from console.sign_in.visitor import VISITOR
from console.visit import VISIT, usual_visit
from servicekit import errors
from servicekit.mongo.driver_errors import as_keva_error

_log = structlog.get_logger(__name__)
_STATUSES = {
    FailureKind.UNUSABLE: 422,
    FailureKind.NOT_FOUND: 404,
    FailureKind.REFUSED: 409,
    FailureKind.TRY_AGAIN: 503,
    FailureKind.UNREACHABLE: 503,
}
# Reasons of REFUSED that are about who asks, not about the state of things.
_FORBIDDEN = frozenset({"ROLE_NOT_ALLOWED", "WORKSPACE_NOT_ALLOWED", "AGENT_INACTIVE", "AGENT_NOT_FOUND"})

# What reading a request's body raises when its browser has left, or has sent something else than a form.
_CUT_SHORT = (ConnectionError, web.RequestPayloadError, HttpProcessingError)
_HTTP = {
    401: (
        marked("You are not signed in any more."),
        marked("Nothing was sent. Go back and copy what you typed; then sign in, and send it again."),
    ),
    404: (marked("There is no such page."), marked("It may have been moved, or the address has a slip.")),
    405: (marked("This page takes no such request."), marked("Open it from the console.")),
    413: (marked("That is too large."), marked("A form may have 6 MiB. Shorten it, and send it again.")),
}


def is_about_who_asks(failure: Failure) -> bool:
    """Whether it is refused to them, and not to everybody."""
    return failure.reason in _FORBIDDEN and failure.kind is FailureKind.REFUSED


def status_of(failure: Failure) -> int:
    """The HTTP status that says the same."""
    if is_about_who_asks(failure):
        return 403
    return _STATUSES.get(failure.kind, 500)


@web.middleware
async def failures_as_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The handler's answer, or a page that says what is wrong and what to do."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        if error.status == 405 and (page := await _page_before(request)):
            return web.Response(status=303, headers={"Location": page})
        message, advice = _HTTP.get(error.status, (f"{error.reason}.", ""))
        return _page(request, error.status, say(message), say(advice) if advice else "")
    except _CUT_SHORT:
        return _page(request, 400, say("The form did not arrive whole."), say("Send it again."))
    except Exception as error:
        failure = _failure(error)
        if failure is not None:
            return _page(request, status_of(failure), failure.message, failure.advice)
        error_id = secrets.token_hex(4)
        _log.error("unexpected exception", error_id=error_id, exc_info=error)
        return _page(
            request,
            500,
            say("This page failed."),
            say("It is in the log as %(error_id)s. Try again.", error_id=error_id),
        )


async def _page_before(request: web.Request) -> str:
    """The nearest page above an address that only forms are sent to, for whoever loads that address again: the answer
    to a form was shown there. Empty where there is none."""
    path = request.rel_url.raw_path.rpartition("/")[0] if request.method == "GET" else ""
    while path:
        above = request.clone(rel_url=request.rel_url.with_path(path, encoded=True, keep_query=True))
        if (await request.app.router.resolve(above)).http_exception is None:
            return str(above.rel_url)
        path = path.rpartition("/")[0]
    return ""


def _failure(error: Exception) -> Failure | None:
    """What is known of it; None when it is a fault of ours."""
    known = error if isinstance(error, errors.KevaError) else as_keva_error(error)
    if known is not None:
        return failure_of(known)
    return error if isinstance(error, Failure) else None


def _page(request: web.Request, status: int, message: str, advice: str) -> web.Response:
    if VISITOR in request and VISIT not in request:
        # Whoever has signed in is still inside, though what was asked for was refused before there was a visit.
        request[VISIT] = usual_visit(request)
    return render(request, "failure.html", {"status": status, "message": message, "advice": advice}, status)
