"""CustomerStore on MongoDB."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateMany

from ticket_service import errors
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.customer import ClosedNotice, Customer, Location
from ticket_service.domain.search.customer_keys import keys_of
from ticket_service.domain.texts.consent import (
    EVERY_NUMBER,
    Consent,
    Consents,
    ConsentSource,
    NoTexts,
    TakesTexts,
    latest,
)
from ticket_service.mongo.audit_chains import append_to_organization
from ticket_service.mongo.audit_documents import ACTOR
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import KEY, Document, Field, Mapper, enum, nested, sparse

# What customers are found by (domain/search/customer_keys.py). One that an earlier version has stored has none yet.
SEARCH_KEYS, SEARCH_INDEX = "search_keys", "search"
UNCHANGED_INDEX = "unchanged"
INDEXES = [
    IndexModel([("workspace_id", ASCENDING), ("address", ASCENDING)], name="one_customer_per_address", unique=True),
    IndexModel(
        [("workspace_id", ASCENDING), ("phone", ASCENDING)],
        name="one_customer_per_phone",
        unique=True,
        partialFilterExpression={"phone": {"$exists": True}},
    ),
    IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)], name="newest"),
    IndexModel([("workspace_id", ASCENDING), (SEARCH_KEYS, ASCENDING)], name=SEARCH_INDEX),
    # Who may be idle. Those who are forgotten stand apart: there may be many, unchanged for years.
    IndexModel(
        [("workspace_id", ASCENDING), ("forget_time", ASCENDING), ("update_time", ASCENDING), ("_id", ASCENDING)],
        name=UNCHANGED_INDEX,
    ),
    IndexModel(
        [("workspace_id", ASCENDING), ("_id", DESCENDING)],
        name="blocked",
        partialFilterExpression={"blocked_time": {"$exists": True}},
    ),
]
_BY = sparse(None, ACTOR)
_CONSENT = Mapper(Consent, time=sparse(None), source=sparse(None, enum(ConsentSource)), reason=sparse(""), by=_BY)
_CLOSED_NOTICE = Mapper(ClosedNotice)


def _consents_to_document(consents: Consents) -> list[Document]:
    return [_CONSENT.to_document(consent) for consent in consents]


def _consents_from_document(documents: Sequence[Document]) -> Consents:
    return tuple(map(_CONSENT.from_document, documents))


_CUSTOMERS = Mapper(
    Customer,
    customer_id=KEY,
    location=nested(Mapper(Location)),
    edited=Field(sorted, frozenset),
    imported=sparse(frozenset(), Field(sorted, frozenset)),
    consents=sparse((), Field(_consents_to_document, _consents_from_document)),
    no_texts=sparse(None, nested(Mapper(NoTexts, by=_BY))),
    takes_texts=sparse(None, nested(Mapper(TakesTexts, by=ACTOR, source=enum(ConsentSource)))),
    forget_time=sparse(None),
    erase_time=sparse(None),
    phone=sparse(""),
    blocked_time=sparse(None),
    block_reason=sparse(""),
    blocked_by=_BY,
    closed_notices=sparse(
        (),
        Field(
            lambda notices: [_CLOSED_NOTICE.to_document(notice) for notice in notices],
            lambda documents: tuple(map(_CLOSED_NOTICE.from_document, documents)),
        ),
    ),
)


def customer_to_document(customer: Customer) -> Document:
    """With one answer for all numbers beside those by number: replicas of a version that knew no pairs go by it. And
    with what the customer is found by."""
    times = {"consent_time": time} if (time := latest(customer.consents)) else {}
    keys = {SEARCH_KEYS: keys_of(customer)}
    return {**_CUSTOMERS.to_document(customer), "opted_out": customer.opted_out, **times, **keys}


def renamed_tickets(before: Document, after: Customer) -> UpdateMany | None:
    """What writes the customer's new name on their tickets, which lists show; None when it is the same."""
    if before["display_name"] == after.display_name:
        return None
    name = {"customer_display_name": after.display_name}
    return UpdateMany({"customer_id": after.customer_id}, {"$set": name})


def customer_from_document(document: Document) -> Customer:
    """What such a version kept holds for every number, until the customer says something to one."""
    customer = _with_stated_basis(_CUSTOMERS.from_document(document))
    opted_out, time = bool(document.get("opted_out")), document.get("consent_time")
    if customer.consents or not (opted_out or time):
        return customer
    return replace(customer, consents=(Consent(EVERY_NUMBER, opted_out, time),))


def _with_stated_basis(customer: Customer) -> Customer:
    """A version before noted a basis without a word, whenever somebody took back that they want no texts."""
    known = customer.takes_texts
    return customer if known is None or known.reason.strip() else replace(customer, takes_texts=None)


class MongoCustomers:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def get_customer(self, workspace_id: str, customer_id: str) -> Customer:
        return await self._get(workspace_id, customer_id, None)

    async def change_customer(
        self, workspace_id: str, customer_id: str, decide: Callable[[Customer], tuple[Customer, tuple[AuditEntry, ...]]]
    ) -> Customer:
        async def work(session: Any) -> Customer:
            before = await self._get(workspace_id, customer_id, session)
            customer, entries = decide(before)
            if entries:
                document = customer_to_document(customer)
                await self._db.customers.replace_one({"_id": customer_id}, document, session=session)
                if renamed := renamed_tickets(customer_to_document(before), customer):
                    await self._db.tickets.bulk_write([renamed], session=session)
                await append_to_organization(self._db, customer.organization_id, workspace_id, entries, session)
            return customer

        return await self._db.in_transaction(work)

    async def _get(self, workspace_id: str, customer_id: str, session: Any) -> Customer:
        query = {"_id": customer_id, "workspace_id": workspace_id}
        document = await self._db.customers.find_one(query, session=session)
        if document is None:
            raise errors.customer_not_found(customer_id)
        return customer_from_document(document)
