"""ClaimStore on MongoDB: anchors by the tickets that they claim."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime

from servicekit.audit.chain import ANCHORED, START, Claim, Keys, Link, claims_of, to_millis
from servicekit.audit.claims import newest_claims
from servicekit.audit.key_changes import KEY_CHANGED, MOST_LATE, KeyChange, key_change_of
from ticket_service.domain.audit import NO_TICKET, ChainScope
from ticket_service.mongo.audit_documents import CLAIMED, link_from_document, place_of
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.trail.keys import learn

# What may be the name of a field in a query.
_TICKET_ID = re.compile(r"[A-Za-z0-9_]{1,64}")
_PLACES_PER_QUERY = 200
_TICKETS = {
    "$cond": [
        {"$eq": [{"$type": "$details"}, "object"]},
        {"$map": {"input": {"$objectToArray": "$details"}, "in": "$$this.k"}},
        [],
    ]
}


class MongoClaims:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def keys(self, organization_id: str) -> Keys:
        counter = await self._db.counters.find_one({"_id": f"audit:{organization_id}"}, {"head": 1}) or {}
        if self._db.trail.may_be_newer(counter.get("head")):
            await learn(self._db)
        return self._db.keys

    def known(self, scope: ChainScope) -> list[Claim]:
        return self._db.trail.claims(scope)

    async def find_claims(
        self, organization_id: str, ticket_ids: Collection[str], verified: bool, until_ms: int | None = None
    ) -> dict[str, Claim]:
        ids = [ticket_id for ticket_id in ticket_ids if _TICKET_ID.fullmatch(ticket_id)]
        anchors = {"organization_id": organization_id, "action": ANCHORED, CLAIMED: {"$in": ids}}
        plain = ("ticket_id", "sequence", "actor", "action", "time")
        fields = dict.fromkeys((*plain, *(f"details.{i}" for i in ids)), 1)
        if not ids:
            return {}
        found = await self._db.audit_records.find(anchors, fields).hint(CLAIMED).to_list(None)
        links = [link for link in map(link_from_document, found) if _has_a_place(link)]
        if until_ms is not None:
            links = [link for link in links if type(link.time_ms) is int and link.time_ms <= until_ms]
        if verified:
            return newest_claims(claim for link in links for claim in claims_of(link))
        return await self._genuine(organization_id, links)

    async def _genuine(self, organization_id: str, links: Collection[Link]) -> dict[str, Claim]:
        """The newest claims of records that were signed where they stand."""
        by_ticket: dict[str, list[tuple[Claim, int]]] = {}
        for link in sorted(links, key=lambda link: link.sequence):
            for claim in claims_of(link):
                by_ticket.setdefault(claim.ticket_id, []).append((claim, link.sequence))
        newest: dict[str, Claim] = {}
        while by_ticket:
            last = {ticket_id: claims.pop() for ticket_id, claims in by_ticket.items()}
            genuine = await self._genuine_places(organization_id, {place for _, place in last.values()})
            newest |= {ticket_id: claim for ticket_id, (claim, place) in last.items() if place in genuine}
            by_ticket = {t: claims for t, claims in by_ticket.items() if claims and t not in newest}
        return newest

    async def _genuine_places(self, organization_id: str, places: Collection[int]) -> set[int]:
        both = [*places, *(place - 1 for place in places)]
        query = {"organization_id": organization_id, "ticket_id": NO_TICKET, "sequence": {"$in": both}}
        found = map(link_from_document, await self._db.audit_records.find(query).to_list(None))
        links = {link.sequence: link for link in found if _has_a_place(link)}
        before = {place: links[place - 1].mac if place - 1 in links else START for place in places}
        return {place for place in places if place in links and links[place].follows(before[place], self._db.keys)}

    async def index_anchors(self, organization_id: str) -> bool:
        anchors = {"organization_id": organization_id, "action": ANCHORED, "ticket_id": NO_TICKET}
        query = {**anchors, "$expr": {"$ne": [f"${CLAIMED}", _TICKETS]}}
        changed = await self._db.audit_records.update_many(query, [{"$set": {CLAIMED: _TICKETS}}])
        return bool(changed.modified_count)

    async def find_times(self, organization_id: str, places: Mapping[str, int]) -> dict[str, int]:
        wanted = [{"ticket_id": ticket_id, "sequence": place} for ticket_id, place in places.items()]
        times: dict[str, int] = {}
        for start in range(0, len(wanted), _PLACES_PER_QUERY):
            query = {"organization_id": organization_id, "$or": wanted[start:][:_PLACES_PER_QUERY]}
            async for document in self._db.audit_records.find(query, {"ticket_id": 1, "sequence": 1, "time": 1}):
                if (place := place_of(document)) is not None:
                    time = document.get("time")
                    times[place[0]] = to_millis(time) if isinstance(time, datetime) else 0
        return times

    async def find_links(self, organization_id: str, ticket_id: str, sequence: int) -> list[Link]:
        query: Document = {
            "organization_id": organization_id,
            "ticket_id": ticket_id,
            "sequence": {"$gte": sequence},
        }
        found = self._db.audit_records.find(query).sort("sequence", 1).limit(MOST_LATE + 1)
        return [link_from_document(document) async for document in found]

    async def find_key_changes(self, organization_id: str) -> dict[str, KeyChange]:
        query = {"organization_id": organization_id, "action": KEY_CHANGED}
        found = map(link_from_document, await self._db.audit_records.find(query).sort("_id", 1).to_list(None))
        links = {link.sequence: link for link in found if _has_a_place(link)}
        genuine = sorted(await self._genuine_places(organization_id, links)) if links else []
        changes = [change for place in genuine if (change := key_change_of(links[place]))]
        return {change.key_id: change for change in reversed(changes)}


def _has_a_place(link: Link) -> bool:
    """Whether it can be one of the organization's own chain: what somebody changed may be anything."""
    return link.ticket_id == NO_TICKET and type(link.sequence) is int
