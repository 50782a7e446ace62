"""ErasureStore on MongoDB. An erasure is a document until nothing is left to erase; `due` is also its lease."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel

from servicekit.ids import new_id
from servicekit.mongo import leases
from servicekit.mongo.readable import first_readable
from ticket_service import errors
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.customer import Customer
from ticket_service.domain.forgetting import ERASED_SUBJECT, DecideForgetting, Erasure, pseudonym
from ticket_service.domain.message import DeliveryState, Message
from ticket_service.domain.ticket import Ticket, TicketChange, TicketState
from ticket_service.mongo.audit_chains import append_to_organization, append_to_ticket
from ticket_service.mongo.customer_data.forgetting import (
    NAMELESS,
    NOT_ERASED,
    PREVIEW,
    begin,
    forget_if_nothing_is_left,
    new_erasure,
    write_forgetting,
)
from ticket_service.mongo.customers import customer_from_document, customer_to_document
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import KEY, Document, Mapper
from ticket_service.mongo.message_documents import WORDS, message_from_document
from ticket_service.mongo.ticket_documents import SETTLED_INDEX, ticket_from_document

INDEXES = [IndexModel([("due", ASCENDING)], name="due")]
_ERASURES = Mapper(Erasure)


@dataclass(frozen=True)
class _Closed:
    """Of a ticket no more than its erasure needs: what else is wrong with it keeps no text of it."""

    ticket_id: str
    organization_id: str
    customer_id: str


_CLOSED = Mapper(_Closed, ticket_id=KEY)
_OF_CLOSED = {"organization_id": 1, "customer_id": 1}


class MongoErasures:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def forget(self, workspace_id: str, customer_id: str, decide: DecideForgetting) -> Customer:
        async def work(session: Any) -> Customer:
            query = {"_id": customer_id, "workspace_id": workspace_id}
            document = await self._db.customers.find_one(query, session=session)
            if document is None:
                raise errors.customer_not_found(customer_id)
            return await write_forgetting(self._db, customer_from_document(document), decide, session)

        return await self._db.in_transaction(work)

    async def seal_closed(self, workspace_id: str, closed_before: datetime, now: datetime, limit: int) -> int:
        query = {
            "workspace_id": workspace_id,
            "state": TicketState.CLOSED.value,
            "seal_time": None,
            "close_time": {"$lt": closed_before},
        }

        async def work(session: Any) -> int:
            settled = self._db.tickets.find(query, _OF_CLOSED, session=session).hint(SETTLED_INDEX)
            found = await first_readable(settled, limit, _CLOSED.from_document, "ticket")
            if found:
                ids = {"_id": {"$in": [ticket.ticket_id for ticket in found]}}
                await self._db.tickets.update_many(ids, _sealed(now), session=session)
                begun = [new_erasure(t.organization_id, workspace_id, t.customer_id, t.ticket_id, now) for t in found]
                await self._db.erasures.bulk_write(list(map(begin, begun)), session=session)
            return len(found)

        return await self._db.in_transaction(work)

    async def claim_erasure(self, now: datetime, lease_until: datetime) -> Erasure | None:
        document = await leases.claim(self._db.erasures, "due", now, lease_until, also={"lease_id": new_id("lse")})
        return _ERASURES.from_document(document) if document else None

    async def keep_erasure(self, erasure: Erasure, due: datetime) -> bool:
        mine = {"_id": erasure.subject_id, "lease_id": erasure.lease_id}
        return bool((await self._db.erasures.update_one(mine, {"$set": {"due": due}})).matched_count)

    async def seal_tickets(self, erasure: Erasure, now: datetime, limit: int, after: str = "") -> list[str]:
        if erasure.ticket_id:
            found = await self._db.tickets.find({"_id": erasure.ticket_id, **NOT_ERASED}, {"_id": 1}).to_list(None)
            return [document["_id"] for document in found]
        query = {**_of_customer(erasure.customer_id), "_id": {"$gt": after}}
        found = await self._db.tickets.find(query, {"erase_time": 1}).sort("_id", 1).limit(limit).to_list(None)
        address = {"customer_address": pseudonym(erasure.customer_id), **NAMELESS}
        ids = {"_id": {"$in": [ticket["_id"] for ticket in found]}}
        await self._db.tickets.update_many(ids, _sealed(now, address))
        if found and all("erase_time" in ticket for ticket in found):
            return await self.seal_tickets(erasure, now, limit, found[-1]["_id"])
        return [document["_id"] for document in found if "erase_time" not in document]

    async def unerased_messages(self, ticket_id: str, limit: int) -> list[Message]:
        return await self._messages({"ticket_id": ticket_id}, limit)

    async def unerased_texts(self, customer_id: str, limit: int) -> list[Message]:
        return await self._messages({"customer_id": customer_id, "ticket_id": ""}, limit)

    async def expired_texts(self, workspace_id: str, before: datetime, limit: int) -> list[Message]:
        query = {"workspace_id": workspace_id, "ticket_id": "", "create_time": {"$lt": before}}
        return await self._messages(query, limit)

    async def _messages(self, query: Document, limit: int) -> list[Message]:
        found = self._db.messages.find({**query, **NOT_ERASED})
        return await first_readable(found, limit, message_from_document, "message")

    async def erase_messages(self, message_ids: Collection[str], now: datetime) -> None:
        await self._erase(message_ids, now, None)

    async def _erase(self, message_ids: Collection[str], now: datetime, session: Any) -> None:
        query = {
            "_id": {"$in": list(message_ids)},
            **NOT_ERASED,
            "delivery.state": {"$ne": DeliveryState.QUEUED.value},
        }
        nothing = {
            "$set": {"text": "", WORDS: [], "media": [], "erase_time": now},
            "$unset": {"request_digest": "", "consent_basis": "", "outbox_due": ""},
        }
        await self._db.messages.update_many(query, nothing, session=session)

    async def finish_ticket(
        self, erasure: Erasure, ticket_id: str, decide: Callable[[Ticket, int], TicketChange], forget: DecideForgetting
    ) -> bool:
        async def work(session: Any) -> bool:
            messages = {"ticket_id": ticket_id}
            if await self._db.messages.find_one({**messages, **NOT_ERASED}, {"_id": 1}, session=session):
                return False
            document = await self._db.tickets.find_one({"_id": ticket_id, **NOT_ERASED}, session=session)
            if document is not None:
                count = await self._db.messages.count_documents(messages, session=session)
                await append_to_ticket(self._db, decide(ticket_from_document(document), count), session)
            await self._db.questions.delete_many(messages, session=session)
            if erasure.ticket_id:
                await self._db.erasures.delete_one({"_id": ticket_id}, session=session)
                await forget_if_nothing_is_left(self._db, erasure.customer_id, forget, session)
            return True

        return await self._db.in_transaction(work)

    async def finish_customer(
        self, erasure: Erasure, decide: Callable[[Customer], tuple[Customer, AuditEntry]]
    ) -> bool:
        customer_id = erasure.customer_id
        texts = {"customer_id": customer_id, "ticket_id": "", **NOT_ERASED}

        async def work(session: Any) -> bool:
            for collection, query in ((self._db.tickets, _of_customer(customer_id)), (self._db.messages, texts)):
                if await collection.find_one(query, {"_id": 1}, session=session):
                    return False
            ended = await self._db.erasures.delete_one({"_id": customer_id}, session=session)
            # A replica of a version that knew no notes may have decided it.
            await self._db.customer_notes.delete_many({"customer_id": customer_id}, session=session)
            if ended.deleted_count:
                document = await self._db.customers.find_one({"_id": customer_id}, session=session)
                customer, entry = decide(customer_from_document(document))
                document = customer_to_document(customer)
                await self._db.customers.replace_one({"_id": customer_id}, document, session=session)
                await append_to_organization(self._db, erasure.organization_id, erasure.workspace_id, [entry], session)
            return True

        return await self._db.in_transaction(work)

    async def erase_texts(
        self,
        customer_id: str,
        message_ids: Collection[str],
        decide: Callable[[str], AuditEntry],
        forget: DecideForgetting,
    ) -> None:
        query = {"_id": {"$in": list(message_ids)}, **NOT_ERASED}

        async def work(session: Any) -> None:
            found = await self._db.messages.find(query, session=session).to_list(None)
            if not found:
                return
            entries = [decide(message["_id"]) for message in found]
            await self._erase([message["_id"] for message in found], entries[0].time, session)
            mine = (found[0]["organization_id"], found[0]["workspace_id"])
            await append_to_organization(self._db, *mine, entries, session)
            await forget_if_nothing_is_left(self._db, customer_id, forget, session)

        await self._db.in_transaction(work)


def _sealed(now: datetime, also: Document | None = None) -> Document:
    return {"$set": {"seal_time": now, "subject": ERASED_SUBJECT, **(also or {})}, "$unset": PREVIEW}


def _of_customer(customer_id: str) -> Document:
    """Tickets on which something of a forgotten customer may stand."""
    address = {"customer_address": {"$ne": pseudonym(customer_id)}}
    return {"customer_id": customer_id, "$or": [NOT_ERASED, address]}
