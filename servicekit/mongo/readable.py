"""Lists of documents, any of which somebody else may have changed: one that cannot be read hides none of the others.
The log names it, and a metric counts it."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import structlog

Document = dict[str, Any]
Entity = TypeVar("Entity")
_NAME_CHARACTERS = 100
_log = structlog.get_logger(__name__)


class UnreadableError(ValueError):
    """A field of a document is missing, or not what it should be. Says which one, and never what stands there."""


def readable(documents: Iterable[Document], read: Callable[[Document], Entity], what: str) -> list[Entity]:
    """What `read` makes of them, without those of which it raises something. `what` names one of them, in the
    singular: "ticket"."""
    found = []
    for document in documents:
        try:
            found.append(read(document))
        except Exception as error:
            note_unreadable(document, what, error)
    return found


async def first_readable(cursor: Any, limit: int, read: Callable[[Document], Entity], what: str) -> list[Entity]:
    """The first `limit` of a cursor that has an order, and no limit of its own: as many as there are, so that fewer
    mean the end of the list."""
    found: list[Entity] = []
    seen = 0
    while len(found) < limit:
        wanted = limit - len(found)
        documents = await cursor.clone().skip(seen).limit(wanted).to_list(None)
        found += readable(documents, read, what)
        seen += len(documents)
        if len(documents) < wanted:
            break
    return found


def note_unreadable(document: Document, what: str, error: Exception) -> None:
    """Says which document cannot be read. What stands in it may be anything, a text or a number too: it is not
    logged."""
    # At the start of a service that serves no metrics it would be a burden.
    from servicekit.mongo.metrics import UNREADABLE  # noqa: PLC0415

    UNREADABLE.labels(what).inc()
    why = str(error) if isinstance(error, UnreadableError) else type(error).__name__
    _log.error("what is stored cannot be read", what=what, name=str(document.get("_id"))[:_NAME_CHARACTERS], why=why)
