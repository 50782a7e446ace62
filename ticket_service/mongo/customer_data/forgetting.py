"""Writes the decision to forget a customer, in a transaction of whoever has a reason to."""

from datetime import datetime
from typing import Any

from pymongo import ReplaceOne

from servicekit.mongo.readable import readable
from ticket_service.domain.customer import Customer
from ticket_service.domain.forgetting import FORGOTTEN_NAME, DecideForgetting, Forgetting
from ticket_service.domain.ticket import TicketState
from ticket_service.mongo.audit_chains import append_to_organization, append_to_ticket
from ticket_service.mongo.customers import customer_from_document, customer_to_document
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.ticket_documents import SUGGESTIONS, ticket_from_document

NOT_ERASED: Document = {"erase_time": None}
# What lists show of a customer and their texts.
NAMELESS: Document = {"customer_display_name": FORGOTTEN_NAME}
PREVIEW: Document = {"last_message.preview": "", SUGGESTIONS: ""}


async def write_forgetting(db: Database, customer: Customer, decide: DecideForgetting, session: Any) -> Customer:
    """Writes what `decide` says of the customer and their tickets that are not CLOSED, and begins the erasure. One of
    these that cannot be read is erased with the others, and CLOSED once it can be."""
    query = {"customer_id": customer.customer_id, "state": {"$ne": TicketState.CLOSED.value}}
    unclosed = await db.tickets.find(query, session=session).to_list(None)
    forgetting = decide(customer, readable(unclosed, ticket_from_document, "ticket"))
    if forgetting.entries:
        await db.ai_turns.delete_many({"_id": {"$in": [ticket["_id"] for ticket in unclosed]}}, session=session)
        await _write(db, forgetting, session)
    return forgetting.customer


async def forget_if_nothing_is_left(db: Database, customer_id: str, decide: DecideForgetting, session: Any) -> None:
    """The same for a customer of whom no ticket and no text without one holds anything. One who cannot be read keeps
    nobody from erasing what they had."""
    kept = {"customer_id": customer_id, **NOT_ERASED}
    for collection, query in ((db.tickets, kept), (db.messages, {**kept, "ticket_id": ""})):
        if await collection.find_one(query, {"_id": 1}, session=session):
            return
    found = await db.customers.find({"_id": customer_id}, session=session).to_list(None)
    for customer in readable(found, customer_from_document, "customer"):
        await write_forgetting(db, customer, decide, session)


async def _write(db: Database, forgetting: Forgetting, session: Any) -> None:
    customer = forgetting.customer
    document = customer_to_document(customer)
    await db.customers.replace_one({"_id": customer.customer_id}, document, session=session)
    of_customer = {"customer_id": customer.customer_id}
    await db.customer_notes.delete_many(of_customer, session=session)
    await db.questions.delete_many(of_customer, session=session)
    await db.tickets.update_many(of_customer, {"$set": NAMELESS, "$unset": PREVIEW}, session=session)
    for change in forgetting.tickets:
        await append_to_ticket(db, change, session)
    mine = (customer.organization_id, customer.workspace_id)
    await append_to_organization(db, *mine, forgetting.entries, session)
    erasure = new_erasure(*mine, customer.customer_id, "", forgetting.entries[0].time)
    await db.erasures.bulk_write([begin(erasure)], session=session)


def new_erasure(organization_id: str, workspace_id: str, customer_id: str, ticket_id: str, now: datetime) -> Document:
    """What an erasure begins as: of one ticket, or of all that the customer has (`ticket_id` empty)."""
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


def begin(erasure: Document) -> ReplaceOne[Document]:
    """Writes it. If there is one of that name, which nobody but somebody at the database can have made, it begins
    again."""
    return ReplaceOne({"_id": erasure["_id"]}, erasure, upsert=True)
