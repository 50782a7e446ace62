"""Threads that may have no ticket yet, for who texts first: what is read of them, and what is counted."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from pymongo import UpdateOne

from ticket_service.domain.addresses.phone_forms import all_by_phone, all_forms, current_form, of_phone
from ticket_service.domain.outgoing.first_texts import FirstTexts
from ticket_service.domain.outgoing.thread_decision import ThreadContext
from ticket_service.domain.ticket import Ticket
from ticket_service.mongo.channels import channel_from_document
from ticket_service.mongo.commits.found import Found
from ticket_service.mongo.commits.heads import with_head
from ticket_service.mongo.commits.union import Part
from ticket_service.mongo.commits.wishes import ThreadWish
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.ticket_documents import ticket_from_document

CHANNELS, LIVE = "channels of threads", "live on threads"
_CUSTOMERS, _COUNTS, _EARLIER = "customers of threads", "first texts", "earlier tickets"


def parts_of_threads(wishes: Sequence[ThreadWish], db: Database) -> list[Part]:
    """What to read of them at first."""
    if not wishes:
        return []
    channels = {"_id": {"$in": sorted({wish.channel_id for wish in wishes})}, "delete_time": None}
    threads = [{"channel_id": w.channel_id, "customer_address": {"$in": all_forms(w.address)}} for w in wishes]
    customers = [{"workspace_id": w.workspace_id, "address": {"$in": all_forms(w.address)}} for w in wishes]
    return [
        Part(CHANNELS, db.channels, [{"$match": channels}, *with_head(db.counters)]),
        Part(LIVE, db.tickets, [{"$match": {"$or": threads, "holds_thread": True}}]),
        Part(_CUSTOMERS, db.customers, [{"$match": {"$or": customers}}]),
    ]


def add_threads(found: Found, documents: Mapping[str, list[Document]]) -> None:
    """Adds what was read."""
    found.channels |= {document["_id"]: channel_from_document(document) for document in documents[CHANNELS]}
    live = [ticket_from_document(document) for document in documents[LIVE]]
    found.threads = all_by_phone((ticket.channel_id, ticket.customer_address, ticket) for ticket in live)
    found.add_customers(documents[_CUSTOMERS])
    known = [found.customers[document["_id"]] for document in documents[_CUSTOMERS]]
    found.thread_customers = all_by_phone((c.workspace_id, c.address, c) for c in known)


def more_parts_of_threads(found: Found, db: Database) -> list[Part]:
    """What to read when their channels and earlier messages are known."""
    channels = (found.channels.get(wish.channel_id) for wish in found.starts)
    counts = sorted({_count_id(channel.organization_id) for channel in channels if channel})
    requested = (found.requested.get((wish.workspace_id, wish.request_id), ()) for wish in found.starts)
    earlier = sorted({messages[0].ticket_id for messages in requested if messages})
    parts = [Part(_COUNTS, db.counters, [{"$match": {"_id": {"$in": counts}}}])] if counts else []
    return [*parts, *([Part(_EARLIER, db.tickets, [{"$match": {"_id": {"$in": earlier}}}])] if earlier else [])]


def add_more_of_threads(found: Found, documents: Mapping[str, list[Document]]) -> None:
    """Adds what was read then."""
    for document in documents[_COUNTS]:
        counts = {int(minute): count for minute, count in document["counts"].items()}
        found.first_texts[document["organization_id"]] = FirstTexts(counts, document["version"])
    found.earlier_tickets = {document["_id"]: ticket_from_document(document) for document in documents[_EARLIER]}


def context_of(found: Found, wish: ThreadWish) -> ThreadContext:
    """What a decision about the thread goes by."""
    channel = found.channels.get(wish.channel_id)
    live = of_phone(found.threads, wish.channel_id, wish.address)
    requested = found.requested.get((wish.workspace_id, wish.request_id), []) if wish.request_id else []
    message = requested[0] if requested else None
    return ThreadContext(
        channel,
        live,
        (found.customers.get(live.customer_id) if live else None)
        or of_phone(found.thread_customers, wish.workspace_id, wish.address),
        found.first_texts.get(channel.organization_id, FirstTexts()) if channel else FirstTexts(),
        message,
        tuple(requested[1:]),
        found.earlier_tickets.get(message.ticket_id) if message else None,
    )


def thread_of(ticket: Ticket) -> tuple[str, str]:
    """Its thread, the same for all forms of the address."""
    return ticket.channel_id, current_form(ticket.customer_address)


def subjects_of(wish: ThreadWish, context: ThreadContext) -> set[Hashable]:
    """What may be decided about once in a commit: the thread and its live ticket, the customer, known or new."""
    live = {context.live.ticket_id} if context.live else set()
    known = {context.customer.customer_id} if context.customer else set()
    return {wish.thread, wish.whom, *live, *known}


def counts_written(counted: Iterable[tuple[str, FirstTexts]]) -> list[Any]:
    """Updates of organizations' counts. Whoever was faster has made the version, or has changed it: then the same id is
    inserted, which is a lost race, too."""
    return [
        UpdateOne(
            {"_id": _count_id(organization_id), "version": after.version - 1},
            {
                "$set": {
                    "organization_id": organization_id,
                    "version": after.version,
                    "counts": {str(minute): count for minute, count in after.counts.items()},
                }
            },
            upsert=True,
        )
        for organization_id, after in counted
    ]


def _count_id(organization_id: str) -> str:
    return f"first_texts:{organization_id}"
