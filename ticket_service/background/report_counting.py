"""Background work: counts what the audit trail says, for reports. An organization's own chain has a place for each
record, and its anchors name the tickets that have grown, each of which has places of its own: so nothing is missed,
whichever replica wrote it, by whatever clock, and however late."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from servicekit.background_work.one_by_one import one_by_one
from servicekit.background_work.rounds import repeat
from servicekit.clock import Clock
from ticket_service.domain.reports.calendar import Calendar
from ticket_service.domain.reports.counting import Counted, Uncounted, count
from ticket_service.ports.reports import ReportStore
from ticket_service.use_cases.work.offices import KnownOffices

_LEASE = timedelta(minutes=1)
# How long a pause is, in times of what it follows: counting years of a trail leaves the machine to texts.
_PAUSES = 3.0


class ReportCounting:
    """Counts until cancelled; a lease says which replica does it."""

    def __init__(self, store: ReportStore, offices: KnownOffices, clock: Clock, poll_seconds: float) -> None:
        self._store = store
        self._offices = offices
        self._clock = clock
        self._poll_seconds = poll_seconds

    async def run(self) -> None:
        """Counts again and again."""
        await repeat(self.count_all, self._poll_seconds, "counting for reports")

    async def count_all(self) -> bool:
        """Counts all there is, unless another replica is doing that. False: there is no more for now."""
        if not await self._is_ours():
            return False
        # Days and hours are the workspaces' own, as they are now.
        await self._offices.refresh()
        organizations = await self._store.list_organizations()
        await one_by_one(organizations, self._count_news, "counting for reports", str)
        await self._all_of(partial(self._store.count_older, self._count))
        await self._store.release_counting()
        return False

    async def _count_news(self, organization_id: str) -> None:
        await self._all_of(partial(self._store.count_news, organization_id, self._count))

    async def _all_of(self, step: Callable[[], Awaitable[bool]]) -> None:
        while True:
            began = time.monotonic()
            if not await step() or not await self._is_ours():
                return
            await asyncio.sleep(_PAUSES * (time.monotonic() - began))

    async def _is_ours(self) -> bool:
        now = self._clock()
        return await self._store.claim_counting(now, now + _LEASE)

    def _count(self, uncounted: Uncounted) -> Counted:
        return count(uncounted, lambda workspace_id: Calendar(self._offices.offices.of(workspace_id).hours))
