"""Use case: one change of many tickets. They share commits, and none stops another."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from servicekit.errors import Internal, KevaError, Unavailable
from ticket_service import errors
from ticket_service.domain.ticket import Ticket

_MOST_TOGETHER = 100
_log = structlog.get_logger(__name__)

# Changes the ticket with that id.
Change = Callable[[str], Awaitable[Ticket]]


@dataclass(frozen=True)
class TicketOutcome:
    """What became of one ticket: as it is now, or why it was not changed."""

    ticket_id: str
    result: Ticket | KevaError


class Batches:
    """Changes of many tickets. `expected` gives what callers get for an exception that is not a bug, None for a bug."""

    def __init__(self, expected: Callable[[Exception], KevaError | None]) -> None:
        self._expected = expected

    async def change_each(self, ticket_ids: Sequence[str], change: Change) -> list[TicketOutcome]:
        """One outcome per ticket, in order; one that is named twice is changed once. Raises FIELD_REQUIRED,
        FIELD_INVALID, and Unavailable when none can be changed now: asking again is safe."""
        if not ticket_ids or not all(ticket_ids):
            raise errors.required("ticket_ids")
        if len(ticket_ids) > _MOST_TOGETHER:
            raise errors.invalid("ticket_ids", f"may have at most {_MOST_TOGETHER} entries")
        once = list(dict.fromkeys(ticket_ids))
        results = dict(zip(once, await asyncio.gather(*(self._changed(one, change) for one in once)), strict=True))
        away = [result for result in results.values() if isinstance(result, Unavailable)]
        if len(away) == len(results):
            raise away[0]
        return [TicketOutcome(ticket_id, results[ticket_id]) for ticket_id in ticket_ids]

    async def _changed(self, ticket_id: str, change: Change) -> Ticket | KevaError:
        try:
            return await change(ticket_id)
        except Exception as error:
            if (known := self._expected(error)) is not None:
                return known
            error_id = uuid.uuid4().hex
            _log.error("unexpected exception", error_id=error_id, ticket_id=ticket_id, exc_info=error)
            return Internal("INTERNAL", f"internal error; look for {error_id} in the log", error_id=error_id)
