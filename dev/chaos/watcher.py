"""Follows all events of a run as another program would that is killed again and again, sometimes before it has written
down how far it was."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

import grpc

from dev.local_stack.accounts import ORGANIZATION, Clients
from keva.ticket.v1 import audit_service_pb2, event_service_pb2
from servicekit.rpc.statuses_to_errors import as_keva_error

_PAGE = 200
_LONGEST_LIFE = 3.0
_PAUSE_SECONDS = 0.2
_TOKEN_LOST = 0.1
_LATEST_SECONDS = 90.0
# What would go on for ever.
_WRONG = frozenset({"RESUME_TOKEN_INVALID", "RESUME_TOKEN_EXPIRED", "CALLER_NOT_ALLOWED"})


@dataclass(frozen=True)
class Seen:
    """What a watcher saw: of how many records, in how many lives; which it never saw, and which came while one before
    it on the same ticket had not; what it was refused."""

    records: int
    lives: int
    missed: Sequence[str]
    disordered: Sequence[str]
    refused: Sequence[str] = ()

    @property
    def promises_kept(self) -> bool:
        """Whether every event came, in order."""
        return not (self.missed or self.disordered or self.refused)


class Watcher:
    """Of the whole organization. `seed` decides when it dies, as far as that does not depend on others."""

    def __init__(self, clients: Clients, seed: int) -> None:
        self._clients = clients
        self._dice = random.Random(seed)
        self._token = ""
        self._last: dict[str, int] = {}
        self._seen: set[str] = set()
        self._before: set[str] = set()
        self._disordered: list[str] = []
        self._refused: list[str] = []
        self.lives = 0

    async def begin(self) -> None:
        """It knows where it stands; what is recorded from now on it must see."""
        while not self._token:
            await self._live(_LONGEST_LIFE, until_token=True)
        self._before = set(await self._recorded())

    async def run(self) -> None:
        """Lives and dies until it is cancelled."""
        while True:
            await self._live(self._dice.uniform(0, _LONGEST_LIFE))

    async def seen(self) -> Seen:
        """The end: it follows until it has seen all that is recorded by now, or for as long as that may take."""
        recorded = [record for record in await self._recorded() if record not in self._before]
        deadline = asyncio.get_running_loop().time() + _LATEST_SECONDS
        while not self._seen.issuperset(recorded) and asyncio.get_running_loop().time() < deadline:
            await self._live(_LONGEST_LIFE)
        missed = [record for record in recorded if record not in self._seen]
        return Seen(len(recorded), self.lives, missed, self._disordered, self._refused)

    async def _live(self, seconds: float, until_token: bool = False) -> None:
        request = event_service_pb2.WatchEventsRequest(organization_id=ORGANIZATION, resume_token=self._token)
        call = self._clients.events.WatchEvents(request)
        self.lives += 1
        try:
            async with asyncio.timeout(seconds):
                async for response in call:
                    self._take(response)
                    if until_token:
                        return
        except TimeoutError:
            pass
        except grpc.aio.AioRpcError as error:
            known = as_keva_error(error)
            if known.reason in _WRONG or "error_id" in known.metadata:
                self._refused.append(f"{known.reason}: {known.message}")
            await asyncio.sleep(_PAUSE_SECONDS)
        finally:
            call.cancel()

    def _take(self, response: event_service_pb2.WatchEventsResponse) -> None:
        for event in response.events:
            last = self._last.get(event.ticket_id, event.sequence - 1)
            if event.sequence > last + 1:
                self._disordered.append(event.event_id)
            self._last[event.ticket_id] = max(event.sequence, last)
            self._seen.add(event.event_id)
        if self._dice.random() >= _TOKEN_LOST or not self._token:
            self._token = response.resume_token

    async def _recorded(self) -> list[str]:
        request = audit_service_pb2.ListAuditRecordsRequest(organization_id=ORGANIZATION, page_size=_PAGE)
        found: list[str] = []
        while True:
            page = await self._clients.audit.ListAuditRecords(request)
            found += [record.audit_record_id for record in page.audit_records]
            request.page_token = page.next_page_token
            if not request.page_token:
                return found
