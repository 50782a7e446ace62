"""What a commit reads before it decides: everything in one command, and in a second one what depends on the first.

Nothing of it is read inside the transaction, which only writes, and only what is still as it was read: see writes.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ticket_service.domain.addresses.phone_forms import all_by_phone, all_forms
from ticket_service.domain.channel import Channel
from ticket_service.domain.ingest_plan import Snapshot, StoredText
from ticket_service.domain.message import InboundText
from ticket_service.domain.ticket import Ticket
from ticket_service.domain.ticket_decision import Needs
from ticket_service.mongo.ai.reply_limits import ids_of_counts
from ticket_service.mongo.channels import channel_from_document
from ticket_service.mongo.commits.found import Found, Number
from ticket_service.mongo.commits.heads import heads_in, with_head
from ticket_service.mongo.commits.messages import add_messages, parts_behind
from ticket_service.mongo.commits.primary import Primary
from ticket_service.mongo.commits.refusals import mark_of_refusal, refusal_of_mark
from ticket_service.mongo.commits.threads import (
    CHANNELS,
    LIVE,
    add_more_of_threads,
    add_threads,
    more_parts_of_threads,
    parts_of_threads,
)
from ticket_service.mongo.commits.union import Part, union
from ticket_service.mongo.commits.wishes import ChangeWish, ThreadWish
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.message_documents import WAITS_FOR_ITS_TIME, message_from_document
from ticket_service.mongo.ticket_documents import ticket_from_document


class Reader:
    """Reads for one commit after the other; what it learns about numbers it keeps, and checks each time."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._known: dict[Number, Channel] = {}
        self._primary = Primary(database)

    def read(
        self, texts: Sequence[InboundText], changes: Sequence[ChangeWish], starts: Sequence[ThreadWish] = ()
    ) -> Found:
        """All that concerns the texts, the tickets and messages that changes name, and the threads of `starts`."""
        numbers = {(text.account_sid, text.channel_address) for text in texts}
        unknown = numbers - self._known.keys()
        if unknown:
            self._learn(unknown, self._db.channels.find(_subscribed(unknown)))
        while True:
            assumed = {number: self._known[number] for number in numbers if number in self._known}
            others = [*self._of_changes(changes), *self._of_requests([*changes, *starts])]
            documents = self._union(
                [*self._of_texts(texts, numbers, assumed), *others, *parts_of_threads(starts, self._db)]
            )
            channels = self._learn(numbers, documents["channels"])
            if _places(channels) == _places(assumed):
                found = self._found(documents, channels)
                found.starts = starts
                add_threads(found, documents)
                return found

    def read_needs(self, found: Found, wanted: Sequence[tuple[Ticket, Needs]]) -> None:
        """What decisions about these tickets need; and customers of texts in another workspace than the channel's."""
        behind = parts_behind(found, self._db.messages)
        more = [*self._named_messages(found), *behind, *more_parts_of_threads(found, self._db)]
        documents = self._union([*self._of_needs(found, wanted), *more, *self._elsewhere(found)])
        add_more_of_threads(found, documents)
        found.add_customers(documents["customers"])
        found.channels |= {document["_id"]: channel_from_document(document) for document in documents["channels"]}
        found.live_tickets |= {(d["channel_id"], d["customer_address"]): d["_id"] for d in documents["live"]}
        found.turns |= {document["_id"]: document["version"] for document in documents["turns"]}
        found.ai_replies |= {document["_id"]: document for document in documents["ai replies"]}
        add_messages(found, documents, behind)
        elsewhere = {(document["workspace_id"], document["address"]): document for document in documents["elsewhere"]}
        found.add_customers(elsewhere.values())
        theirs = all_by_phone((*key, found.customers[document["_id"]]) for key, document in elsewhere.items())
        found.snapshot = replace(found.snapshot, customers={**found.snapshot.customers, **theirs})

    def _union(self, parts: Sequence[Part]) -> Mapping[str, list[Document]]:
        while True:
            term = self._primary.proven_term()
            documents = union(parts)
            if self._primary.term() == term:
                return documents

    def _learn(self, numbers: Iterable[Number], documents: Iterable[Document]) -> dict[Number, Channel]:
        channels = {(d["account_sid"], d["phone_number"]): channel_from_document(d) for d in documents}
        for number in numbers:
            self._known.pop(number, None)
        self._known |= channels
        return channels

    def _of_texts(
        self, texts: Sequence[InboundText], numbers: set[Number], assumed: Mapping[Number, Channel]
    ) -> list[Part]:
        if not texts:
            return []
        by_account: dict[str, list[str]] = {}
        by_channel: dict[str, set[str]] = {}
        for text in texts:
            by_account.setdefault(text.account_sid, []).append(text.twilio_message_sid)
            if (channel := assumed.get((text.account_sid, text.channel_address))) is not None:
                by_channel.setdefault(channel.channel_id, set()).update(all_forms(text.customer_address))
        stored = {"$or": [{"account_sid": a, "twilio_message_sid": {"$in": sids}} for a, sids in by_account.items()]}
        fields = {"account_sid": 1, "twilio_message_sid": 1, "workspace_id": 1, "ticket_id": 1}
        parts = [
            Part("channels", self._db.channels, [{"$match": _subscribed(numbers)}, *with_head(self._db.counters)]),
            Part("stored", self._db.messages, [{"$match": stored}, {"$project": fields}]),
        ]
        if homeless := _homeless(texts, assumed):
            marks = {mark_of_refusal((text.organization_id, text.twilio_message_sid))["_id"] for text in homeless}
            parts.append(Part("refused", self._db.counters, [{"$match": _ids(marks)}]))
        if by_channel:
            threads = [{"channel_id": c, "customer_address": {"$in": sorted(a)}} for c, a in by_channel.items()]
            parts.append(Part("threads", self._db.tickets, [{"$match": {"$or": threads, "holds_thread": True}}]))
            workspaces = {channel.workspace_id for channel in assumed.values()}
            addresses = set[str]().union(*by_channel.values())
            parts.append(Part("customers", self._db.customers, [{"$match": _of_address(workspaces, addresses)}]))
        return parts

    def _of_changes(self, changes: Sequence[ChangeWish]) -> list[Part]:
        parts = []
        if tickets := {change.ticket_id for change in changes if change.ticket_id}:
            parts.append(Part("tickets", self._db.tickets, [{"$match": _ids(tickets)}, *with_head(self._db.counters)]))
        if messages := {change.message_id for change in changes if change.message_id}:
            ticket = {"from": self._db.tickets.name, "localField": "ticket_id", "foreignField": "_id", "as": "_ticket"}
            joined = [{"$match": _ids(messages)}, {"$lookup": ticket}, *with_head(self._db.counters)]
            parts.append(Part("messages", self._db.messages, joined))
        if seen := {change.seen_id for change in changes if change.seen_id}:
            parts.append(Part("seen", self._db.messages, [{"$match": _ids(seen)}]))
        return parts

    def _of_requests(self, wishes: Iterable[ChangeWish | ThreadWish]) -> list[Part]:
        requests: dict[str, set[str]] = {}
        for wish in wishes:
            if wish.request_id:
                requests.setdefault(wish.workspace_id, set()).add(wish.request_id)
        either = [{"workspace_id": w, "request_id": {"$in": sorted(ids)}} for w, ids in requests.items()]
        return [Part("requested", self._db.messages, [{"$match": {"$or": either}}])] if either else []

    def _of_needs(self, found: Found, wanted: Sequence[tuple[Ticket, Needs]]) -> list[Part]:
        customers = {t.customer_id for t, needs in wanted if Needs.CUSTOMER in needs} - found.customers.keys()
        channels = {t.channel_id for t, needs in wanted if Needs.CHANNEL in needs}
        turns = {t.ticket_id for t, needs in wanted if Needs.AI_TURN in needs}
        counted = ids_of_counts(t for t, needs in wanted if Needs.AI_REPLIES in needs)
        scheduled = sorted(t.ticket_id for t, needs in wanted if Needs.SCHEDULED in needs)
        threads = [
            {"channel_id": t.channel_id, "customer_address": t.customer_address}
            for t, needs in wanted
            if Needs.LIVE_TICKET in needs and not t.holds_thread
        ]
        thread = {"channel_id": 1, "customer_address": 1}
        parts = [
            Part("customers", self._db.customers, [{"$match": _ids(customers)}]) if customers else None,
            Part("channels", self._db.channels, [{"$match": {**_ids(channels), "delete_time": None}}])
            if channels
            else None,
            Part("turns", self._db.ai_turns, [{"$match": _ids(turns)}, {"$project": {"version": 1}}])
            if turns
            else None,
            Part("ai replies", self._db.counters, [{"$match": _ids(counted)}]) if counted else None,
            Part("live", self._db.tickets, [{"$match": {"$or": threads, "holds_thread": True}}, {"$project": thread}])
            if threads
            else None,
            Part("scheduled", self._db.messages, [{"$match": {"ticket_id": {"$in": scheduled}, **WAITS_FOR_ITS_TIME}}])
            if scheduled
            else None,
        ]
        return [part for part in parts if part is not None]

    def _named_messages(self, found: Found) -> list[Part]:
        ids = {part for messages in found.requested.values() for part in messages[0].further_parts}
        ids |= {message.retried_by for message in found.messages.values() if message.retried_by}
        return [Part("parts", self._db.messages, [{"$match": _ids(ids)}])] if ids else []

    def _elsewhere(self, found: Found) -> list[Part]:
        """A channel that has moved to another workspace still has the live tickets that were begun before."""
        places = {(t.workspace_id, t.customer_address) for t in found.snapshot.live_tickets.values()}
        read = {channel.workspace_id for channel in found.snapshot.channels.values()}
        either = [{"workspace_id": w, "address": address} for w, address in sorted(places) if w not in read]
        return [Part("elsewhere", self._db.customers, [{"$match": {"$or": either}}])] if either else []

    def _found(self, documents: Mapping[str, list[Document]], channels: dict[Number, Channel]) -> Found:
        found = Found()
        found.add_customers(documents["customers"])
        live = [ticket_from_document(document) for document in documents["threads"]]
        found.snapshot = Snapshot(
            channels,
            {(d["account_sid"], d["twilio_message_sid"]): _stored(d) for d in documents["stored"]},
            all_by_phone((ticket.channel_id, ticket.customer_address, ticket) for ticket in live),
            all_by_phone((c.workspace_id, c.address, c) for c in found.customers.values()),
            set(map(refusal_of_mark, documents["refused"])),
        )
        found.tickets = {document["_id"]: ticket_from_document(document) for document in documents["tickets"]}
        for document in documents["messages"]:
            found.messages[document["_id"]] = message_from_document(document)
            found.tickets |= {ticket["_id"]: ticket_from_document(ticket) for ticket in document["_ticket"]}
        found.seen = {document["_id"]: message_from_document(document) for document in documents["seen"]}
        for document in documents["requested"]:
            found.requested[document["workspace_id"], document["request_id"]] = [message_from_document(document)]
        self._add_heads(found, documents, live)
        return found

    def _add_heads(self, found: Found, documents: Mapping[str, list[Document]], live: Sequence[Ticket]) -> None:
        stored: dict[str, str] = {}
        for part in ("channels", "tickets", "messages", CHANNELS):
            stored |= heads_in(documents[part])
        for organization_id, head in stored.items():
            if seen := self._db.trail.see(organization_id, head):
                found.organization_heads[organization_id] = seen
        known = [*live, *found.tickets.values(), *map(ticket_from_document, documents[LIVE])]
        found.heads = {*stored.values(), *(ticket.audit_head for ticket in known)}


def _homeless(texts: Iterable[InboundText], channels: Mapping[Number, Channel]) -> list[InboundText]:
    """Texts that no channel of their organization takes."""
    owners = {number: channel.organization_id for number, channel in channels.items()}
    return [text for text in texts if owners.get((text.account_sid, text.channel_address)) != text.organization_id]


def _places(channels: Mapping[Number, Channel]) -> dict[Number, tuple[str, str]]:
    return {number: (channel.channel_id, channel.workspace_id) for number, channel in channels.items()}


def _subscribed(numbers: Iterable[Number]) -> Document:
    return {"$or": [{"account_sid": a, "phone_number": n} for a, n in sorted(numbers)], "delete_time": None}


def _of_address(workspaces: Iterable[str], addresses: Iterable[str]) -> Document:
    return {"workspace_id": {"$in": sorted(workspaces)}, "address": {"$in": sorted(addresses)}}


def _ids(ids: Iterable[str]) -> Document:
    return {"_id": {"$in": sorted(ids)}}


def _stored(document: Document) -> StoredText:
    return StoredText(document["_id"], document["workspace_id"], document["ticket_id"], True)
