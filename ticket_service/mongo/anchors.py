"""AnchorStore on MongoDB. Tickets whose chain has grown are marked by whoever writes them, so that they are found."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from servicekit.audit.chain import Head
from servicekit.mongo import leases
from ticket_service.domain.audit import AuditEntry
from ticket_service.mongo.audit_chains import append_to_organization
from ticket_service.mongo.database import Database

_LEASE = {"_id": "anchoring"}
_PREFIX = "audit:"
# How far the clocks of replicas may be apart.
_SKEW = timedelta(minutes=1)


class MongoAnchors:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def claim_anchoring(self, now: datetime, lease_until: datetime) -> bool:
        try:
            change = {"$set": {"lease_until": lease_until}}
            # A lease that is longer than any that is given would stop anchoring for good.
            over = [{"lease_until": {"$lte": now}}, {"lease_until": {"$not": {"$lte": lease_until + _SKEW}}}]
            await self._db.counters.update_one({**_LEASE, "$or": over}, change, upsert=True)
        except DuplicateKeyError:
            # It is there, and somebody else's.
            return False
        return True

    async def release_anchoring(self) -> None:
        await self._db.counters.update_one(_LEASE, {"$set": {"lease_until": leases.FREE}})

    async def list_organizations(self) -> list[str]:
        return sorted(await self._db.workspaces.distinct("organization_id"))

    async def anchor_tickets(
        self, organization_id: str, limit: int, decide: Callable[[dict[str, Head]], AuditEntry]
    ) -> bool:
        # What a failover may still take back would look like a broken chain later.
        tickets = self._db.tickets.with_options(read_concern=ReadConcern("majority"))
        query = {"organization_id": organization_id, "anchor_due": True}
        due = await tickets.find(query, {"audit_head": 1}).sort("_id", 1).limit(limit).to_list(None)
        keys = self._db.keys
        heads = {ticket["_id"]: Head.parse(ticket.get("audit_head")) for ticket in due}
        # A forged head is not vouched for.
        genuine = {key: head for key, head in heads.items() if head and head.is_of(organization_id, key, keys)}
        if genuine:
            entry = decide(genuine)

            async def work(session: Any) -> None:
                await append_to_organization(self._db, organization_id, "", [entry], session)

            await self._db.in_transaction(work)
        # Not in that transaction, so that no text has to wait for it; one that has grown since stays marked.
        done = [
            UpdateOne({"_id": t["_id"], "audit_head": t.get("audit_head")}, {"$unset": {"anchor_due": ""}}) for t in due
        ]
        if done:
            await self._db.tickets.bulk_write(done, ordered=False)
        return len(due) == limit

    async def organization_heads(self) -> dict[str, Head]:
        counters = self._db.counters.with_options(read_concern=ReadConcern("majority"))
        found = await counters.find({"_id": {"$regex": f"^{_PREFIX}"}}).to_list(None)
        heads = {counter["_id"].removeprefix(_PREFIX): Head.parse(counter.get("head")) for counter in found}
        keys = self._db.keys
        return {key: head for key, head in heads.items() if head and head.is_of(key, "", keys)}
