"""How background work says what went wrong: an outage in a line; only what nobody expects has a trace."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from servicekit.errors import Aborted, KevaError, Unavailable

Translate = Callable[[Exception], KevaError | None]
_translate: ContextVar[Translate] = ContextVar("translate", default=lambda _: None)


def expect(translate: Translate) -> None:
    """From now on, in this task and in those that it starts, what `translate` recognises is an expected failure: a
    library's, such as a driver's that lost its server."""
    _translate.set(translate)


def expected(error: Exception) -> KevaError | None:
    """The failure as the KevaError that it is or means; None when nobody expects it."""
    return error if isinstance(error, KevaError) else _translate.get()(error)


def passing(error: Exception) -> Aborted | Unavailable | None:
    """The failure, if it passes by itself: somebody else was faster, or something does not answer now."""
    known = expected(error)
    return known if isinstance(known, Aborted | Unavailable) else None


def log_failure(log: Any, event: str, error: Exception, **fields: str) -> None:
    """A warning with the reason of an expected failure, an error with the trace of any other."""
    known = expected(error)
    if known is not None:
        log.warning(event, reason=known.reason, **fields)
    else:
        log.error(event, exc_info=error, **fields)
