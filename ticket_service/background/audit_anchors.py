"""Background work: records the ends of tickets' chains in their organization's chain, and writes that chain's own end
to the log and to a file, so that what somebody cuts off in the database is missed."""

import asyncio
import json
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog

from servicekit.audit.chain import ANCHORING_ACTOR, Anchor, Head, Keys, anchor_of, commitment
from servicekit.background_work.one_by_one import one_by_one
from servicekit.background_work.rounds import repeat
from servicekit.clock import Clock
from servicekit.logs import Verbatim
from ticket_service.domain.audit import Actor, ActorKind, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.ports.anchors import AnchorStore

# Bounds the size of a record: about 10 KB.
_TICKETS_PER_RECORD = 100
_LEASE = timedelta(minutes=1)
_ACTOR = Actor(ActorKind.SERVICE, ANCHORING_ACTOR)
_log = structlog.get_logger(__name__)


class AuditAnchors:
    """Anchors until cancelled; a lease says which replica does it."""

    def __init__(
        self, store: AnchorStore, keys: Keys, clock: Clock, every_seconds: float, file: Path | None = None
    ) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock
        self._every_seconds = every_seconds
        self._file = file
        self._put_out: dict[str, Head] = {}

    async def take_over(self) -> None:
        """Where the active key is a new one: claims what others have signed, and says from where on it signs. Before
        this replica signs anything else with it."""
        for organization_id, replaced in (await self._store.organizations_of_other_keys()).items():
            entry = partial(self._entry, organization_id)
            while await self._store.anchor_tickets(organization_id, _TICKETS_PER_RECORD, entry):
                pass
            details = {"key_id": self._keys.active_id, "instead_of": replaced}
            changed = AuditEntry(AuditAction.AUDIT_KEY_CHANGED, organization_id, _ACTOR, self._clock(), details)
            await self._store.add_entry(organization_id, changed)
        await self._store.finish_taking_over()

    async def run(self) -> None:
        """Anchors again and again."""
        await asyncio.sleep(self._every_seconds)
        await repeat(self.anchor, self._every_seconds, "anchoring")

    async def anchor(self) -> bool:
        """Anchors all that has grown, unless another replica is doing that. False: there is no more for now."""
        now = self._clock()
        if not await self._store.claim_anchoring(now, now + _LEASE):
            return False
        organizations = await self._store.list_organizations()
        await one_by_one(organizations, partial(self._anchor, now), "anchoring", str)
        heads = await self._store.organization_heads()
        await one_by_one(heads.items(), self._put_out_new, "putting an anchor out", lambda of: of[0])
        await self._store.release_anchoring()
        return False

    async def _anchor(self, now: datetime, organization_id: str) -> None:
        entry = partial(self._entry, organization_id)
        while await self._store.anchor_tickets(organization_id, _TICKETS_PER_RECORD, entry, now):
            pass

    async def _put_out_new(self, of: tuple[str, Head]) -> None:
        organization_id, head = of
        if self._put_out.get(organization_id) != head:
            await self._put(anchor_of(organization_id, head, self._clock(), self._keys))
            self._put_out[organization_id] = head

    def _entry(self, organization_id: str, heads: dict[str, Head]) -> AuditEntry:
        details = {ticket_id: commitment(head) for ticket_id, head in heads.items()}
        return AuditEntry(AuditAction.AUDIT_ANCHORED, organization_id, _ACTOR, self._clock(), details)

    async def _put(self, anchor: Anchor) -> None:
        fields = anchor.as_fields()
        _log.info(
            "audit anchor",
            **{name: Verbatim(value) if isinstance(value, str) else value for name, value in fields.items()},
        )
        if self._file is not None:
            await asyncio.to_thread(_append, self._file, json.dumps(anchor.as_fields()) + "\n")


def _append(file: Path, line: str) -> None:
    with file.open("a", encoding="utf-8") as opened:
        opened.write(line)
