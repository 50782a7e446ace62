"""ReplyCountStore on MongoDB: a single value per channel and per customer, written in the commit of the reply. MongoDB
deletes each when it counts for nothing any more."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from pymongo import ASCENDING, IndexModel, UpdateOne

from ticket_service.domain.ai.reply_limits import ChannelReplies, CustomerReplies, ReplyCounts
from ticket_service.domain.ticket import Ticket
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document

# Of `counters`, which holds other values too.
INDEXES = [
    IndexModel(
        [("expire_time", ASCENDING)],
        name="expired",
        expireAfterSeconds=0,
        partialFilterExpression={"expire_time": {"$exists": True}},
    )
]
# Longer than each of them counts.
_KEPT = timedelta(days=3)


class MongoReplyCounts:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def reply_counts(self, channel_id: str, customer_id: str) -> ReplyCounts:
        ids = [_id_of(channel_id), _id_of(customer_id)]
        found = await self._db.counters.find({"_id": {"$in": ids}}).to_list(None)
        return _counts({document["_id"]: document for document in found}, channel_id, customer_id)


def ids_of_counts(tickets: Iterable[Ticket]) -> list[str]:
    """Of what is counted for replies on these tickets."""
    return sorted({_id_of(subject) for ticket in tickets for subject in (ticket.channel_id, ticket.customer_id)})


def counts_of(documents: Mapping[str, Document], ticket: Ticket) -> ReplyCounts:
    """What is counted for replies on the ticket, from documents by their ids."""
    return _counts(documents, ticket.channel_id, ticket.customer_id)


def counts_written(ticket: Ticket, before: ReplyCounts, after: ReplyCounts) -> list[UpdateOne]:
    """Updates of what has changed. Whoever was faster has made the version, or has changed it: then the same id is
    inserted, which is a lost race, too."""
    expire_time = ticket.update_time + _KEPT
    channel, customer = after.channel, after.customer
    updates = []
    if channel != before.channel:
        count = {"day": channel.day, "count": channel.count, "reached": channel.reached}
        updates.append(_update(ticket.channel_id, channel.version, {**count, "expire_time": expire_time}))
    if customer != before.customer:
        times = {"times": list(customer.times), "expire_time": expire_time}
        updates.append(_update(ticket.customer_id, customer.version, times))
    return updates


def _update(subject: str, version: int, fields: Document) -> UpdateOne:
    unchanged = {"_id": _id_of(subject), "version": version - 1}
    return UpdateOne(unchanged, {"$set": {**fields, "version": version}}, upsert=True)


def _counts(documents: Mapping[str, Document], channel_id: str, customer_id: str) -> ReplyCounts:
    return ReplyCounts(_of_channel(documents.get(_id_of(channel_id))), _of_customer(documents.get(_id_of(customer_id))))


def _of_channel(document: Document | None) -> ChannelReplies:
    if document is None:
        return ChannelReplies()
    return ChannelReplies(document["day"], document["count"], document["reached"], document["version"])


def _of_customer(document: Document | None) -> CustomerReplies:
    return CustomerReplies(tuple(document["times"]), document["version"]) if document else CustomerReplies()


def _id_of(subject: str) -> str:
    return f"ai_replies:{subject}"
