"""ReportStore on MongoDB."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import ReplaceOne
from pymongo.errors import DuplicateKeyError

from servicekit.mongo import leases
from servicekit.mongo.readable import first_readable, readable
from ticket_service.domain.reports.counting import Counted, CountRecords, Progress, Uncounted
from ticket_service.domain.reports.figures import DayFigures, Dimension
from ticket_service.domain.reports.ticket_row import RowFilter, TicketNow, TicketRow
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.reports.documents import (
    NOW_FIELDS,
    addition,
    day_from_document,
    now_from_document,
    row_from_document,
    row_to_document,
)
from ticket_service.mongo.reports.reading import MOST_TICKETS, Reading, tickets_named

_LEASE = {"_id": "counting_reports"}
# How far apart the clocks of two replicas may be before one does not believe the other's lease.
_SKEW = timedelta(minutes=30)
# How far the fill-in of older tickets is: the last ticket's id.
_FILLED = {"_id": "reports_filled"}
_ALL = "all"


class _Overtaken(Exception):
    """Somebody else has counted it meanwhile."""


class MongoReports:
    def __init__(self, database: Database) -> None:
        self._db = database
        self._reading = Reading(database)

    async def claim_counting(self, now: datetime, lease_until: datetime) -> bool:
        try:
            # A lease that is longer than any that is given is of a clock that was ahead.
            over = [{"lease_until": {"$lte": now}}, {"lease_until": {"$not": {"$lte": lease_until + _SKEW}}}]
            change = {"$set": {"lease_until": lease_until, "holder": self._db.replica}}
            free = {**_LEASE, "$or": [*over, {"holder": self._db.replica}]}
            await self._db.counters.update_one(free, change, upsert=True)
        except DuplicateKeyError:
            return False
        return True

    async def release_counting(self) -> None:
        mine = {**_LEASE, "holder": self._db.replica}
        await self._db.counters.update_one(mine, {"$set": {"lease_until": leases.FREE}})

    async def list_organizations(self) -> list[str]:
        found = await self._db.workspaces.distinct("organization_id")
        # What somebody changed may be anything.
        return sorted(name for name in found if isinstance(name, str))

    async def count_news(self, organization_id: str, count: CountRecords) -> bool:
        position = _position(organization_id)
        before = (await self._read(position)).get("value", 0)
        records, after = await self._reading.of_organization(organization_id, before)
        if after == before:
            return False
        tickets = await self._reading.of_tickets(tickets_named(records))
        uncounted = await self._uncounted(tickets, records)
        counted_time = {"counted_time": records[-1].entry.time} if records else {}
        await self._write(position, before, {"value": after, **counted_time}, uncounted, count(uncounted))
        return True

    async def count_older(self, count: CountRecords) -> bool:
        filled = await self._read(_FILLED)
        if filled.get("is_done"):
            return False
        before = str(filled.get("value", ""))
        ticket_ids = await self._reading.ticket_ids(before)
        uncounted = await self._uncounted(await self._reading.of_tickets(ticket_ids))
        after = {"value": ticket_ids[-1] if ticket_ids else _ALL, "is_done": len(ticket_ids) < MOST_TICKETS}
        await self._write(_FILLED, before, after, uncounted, count(uncounted))
        return True

    async def progress(self, organization_id: str) -> Progress:
        position, filled = await self._read(_position(organization_id)), await self._read(_FILLED)
        return Progress(position.get("counted_time"), not filled.get("is_done", False))

    async def read_days(
        self, workspace_id: str, dimensions: Collection[Dimension], first_day: str, last_day: str
    ) -> list[DayFigures]:
        query = {
            "workspace_id": workspace_id,
            "dimension": {"$in": [dimension.value for dimension in dimensions]},
            "day": {"$gte": first_day, "$lte": last_day},
        }
        found = await self._db.report_days.find(query).to_list(None)
        # A year of them takes a while, and texts must not wait for it.
        return await asyncio.to_thread(lambda: readable(found, day_from_document, "day of a report"))

    async def list_rows(self, wanted: RowFilter, limit: int) -> list[TicketRow]:
        query: Document = {
            "workspace_id": wanted.workspace_id,
            "create_time": {"$gte": wanted.begin, "$lt": wanted.end},
        }
        if wanted.after is not None:
            time, ticket_id = wanted.after
            query["create_time"]["$gte"] = max(time, wanted.begin)
            query["$or"] = [{"create_time": {"$gt": time}}, {"create_time": time, "_id": {"$gt": ticket_id}}]
        order = [("create_time", 1), ("_id", 1)]
        found = self._db.report_tickets.find(query).sort(order)
        return await first_readable(found, limit, row_from_document, "row of a report")

    async def tickets_now(self, workspace_id: str, ticket_ids: Sequence[str]) -> dict[str, TicketNow]:
        query = {"_id": {"$in": list(ticket_ids)}, "workspace_id": workspace_id}
        found = await self._db.tickets.find(query, dict.fromkeys(NOW_FIELDS, 1)).to_list(None)
        return dict(readable(found, lambda ticket: (str(ticket["_id"]), now_from_document(ticket)), "ticket"))

    async def _uncounted(self, tickets: Sequence[Any], others: Sequence[Any] = ()) -> Uncounted:
        records = [record for _, of_ticket in tickets for record in of_ticket]
        return Uncounted(tickets, others, await self._reading.authors(records))

    async def _read(self, position: Document) -> Document:
        return await self._db.counters.find_one(position) or {}

    async def _write(
        self, position: Document, before: object, after: Document, uncounted: Uncounted, counted: Counted
    ) -> None:
        """All of it, or nothing where somebody has counted the same meanwhile."""

        async def work(session: Any) -> None:
            found = await self._db.counters.find_one(position, session=session) or {}
            if found.get("value", type(before)()) != before:
                raise _Overtaken
            await self._db.counters.update_one(position, {"$set": after}, upsert=True, session=session)
            await self._write_rows(uncounted, counted, session)
            days = [change for key, figures in counted.days.items() if (change := addition(key, figures))]
            if days:
                await self._db.report_days.bulk_write(days, ordered=False, session=session)

        try:
            await self._db.in_own_transaction(work, attempts=3)
        except _Overtaken:
            # The next look reads behind what they have counted.
            return

    async def _write_rows(self, uncounted: Uncounted, counted: Counted, session: Any) -> None:
        changes: list[Any] = []
        for (before, _), after in zip(uncounted.tickets, counted.rows, strict=True):
            document = row_to_document(after)
            known = {"_id": before.ticket_id, "sequence": before.sequence}
            # A new one: if somebody has made it meanwhile, its id is taken.
            changes.append(ReplaceOne(known, document, upsert=not before.sequence))
        if not changes:
            return
        result = await self._db.report_tickets.bulk_write(changes, session=session)
        if result.matched_count + result.upserted_count < len(changes):
            raise _Overtaken


def _position(organization_id: str) -> Document:
    return {"_id": f"reports:{organization_id}"}
