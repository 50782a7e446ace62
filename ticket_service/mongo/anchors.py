"""AnchorStore on MongoDB. Tickets whose chain has grown are marked by whoever writes them, so that they are found."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from servicekit.audit.chain import Head, to_millis
from servicekit.audit.key_changes import is_late
from servicekit.mongo import leases
from ticket_service.domain.audit import AuditEntry
from ticket_service.mongo.audit_chains import append_to_organization
from ticket_service.mongo.database import Database
from ticket_service.mongo.trail.claims import MongoClaims
from ticket_service.mongo.trail.keys import finish_taking_over

_LEASE = {"_id": "anchoring"}
_PREFIX = "audit:"
_log = structlog.get_logger(__name__)
# How far the clocks of replicas may be apart.
_SKEW = timedelta(minutes=1)


class MongoAnchors:
    def __init__(self, database: Database) -> None:
        self._db = database
        self._claims = MongoClaims(database)

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
        found = await self._db.workspaces.distinct("organization_id")
        # What somebody changed may be anything.
        return sorted(name for name in found if isinstance(name, str))

    async def anchor_tickets(
        self,
        organization_id: str,
        limit: int,
        decide: Callable[[dict[str, Head]], AuditEntry],
        now: datetime | None = None,
    ) -> bool:
        # What a failover may still take back would look like a broken chain later.
        tickets = self._db.tickets.with_options(read_concern=ReadConcern("majority"))
        query = {"organization_id": organization_id, "anchor_due": True}
        due = await tickets.find(query, {"audit_head": 1}).sort("_id", 1).limit(limit).to_list(None)
        heads = {t["_id"]: Head.parse(t.get("audit_head")) for t in due if isinstance(t["_id"], str)}
        # A forged head is not vouched for.
        keys = await self._claims.keys(organization_id)
        genuine = {key: head for key, head in heads.items() if head and head.is_of(organization_id, key, keys)}
        genuine = {key: head for key, head in genuine.items() if await self._counts(organization_id, key, head, now)}
        if genuine:
            entry = decide(genuine)

            async def work(session: Any) -> None:
                await append_to_organization(self._db, organization_id, "", [entry], session)

            await self._db.in_transaction(work)
        # Not in that transaction, so that no text has to wait for it; one that has grown since stays marked.
        done = [
            UpdateOne({"_id": t["_id"], "audit_head": {"$eq": t.get("audit_head")}}, {"$unset": {"anchor_due": ""}})
            for t in due
        ]
        if done:
            await self._db.tickets.bulk_write(done, ordered=False)
        return len(due) == limit

    async def _counts(self, organization_id: str, ticket_id: str, head: Head, now: datetime | None) -> bool:
        if now is None or head.key_id == self._db.keys.active_id:
            return True
        claim = (await self._claims.find_claims(organization_id, [ticket_id], True)).get(ticket_id)
        links = await self._claims.find_links(organization_id, ticket_id, claim.sequence + 1 if claim else 1)
        change = (await self._claims.find_key_changes(organization_id)).get(self._db.keys.active_id)
        if is_late(links, change, to_millis(now)):
            return True
        _log.error("audit chain signed with a retired key", ticket_id=ticket_id, key_id=head.key_id)
        return False

    async def organizations_of_other_keys(self) -> dict[str, str]:
        if not self._db.trail.taking_over:
            return {}
        heads = await self.organization_heads()
        return {key: head.key_id for key, head in heads.items() if self._db.trail.is_replaced(head)}

    async def finish_taking_over(self) -> None:
        if self._db.trail.taking_over:
            await finish_taking_over(self._db)

    async def add_entry(self, organization_id: str, entry: AuditEntry) -> None:
        async def work(session: Any) -> None:
            await append_to_organization(self._db, organization_id, "", [entry], session)

        await self._db.in_transaction(work)

    async def organization_heads(self) -> dict[str, Head]:
        counters = self._db.counters.with_options(read_concern=ReadConcern("majority"))
        found = await counters.find({"_id": {"$regex": f"^{_PREFIX}"}}).to_list(None)
        heads = {counter["_id"].removeprefix(_PREFIX): counter.get("head") for counter in found}
        return {key: seen for key, head in heads.items() if (seen := self._db.trail.see(key, head))}
