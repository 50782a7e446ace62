"""A list of things to work on, none of which may stop those behind it."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import structlog

from servicekit.background_work.failures import expected
from servicekit.errors import Unavailable

Item = TypeVar("Item")
_log = structlog.get_logger(__name__)


async def one_by_one(
    items: Iterable[Item], work: Callable[[Item], Awaitable[object]], what: str, name: Callable[[Item], str]
) -> int:
    """Works on each item, in order; returns how many succeeded. What goes wrong with one is logged, under `what` (in
    the singular) and the item's `name`, and the next one has its turn. Raises Unavailable: that is nobody's fault."""
    done = 0
    for item in items:
        try:
            await work(item)
        except Exception as error:
            known = expected(error)
            if isinstance(known, Unavailable):
                raise known from None
            _log.error(f"{what}: passed by; the others have their turn", name=name(item), exc_info=error)
        else:
            done += 1
    return done
