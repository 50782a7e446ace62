"""EventStore on MongoDB."""

import asyncio
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from typing import Any

from pymongo.read_concern import ReadConcern

from servicekit.mongo.readable import readable
from ticket_service.domain.audit import NO_TICKET, AuditRecord
from ticket_service.domain.events.event import EventFilter, Happened, Passage
from ticket_service.domain.message import Message
from ticket_service.domain.ticket import Ticket
from ticket_service.metrics import EVENT_CATCH_UPS
from ticket_service.mongo.audit import readable as readable_record
from ticket_service.mongo.database import Database
from ticket_service.mongo.events.feed import Feed
from ticket_service.mongo.events.streams import happened, next_change, now_by_this_clock, open_stream, place_of
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.message_documents import message_from_document
from ticket_service.mongo.ticket_documents import ticket_from_document

# So many of those who are behind read at the same time; the others wait for their turn.
_STREAMS = 4
# Of a stream that is only read to its end: how long the database waits for more.
_MOMENT_MS = 1
_SHORTEST_WAIT = 0.2
_PLACES_PER_QUERY = 200


class MongoEvents:
    """`database` is the driver's asynchronous one, `blocking` the same on its blocking client."""

    def __init__(self, database: Database, blocking: Database) -> None:
        self._db = database
        # What a failover may still take back has not happened.
        self._records = database.audit_records.with_options(read_concern=ReadConcern("majority"))
        self._streamed = blocking.audit_records
        self._feed = Feed(blocking.audit_records)
        self._threads = ThreadPoolExecutor(_STREAMS, "event-pages")

    async def run(self) -> None:
        """Reads the stream that those share who follow, until it is cancelled."""
        await self._feed.run()

    def close(self) -> None:
        """Before the client is closed."""
        self._threads.shutdown(wait=False)
        self._feed.close()

    def following(self) -> AbstractAsyncContextManager[None]:
        return self._feed.following()

    async def now(self) -> Passage:
        return self._feed.now() or await self._page("", 1)

    async def read(self, place: str, limit: int, patience: float) -> Passage:
        found = self._feed.after(place, limit)
        if found is None:
            EVENT_CATCH_UPS.inc()
            found = await self._page(place, limit)
            if not found.happened:
                # The stream that all share has just begun, or is interrupted: nobody asks again at once.
                await self._feed.wait(min(patience, _SHORTEST_WAIT))
        elif not found.happened:
            await self._feed.wait(patience)
            found = self._feed.after(found.place, limit) or found
        return found

    async def read_stored(self, wanted: EventFilter, after: str, limit: int) -> list[AuditRecord]:
        found = (
            await self._records.find(_scope(wanted, {"_id": {"$gt": after}})).sort("_id", 1).limit(limit).to_list(None)
        )
        return [record for document in found if (record := readable_record(document)) is not None]

    async def find_places(self, wanted: EventFilter, places: Collection[tuple[str, int]]) -> list[AuditRecord]:
        either = [{"ticket_id": ticket_id, "sequence": sequence} for ticket_id, sequence in sorted(places)]
        found: list[Document] = []
        for start in range(0, len(either), _PLACES_PER_QUERY):
            query = _scope(wanted, {"$or": either[start:][:_PLACES_PER_QUERY]})
            found += await self._records.find(query).to_list(None)
        return [record for document in found if (record := readable_record(document)) is not None]

    async def last_place(self, organization_id: str) -> int:
        query = {"organization_id": organization_id, "ticket_id": NO_TICKET, "sequence": {"$gte": 1}}
        newest = await self._records.find_one(query, {"sequence": 1}, sort=[("sequence", -1)])
        return int(newest["sequence"]) if newest else 0

    async def tickets_and_messages(
        self, records: Sequence[AuditRecord], tickets: bool, messages: bool
    ) -> tuple[dict[str, Ticket], dict[str, Message]]:
        ticket_ids = {record.ticket_id for record in records if record.ticket_id} if tickets else ()
        subjects = {r.entry.subject_id for r in records if r.entry.subject_id.startswith("msg_")} if messages else ()
        # One that cannot be read must not stop those who follow: they would meet it again and again.
        found = readable(await _by_id(self._db.tickets, ticket_ids), ticket_from_document, "ticket")
        said = readable(await _by_id(self._db.messages, subjects), message_from_document, "message")
        return {ticket.ticket_id: ticket for ticket in found}, {message.message_id: message for message in said}

    async def _page(self, place: str, limit: int) -> Passage:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read_page, place, limit)

    def _read_page(self, place: str, limit: int) -> Passage:
        """From a stream of its own. Blocks."""
        found: list[Happened] = []
        with open_stream(self._streamed, place, limit, _MOMENT_MS) as stream:
            while len(found) < limit:
                change = next_change(stream)
                if change is None:
                    return Passage(found, place_of(stream), now_by_this_clock())
                if (one := happened(change)) is not None:
                    found.append(one)
            return Passage(found, found[-1].place, found[-1].time, more=True)


def _scope(wanted: EventFilter, query: Document) -> Document:
    workspace = {"workspace_id": wanted.workspace_id} if wanted.workspace_id else {}
    return {"organization_id": wanted.organization_id, **workspace, **query}


async def _by_id(collection: Any, ids: Collection[str]) -> list[Document]:
    found: list[Document] = await collection.find({"_id": {"$in": sorted(ids)}}).to_list(None) if ids else []
    return found
