"""Lists of Twilio's, line by line: one that cannot be read never hides the others."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import structlog

Record = TypeVar("Record")
# What reading a line may raise, besides what the network does: it is not of the shape that the package expects.
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
_log = structlog.get_logger(__name__)


def raw_lines(page: Any) -> list[Any]:
    """What stands in a page of the twilio package, as Twilio wrote it: usually dicts."""
    # The package would make objects of them, and fail at the first line of a form that it does not know.
    page.get_instance = _as_it_is
    return list(page)


async def all_raw_lines(page: Any, api_url: str) -> list[Any]:
    """The same of a page and of all those after it, at `api_url`: nobody else may see the token. A list that leads back
    to where it was, or elsewhere, ends there."""
    lines: list[Any] = []
    seen: set[str] = set()
    while True:
        lines += raw_lines(page)
        url = _next_url(page)
        if not url:
            return lines
        if url in seen or not url.startswith(f"{api_url.rstrip('/')}/"):
            _log.warning("a list of Twilio's leads nowhere, and ends there", pages=len(seen) + 1)
            return lines
        seen.add(url)
        page = await page.next_page_async()


def _next_url(page: Any) -> str:
    try:
        return str(page.next_page_url or "")
    except UNREADABLE:
        return "not an address"


def read_lines(page: Any, read: Callable[[Any], Record], what: str) -> list[Record]:
    """What `read` makes of the objects of a page. Lines that cannot be read are left out, and the log counts them;
    `what` names them there, in the plural."""
    found: list[Record] = []
    unreadable = 0
    while True:
        try:
            found.append(read(next(page)))
        except StopIteration:
            break
        except UNREADABLE:
            unreadable += 1
    if unreadable:
        _log.warning("some of what Twilio lists cannot be read, and is left out", what=what, lines=unreadable)
    return found


def _as_it_is(line: Mapping[str, Any]) -> Any:
    return line
