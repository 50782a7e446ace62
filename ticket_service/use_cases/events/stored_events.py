"""Events of before: audit records as they are stored, in the order of their ids, save that each chain's are in the
order of their sequence."""

from dataclasses import replace
from datetime import UTC, datetime

from ulid import ULID

from ticket_service.domain.audit import NO_TICKET, AuditRecord
from ticket_service.domain.events.chain_order import in_chain_order, missing_places
from ticket_service.domain.events.event import EventFilter, Position
from ticket_service.ports.events import EventStore
from ticket_service.use_cases.audit.trail import ACTIONS_OF_OTHERS

_EPOCH = datetime.fromtimestamp(0, UTC)
# Whoever looks for what a clock has put elsewhere finds it in one round, save what another service has told us late.
_ROUNDS = 12
# Above all ids.
_HIGHEST = "~"


def position_at(start: datetime, now: Position) -> Position:
    """From the records of that time on; `now` is behind all that is stored."""
    first = ULID.from_datetime(max(start, _EPOCH))
    # The last one of the millisecond before.
    since = f"aud_{ULID.from_int(max((int(first) >> 80 << 80) - 1, 0))}"
    return replace(now, since=since, stored=since)


class StoredEvents:
    """Reads them page by page."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    async def page(self, wanted: EventFilter, position: Position, limit: int) -> tuple[list[AuditRecord], Position]:
        """At most `limit` of what is stored after the position, with those in between of the same chains that are
        not in their place, and the position behind them. Of all types."""
        found = await self._store.read_stored(wanted, position.stored, limit)
        is_end = len(found) < limit
        if is_end:
            # What comes from now on, and what has come since this was begun, is read from where it was begun.
            after = replace(position, since="", stored="")
        else:
            after = replace(position, stored=found[-1].audit_record_id)
        return await self._in_order(wanted, position, found, is_end), after

    async def _in_order(
        self, wanted: EventFilter, position: Position, found: list[AuditRecord], is_end: bool
    ) -> list[AuditRecord]:
        earlier: list[AuditRecord] = []
        last = found[-1].audit_record_id if found and not is_end else _HIGHEST
        places = missing_places(found)
        if is_end and not wanted.workspace_id:
            places.add((NO_TICKET, await self._store.last_place(wanted.organization_id)))
        for steps in range(_ROUNDS):
            there = await self._store.find_places(wanted, places) if places else []
            early = [record for record in there if _is_out_of_place(record, position, last)]
            earlier += early
            places = _before(there, position, 2**steps)
        return in_chain_order([*earlier, *found])


def _is_out_of_place(record: AuditRecord, position: Position, last: str) -> bool:
    """Whether neither this page has it in its place, nor one before."""
    return record.audit_record_id > last or (_came_late(record) and record.audit_record_id <= position.since)


def _came_late(record: AuditRecord) -> bool:
    """Whether it may have been added long after its id was made: other services tell what happened when they can."""
    return record.ticket_id == NO_TICKET and record.entry.action.startswith(ACTIONS_OF_OTHERS)


def _before(there: list[AuditRecord], position: Position, count: int) -> set[tuple[str, int]]:
    """Where to look next: what stands before records that do not show where those are that were read before."""
    unsure = [r for r in there if _came_late(r) or r.audit_record_id > position.stored]
    lowest: dict[str, int] = {}
    for record in unsure:
        lowest[record.ticket_id] = min(record.sequence, lowest.get(record.ticket_id, record.sequence))
    return {
        (ticket_id, sequence) for ticket_id, first in lowest.items() for sequence in range(max(first - count, 1), first)
    }
