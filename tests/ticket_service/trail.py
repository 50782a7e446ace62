"""An audit trail as tests look at it and harm it: a desk, its database behind the service's back, and what the
verification says, of the service and of an export."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bson.codec_options import CodecOptions

from keva.ticket.v1 import audit_service_pb2 as pb
from servicekit.audit.chain import Head, Keys
from servicekit.audit.export import ExportVerifier
from servicekit.audit.verification import Break
from servicekit.ids import new_id
from tests.mongo_clients import client_of_services, mongo_client
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.desk import ORGANIZATION, WORKSPACE, Desk
from ticket_service.background.audit_anchors import AuditAnchors
from ticket_service.domain.audit import Actor, ActorKind, AuditEntry, in_order
from ticket_service.mongo.audit_chains import extend, extend_ticket
from ticket_service.mongo.audit_documents import record_from_document, record_to_document
from ticket_service.mongo.store import MongoStore
from ticket_service.mongo.ticket_documents import ticket_from_document, ticket_to_document

NOW = datetime(2026, 1, 1, tzinfo=UTC)
Found = tuple[str, str, int]


@dataclass
class Trail:
    """A desk with a ticket of some records, its database, and what the verification says of them."""

    desk: Desk
    database: Any
    anchors: AuditAnchors
    ticket_id: str
    scope: dict[str, str] = field(default_factory=dict)

    async def verify(self, **request: Any) -> list[Found]:
        """What is broken: kind, ticket, place; without repetitions."""
        found = [(kind_of(b), b.ticket_id, b.sequence) for b in (await self.verified(**request))[0]]
        return list(dict.fromkeys(found))

    async def verified(self, **request: Any) -> tuple[list[pb.AuditBreak], list[pb.VerifyAuditTrailResponse]]:
        parts = [await self._part(**request)]
        while token := parts[-1].next_page_token:
            parts.append(await self._part(page_token=token, **request))
        return [found for part in parts for found in part.breaks], parts

    async def _part(self, **request: Any) -> pb.VerifyAuditTrailResponse:
        values = {"organization_id": ORGANIZATION, **self.scope, **request}
        return await self.desk.audit.VerifyAuditTrail(pb.VerifyAuditTrailRequest(**values))

    async def exported(self, **request: Any) -> list[str]:
        values = {"organization_id": ORGANIZATION, **self.scope, **request}
        lines: list[str] = []
        while True:
            part = await self.desk.audit.ExportAuditTrail(pb.ExportAuditTrailRequest(**values))
            lines += part.lines
            values["page_token"] = part.next_page_token
            if not part.next_page_token:
                return lines

    async def verify_export(self, keys: Keys = AUDIT_KEYS) -> list[Break]:
        return verified_lines(await self.exported(), keys)

    async def found_offline(self, keys: Keys) -> list[Found]:
        """What an export shows to be broken, where the active key is not named."""
        breaks = await self.verify_export(Keys(keys.by_id))
        return list(dict.fromkeys((b.kind.value, b.ticket_id, b.sequence) for b in breaks))

    def records(self, ticket_id: str | None = None) -> list[dict[str, Any]]:
        """The chain's documents, in the order of their places."""
        query = {"organization_id": ORGANIZATION, "ticket_id": self.ticket_id if ticket_id is None else ticket_id}
        return list(self.database.audit_records.find(query).sort("sequence", 1))

    def change(self, sequence: int, **fields: Any) -> None:
        self.database.audit_records.update_one({"ticket_id": self.ticket_id, "sequence": sequence}, {"$set": fields})

    def delete(self, *sequences: int) -> None:
        self.database.audit_records.delete_many({"ticket_id": self.ticket_id, "sequence": {"$in": sequences}})

    def replace(self, documents: list[dict[str, Any]]) -> None:
        """Makes these the ticket's records, whatever was there."""
        self.database.audit_records.delete_many({"ticket_id": self.ticket_id})
        self.database.audit_records.insert_many(documents)

    def ticket(self) -> dict[str, Any]:
        found: dict[str, Any] = self.database.tickets.find_one({"_id": self.ticket_id})
        return found

    def own_end(self) -> dict[str, Any]:
        """What says where the organization's own chain ends."""
        found: dict[str, Any] = self.database.counters.find_one({"_id": f"audit:{ORGANIZATION}"})
        return found

    def cut_back(self, end: dict[str, Any]) -> None:
        """The organization's own chain, back to an end that it had before."""
        self.database.audit_records.delete_many({"ticket_id": "", "sequence": {"$gt": end["value"]}})
        self.database.counters.replace_one({"_id": end["_id"]}, end)

    def remove_own_chain(self) -> None:
        self.database.audit_records.delete_many({"ticket_id": ""})
        self.database.counters.delete_one({"_id": f"audit:{ORGANIZATION}"})

    def remove_ticket(self, ticket_id: str) -> None:
        """With all that there is of it."""
        self.database.audit_records.delete_many({"ticket_id": ticket_id})
        self.database.messages.delete_many({"ticket_id": ticket_id})
        self.database.tickets.delete_one({"_id": ticket_id})

    def add_record(self, keys: Keys, ticket_id: str, time: datetime, seen: Head | None = None) -> None:
        """Goes on with a ticket's chain as whoever has those keys can."""
        ticket = ticket_from_document(self.database.tickets.find_one({"_id": ticket_id}))
        entry = AuditEntry("note.added", "msg_1", Actor(ActorKind.AGENT, "dana"), time)
        records = in_order([entry], ORGANIZATION, WORKSPACE, ticket_id, ticket.audit_sequence, new_id)
        after, signed = extend_ticket(keys, ticket, records, seen)
        self.database.tickets.replace_one({"_id": ticket_id}, ticket_to_document(after))
        self.database.audit_records.insert_many([record_to_document(record) for record in signed])

    def sign_again(self, keys: Keys, ticket_ids: Sequence[str], **changed: Any) -> None:
        """Writes chains again as whoever has those keys can, with all records changed, and their ends to match."""
        # The organization's own chain last: what it claims is made to fit.
        for ticket_id in sorted(ticket_ids, reverse=True):
            documents = [{**document, **changed, "key_id": "", "mac": ""} for document in self.records(ticket_id)]
            documents = [self._claiming(document) for document in documents]
            signed, head = extend(keys, "", [record_from_document(document) for document in documents])
            self.database.audit_records.delete_many({"organization_id": ORGANIZATION, "ticket_id": ticket_id})
            self.database.audit_records.insert_many([record_to_document(record) for record in signed])
            if ticket_id:
                self.database.tickets.update_one({"_id": ticket_id}, {"$set": {"audit_head": head}})
            else:
                self.database.counters.update_one({"_id": f"audit:{ORGANIZATION}"}, {"$set": {"head": head}})

    def _claiming(self, document: dict[str, Any]) -> dict[str, Any]:
        """An anchor that claims what there is now; anything else as it is."""
        if document["action"] != "audit.anchored":
            return document
        places = {ticket_id: int(text.split()[0]) for ticket_id, text in document["details"].items()}
        macs = {ticket_id: self.records(ticket_id)[place - 1]["mac"] for ticket_id, place in places.items()}
        return {**document, "details": {ticket_id: f"{places[ticket_id]} {mac}" for ticket_id, mac in macs.items()}}


