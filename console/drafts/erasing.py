"""Drafts on tickets that are erased go, too: the services say which those are, whoever asked for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from client.failure import Failure
from client.services import Services
from client.session import Scope, Session
from console.drafts.draft import DraftStore
from keva.ticket.v1 import event_service_pb2 as pb
from servicekit.background_work.rounds import repeat

_EVERY_SECONDS = 30.0
_ERASED = "ticket.erased"
_PAGE = 200
# Two processes' clocks may differ by so much.
_CLOCKS = timedelta(minutes=1)
# With these it begins again, at the oldest draft.
_TOKEN_IS_USELESS = frozenset({"RESUME_TOKEN_EXPIRED", "RESUME_TOKEN_INVALID"})
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Place:
    """How far the events of an organization have been read."""

    organization_id: str
    token: str


class PlaceStore(Protocol):
    """Where places are kept, for all replicas."""

    async def get(self, organization_id: str) -> Place | None:
        """None where it is to begin."""
        ...

    async def put(self, place: Place) -> None:
        """Keeps it in place of the one that there is."""
        ...

    async def remove_others(self, organization_ids: Sequence[str]) -> None:
        """Removes those of organizations that are not named."""
        ...


class DraftErasing:
    """Erases until cancelled. Replicas need no lease: what was removed twice is removed."""

    def __init__(self, drafts: DraftStore, places: PlaceStore, services: Services) -> None:
        self._drafts = drafts
        self._places = places
        self._services = services

    async def run(self) -> None:
        """Looks again and again."""
        await repeat(self.erase_due, _EVERY_SECONDS, "looking for drafts of what is erased")

    async def erase_due(self) -> bool:
        """Removes those on what was erased since it last looked. False: there is no more now."""
        oldest = await self._drafts.oldest()
        await self._places.remove_others(list(oldest))
        for organization_id, time in oldest.items():
            try:
                await self._erase(organization_id, time)
            except Failure as failure:
                _log.warning("drafts stay for now", reason=failure.reason or failure.kind.value)
        return False

    async def _erase(self, organization_id: str, oldest: datetime) -> None:
        session, more = Session(self._services, Scope(None, organization_id, "", "")), True
        request = pb.ListEventsRequest(organization_id=organization_id, types=[_ERASED], page_size=_PAGE)
        _begin(request, await self._places.get(organization_id), oldest)
        while more:
            try:
                page = await session.ask(self._services.events.ListEvents, request)
            except Failure as failure:
                if failure.reason not in _TOKEN_IS_USELESS or not request.resume_token:
                    raise
                _begin(request, None, oldest)
                continue
            await self._drafts.remove_of_tickets([event.ticket_id for event in page.events])
            await self._places.put(Place(organization_id, page.resume_token))
            _begin(request, Place(organization_id, page.resume_token), oldest)
            more = page.more


def _begin(request: pb.ListEventsRequest, place: Place | None, oldest: datetime) -> None:
    """At the place; else with the oldest draft: what was erased before it has none."""
    request.ClearField("start_time")
    request.resume_token = place.token if place else ""
    if place is None:
        request.start_time.FromDatetime(oldest - _CLOCKS)
