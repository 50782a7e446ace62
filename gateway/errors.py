"""What goes wrong with a request, and the one place where it becomes an answer.

Answers other than 200 are plain text, which Twilio does not text to anybody; a 200 in plain text it would."""

import uuid
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from servicekit.errors import KevaError

RETRY_AFTER_SECONDS = 2
_log = structlog.get_logger(__name__)


class Refused(Exception):
    """A request that is not accepted; the text is for whoever sent it."""

    status = 400


class BadRequest(Refused):
    """Not readable, or something is missing."""


class Forbidden(Refused):
    """Not Twilio, as far as we can tell. The answer is the same whatever the reason."""

    status = 403

    def __init__(self) -> None:
        super().__init__("the signature is not valid")


class NotHere(Refused):
    """There is no such number or message in that account."""

    status = 404


class UnsupportedMediaType(Refused):
    """Not a form."""

    status = 415


class TryLater(Refused):
    """It cannot be stored now."""

    status = 503

    def __init__(self) -> None:
        super().__init__("cannot be stored now; try again")


def _answer(refused: Refused) -> web.Response:
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if refused.status == 503 else None
    return web.Response(status=refused.status, text=f"{refused}\n", headers=headers)


@web.middleware
async def answer_errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turns every exception into an answer. An unexpected one is a 503: Twilio may then try again or use its fallback
    URL, and the text is not lost."""
    try:
        return await handler(request)
    except Refused as refused:
        return _answer(refused)
    except web.HTTPException as answer:
        return web.Response(status=answer.status, text=f"{answer.reason}\n", headers=_allowed(answer))
    except (KevaError, TimeoutError) as error:
        _log.warning("cannot be stored now", reason=getattr(error, "reason", "DEADLINE_EXCEEDED"))
        return _answer(TryLater())
    except Exception as error:
        _log.error("unexpected exception", error_id=uuid.uuid4().hex, exc_info=error)
        return _answer(TryLater())


def _allowed(answer: web.HTTPException) -> dict[str, str]:
    return {"Allow": answer.headers["Allow"]} if "Allow" in answer.headers else {}