def kind_of(found: pb.AuditBreak) -> str:
    """Without its prefix."""
    return pb.AuditBreakKind.Name(found.kind).removeprefix("AUDIT_BREAK_KIND_")


def verified_lines(lines: Sequence[str], keys: Keys) -> list[Break]:
    """What an export shows to be broken."""
    verifier = ExportVerifier(keys)
    for line in lines:
        verifier.take(line)
    return verifier.finish()


@asynccontextmanager
async def trail_of(desk: Desk, uri: str, database: str, alone: bool, keys: Keys = AUDIT_KEYS) -> AsyncIterator[Trail]:
    """A new ticket with ten records; `alone` in its database, all of which is verified then."""
    ticket_id = await desk.new_ticket()
    for number in range(7):
        await desk.note(ticket_id, f"note {number}")
    store = MongoStore(uri, database, keys, shared=client_of_services(uri))
    anchors = AuditAnchors(store.anchors, keys, lambda: NOW, 1)
    with mongo_client(uri) as client:
        documents = client.get_database(database, codec_options=CodecOptions(tz_aware=True))
        yield Trail(desk, documents, anchors, ticket_id, {} if alone else {"ticket_id": ticket_id})
    store.close()


def through(trail: Trail, desk: Desk) -> Trail:
    """The same trail as another replica sees it."""
    return replace(trail, desk=desk)
