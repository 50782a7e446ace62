"""ErasureStore on MongoDB. An erasure is a document until nothing is left to erase; `due` is also its lease."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument

from servicekit.ids import new_id
from ticket_service import errors
from ticket_service.domain.audit import AuditEntry, in_order
from ticket_service.domain.customer import Customer
from ticket_service.domain.forgetting import ERASED_SUBJECT, DecideForgetting, Erasure, Forgetting, pseudonym
from ticket_service.domain.message import DeliveryState, Message
from ticket_service.domain.ticket import Ticket, TicketChange, TicketState
from ticket_service.mongo import documents
from ticket_service.mongo.database import Database

_NOT_ERASED: documents.Document = {"erase_time": None}


class MongoErasures:
    """See erasure_store.ErasureStore."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def forget(self, workspace_id: str, customer_id: str, decide: DecideForgetting) -> Customer:
        """See erasure_store.ErasureStore."""

        async def work(session: Any) -> Customer:
            query = {"_id": customer_id, "workspace_id": workspace_id}
            document = await self._db.customers.find_one(query, session=session)
            if document is None:
                raise errors.customer_not_found(customer_id)
            return await self._forget(documents.to_customer(document), decide, session)

        return await self._db.in_transaction(work)

    async def _forget(self, customer: Customer, decide: DecideForgetting, session: Any) -> Customer:
        query = {"customer_id": customer.customer_id, "state": {"$ne": TicketState.CLOSED.value}}
        unclosed = await self._db.tickets.find(query, session=session).to_list(None)
        forgetting = decide(customer, [documents.to_ticket(ticket) for ticket in unclosed])
        if forgetting.entries:
            await self._write(forgetting, session)
        return forgetting.customer

    async def _write(self, forgetting: Forgetting, session: Any) -> None:
        customer = forgetting.customer
        document = documents.from_customer(customer)
        await self._db.customers.replace_one({"_id": customer.customer_id}, document, session=session)
        for change in forgetting.tickets:
            await self._write_ticket(change, session)
            await self._db.ai_turns.delete_one({"_id": change.ticket.ticket_id}, session=session)
        place = (customer.organization_id, customer.workspace_id)
        await self._db.write_entries(*place, forgetting.entries, session)
        erasure = _new_erasure(*place, customer.customer_id, "", forgetting.entries[0].time)
        await self._db.erasures.insert_one(erasure, session=session)

    async def _write_ticket(self, change: TicketChange, session: Any) -> None:
        ticket, entries = change.ticket, change.entries
        place = (ticket.organization_id, ticket.workspace_id, ticket.ticket_id, ticket.audit_sequence)
        records, head = self._db.signing.extend(ticket.audit_head, in_order(entries, *place, new_id))
        document = documents.from_ticket(replace(ticket, audit_sequence=records[-1].sequence, audit_head=head))
        await self._db.tickets.replace_one({"_id": ticket.ticket_id}, document, session=session)
        await self._db.write_records(records, session)

    async def seal_closed(self, workspace_id: str, closed_before: datetime, now: datetime, limit: int) -> int:
        """See erasure_store.ErasureStore."""
        query = {
            "workspace_id": workspace_id,
            "state": TicketState.CLOSED.value,
            "seal_time": None,
            "close_time": {"$lt": closed_before},
        }

        async def work(session: Any) -> int:
            found = await self._db.tickets.find(query, session=session).limit(limit).to_list(None)
            if found:
                ids = {"_id": {"$in": [ticket["_id"] for ticket in found]}}
                await self._db.tickets.update_many(ids, {"$set": _sealed(now)}, session=session)
                begun = [
                    _new_erasure(t["organization_id"], workspace_id, t["customer_id"], t["_id"], now) for t in found
                ]
                await self._db.erasures.insert_many(begun, session=session)
            return len(found)

        return await self._db.in_transaction(work)

    async def claim_erasure(self, now: datetime, lease_until: datetime) -> Erasure | None:
        """See erasure_store.ErasureStore."""
        document = await self._db.erasures.find_one_and_update(
            {"due": {"$lte": now}},
            {"$set": {"due": lease_until, "lease_id": new_id("lse")}},
            sort=[("due", 1)],
            return_document=ReturnDocument.AFTER,
        )
        if document is None:
            return None
        return Erasure(**{name: document[name] for name in Erasure.__dataclass_fields__})

    async def keep_erasure(self, erasure: Erasure, due: datetime) -> bool:
        """See erasure_store.ErasureStore."""
        mine = {"_id": erasure.subject_id, "lease_id": erasure.lease_id}
        return bool((await self._db.erasures.update_one(mine, {"$set": {"due": due}})).matched_count)

    async def seal_tickets(self, erasure: Erasure, now: datetime, limit: int) -> list[Ticket]:
        """See erasure_store.ErasureStore."""
        if erasure.ticket_id:
            found = await self._db.tickets.find({"_id": erasure.ticket_id, **_NOT_ERASED}).to_list(None)
            return [documents.to_ticket(document) for document in found]
        query = _of_customer(erasure.customer_id)
        found = await self._db.tickets.find(query).sort("_id", 1).limit(limit).to_list(None)
        address = {"customer_address": pseudonym(erasure.customer_id)}
        ids = {"_id": {"$in": [ticket["_id"] for ticket in found]}}
        await self._db.tickets.update_many(ids, {"$set": {**_sealed(now), **address}})
        if found and all("erase_time" in ticket for ticket in found):
            return await self.seal_tickets(erasure, now, limit)
        return [documents.to_ticket(document) for document in found if "erase_time" not in document]

    async def unerased_messages(self, ticket_id: str, limit: int) -> list[Message]:
        """See erasure_store.ErasureStore."""
        return await self._messages({"ticket_id": ticket_id}, limit)

    async def unerased_texts(self, customer_id: str, limit: int) -> list[Message]:
        """See erasure_store.ErasureStore."""
        return await self._messages({"customer_id": customer_id, "ticket_id": ""}, limit)

    async def expired_texts(self, workspace_id: str, before: datetime, limit: int) -> list[Message]:
        """See erasure_store.ErasureStore."""
        query = {"workspace_id": workspace_id, "ticket_id": "", "create_time": {"$lt": before}}
        return await self._messages(query, limit)

    async def _messages(self, query: documents.Document, limit: int) -> list[Message]:
        found = await self._db.messages.find({**query, **_NOT_ERASED}).limit(limit).to_list(None)
        return [documents.to_message(document) for document in found]

    async def erase_messages(self, message_ids: Collection[str], now: datetime) -> None:
        """See erasure_store.ErasureStore."""
        await self._erase(message_ids, now, None)

    async def _erase(self, message_ids: Collection[str], now: datetime, session: Any) -> None:
        query = {
            "_id": {"$in": list(message_ids)},
            **_NOT_ERASED,
            "delivery.state": {"$ne": DeliveryState.QUEUED.value},
        }
        nothing = {
            "$set": {"text": "", "media": [], "erase_time": now},
            "$unset": {"request_digest": "", "outbox_due": ""},
        }
        await self._db.messages.update_many(query, nothing, session=session)

    async def finish_ticket(
        self, erasure: Erasure, ticket_id: str, decide: Callable[[Ticket, int], TicketChange], forget: DecideForgetting
    ) -> bool:
        """See erasure_store.ErasureStore."""

        async def work(session: Any) -> bool:
            messages = {"ticket_id": ticket_id}
            if await self._db.messages.find_one({**messages, **_NOT_ERASED}, {"_id": 1}, session=session):
                return False
            document = await self._db.tickets.find_one({"_id": ticket_id, **_NOT_ERASED}, session=session)
            if document is not None:
                count = await self._db.messages.count_documents(messages, session=session)
                await self._write_ticket(decide(documents.to_ticket(document), count), session)
            if erasure.ticket_id:
                await self._db.erasures.delete_one({"_id": ticket_id}, session=session)
                await self._forget_if_nothing_is_left(erasure.customer_id, forget, session)
            return True

        return await self._db.in_transaction(work)

    async def _forget_if_nothing_is_left(self, customer_id: str, forget: DecideForgetting, session: Any) -> None:
        kept = {"customer_id": customer_id, **_NOT_ERASED}
        for collection, query in ((self._db.tickets, kept), (self._db.messages, {**kept, "ticket_id": ""})):
            if await collection.find_one(query, {"_id": 1}, session=session):
                return
        document = await self._db.customers.find_one({"_id": customer_id}, session=session)
        await self._forget(documents.to_customer(document), forget, session)

    async def finish_customer(
        self, erasure: Erasure, decide: Callable[[Customer], tuple[Customer, AuditEntry]]
    ) -> bool:
        """See erasure_store.ErasureStore."""
        customer_id = erasure.customer_id
        texts = {"customer_id": customer_id, "ticket_id": "", **_NOT_ERASED}

        async def work(session: Any) -> bool:
            for collection, query in ((self._db.tickets, _of_customer(customer_id)), (self._db.messages, texts)):
                if await collection.find_one(query, {"_id": 1}, session=session):
                    return False
            ended = await self._db.erasures.delete_one({"_id": customer_id}, session=session)
            if ended.deleted_count:
                document = await self._db.customers.find_one({"_id": customer_id}, session=session)
                customer, entry = decide(documents.to_customer(document))
                document = documents.from_customer(customer)
                await self._db.customers.replace_one({"_id": customer_id}, document, session=session)
                await self._db.write_entries(erasure.organization_id, erasure.workspace_id, [entry], session)
            return True

        return await self._db.in_transaction(work)

    async def erase_texts(
        self,
        customer_id: str,
        message_ids: Collection[str],
        decide: Callable[[str], AuditEntry],
        forget: DecideForgetting,
    ) -> None:
        """See erasure_store.ErasureStore."""
        query = {"_id": {"$in": list(message_ids)}, **_NOT_ERASED}

        async def work(session: Any) -> None:
            found = await self._db.messages.find(query, session=session).to_list(None)
            if not found:
                return
            entries = [decide(message["_id"]) for message in found]
            await self._erase([message["_id"] for message in found], entries[0].time, session)
            place = (found[0]["organization_id"], found[0]["workspace_id"])
            await self._db.write_entries(*place, entries, session)
            await self._forget_if_nothing_is_left(customer_id, forget, session)

        await self._db.in_transaction(work)


def _sealed(now: datetime) -> documents.Document:
    return {"seal_time": now, "subject": ERASED_SUBJECT}


def _of_customer(customer_id: str) -> documents.Document:
    """Tickets on which something of a forgotten customer may stand."""
    address = {"customer_address": {"$ne": pseudonym(customer_id)}}
    return {"customer_id": customer_id, "$or": [_NOT_ERASED, address]}


def _new_erasure(
    organization_id: str, workspace_id: str, customer_id: str, ticket_id: str, now: datetime
) -> documents.Document:
    return {
        "_id": ticket_id or customer_id,
        "organization_id": organization_id,
        "workspace_id": workspace_id,
        "customer_id": customer_id,
        "ticket_id": ticket_id,
        "lease_id": "",
        "create_time": now,
        "due": now,
    }
