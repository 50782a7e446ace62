"""A whole Keva for each number of tickets, all at once: what is measured at one size is measured beside the others."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import pymongo

from dev.benchmark import machine
from dev.benchmark.folder import ResultFolder
from dev.benchmark.growth.filling import Filler
from dev.benchmark.growth.templates import TICKETS, make_templates
from dev.benchmark.keva import Keva
from dev.local_stack.accounts import ORGANIZATION, WORKSPACE
from keva.ticket.v1 import audit_service_pb2, ticket_service_pb2
from servicekit.audit.key_files import load_keys

# The 0.25 GB of a local stack hold 1,000 tickets and no million: the cache would be measured, not the growth.
_CACHE_GB = str(machine.default_mongod_cache_gb())
# A million of tickets that were all written at once.
_ANCHORING_SECONDS = 900
_SETTLING_SECONDS = 300
# Reports count tickets in the background, with pauses: so many at once keep them busy for long.
_CATCHING_UP_SECONDS = 1800


class GrowthError(Exception):
    """The tickets that were filled in are not as Keva makes them."""


@dataclass(frozen=True)
class FilledDesk:
    """A running Keva with so many `tickets`, which have the `numbers`."""

    keva: Keva
    tickets: int
    numbers: range

    def processes(self) -> dict[str, int]:
        """All of its processes, by names that no other desk's have."""
        return {f"{name} of {self.tickets}": pid for name, pid in self.keva.pids().items()}


@asynccontextmanager
async def filled_desks(
    folder: ResultFolder, sizes: Sequence[int], replicas: int, say: Callable[[str], None]
) -> AsyncIterator[Sequence[FilledDesk]]:
    """One for each size, as it would be after a year. Raises StackError, GrowthError."""
    async with AsyncExitStack() as running:
        desks = []
        for size in sizes:
            place = running.enter_context(folder.stack(f"growth-{size}"))
            keva = await running.enter_async_context(place.keva(replicas, {"KEVA_MONGOD_CACHE_GB": _CACHE_GB}))
            desks.append(FilledDesk(keva, size, await fill(keva, size, _Steps(size, say).reached)))
        for desk in desks:
            await settle(desk.keva, desk.tickets)
        yield desks


async def fill(keva: Keva, tickets: int, progress: Callable[[int], None]) -> range:
    """Adds so many tickets. Their numbers. Raises GrowthError when Keva finds fault with one of them."""
    stack = keva.running.stack
    templates = await make_templates(keva.desk, stack.mongodb_uri)
    keys = load_keys(stack.state.audit_keys, stack.state.active_audit_key_id(), "", "")
    numbers = await asyncio.to_thread(Filler(stack.mongodb_uri, templates, keys).fill, tickets, progress)
    await _verify(keva, numbers)
    return numbers


async def _verify(keva: Keva, numbers: range) -> None:
    """Raises GrowthError when Keva finds fault with the audit chain of a ticket that was filled in."""
    clients = keva.running.clients
    found = ticket_service_pb2.ListTicketsRequest(workspace_id=WORKSPACE, number=numbers[len(numbers) // 2])
    (ticket,) = (await clients.tickets.ListTickets(found)).tickets
    chain = audit_service_pb2.VerifyAuditTrailRequest(
        organization_id=ORGANIZATION, workspace_id=WORKSPACE, ticket_id=ticket.ticket_id
    )
    verified = await clients.audit.VerifyAuditTrail(chain)
    async with asyncio.timeout(_ANCHORING_SECONDS):
        while [found.kind for found in verified.breaks] == [audit_service_pb2.AUDIT_BREAK_KIND_UNANCHORED]:
            await asyncio.sleep(1)
            verified = await clients.audit.VerifyAuditTrail(chain)
    if verified.breaks or not verified.verified_records:
        raise GrowthError(f"the audit chain of a ticket that was filled in does not verify: {verified.breaks}")


async def settle(keva: Keva, tickets: int) -> None:
    """No desk has written all of its tickets within minutes: what that left for the database to do is done first. And
    one that is at work has counted its tickets for reports, and has them in memory as long as they fit."""
    stack = keva.running.stack
    await asyncio.to_thread(_checkpoint, stack.mongodb_uri)
    await stack.restart("mongod")
    await asyncio.to_thread(_read_all, stack.mongodb_uri)
    async with asyncio.timeout(_SETTLING_SECONDS):
        while not await _answers(keva):  # noqa: ASYNC110 - another process tells no event
            await asyncio.sleep(0.5)
    async with asyncio.timeout(_CATCHING_UP_SECONDS):
        while await asyncio.to_thread(_counted, stack.mongodb_uri) < tickets:  # noqa: ASYNC110 - as above
            await asyncio.sleep(1)
    await machine.until_quiet(keva.pids())


def _checkpoint(mongodb_uri: str) -> None:
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as client:
        client.admin.command("fsync")


def _counted(mongodb_uri: str) -> int:
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as client:
        return client[TICKETS]["report_tickets"].estimated_document_count()


def _read_all(mongodb_uri: str) -> None:
    """Documents and indexes: validate goes through all of them. Audit records first: they are only added to, so they
    are what may leave memory again."""
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as client:
        names = client[TICKETS].list_collection_names()
        for name in sorted(names, key=lambda name: name != "audit_records"):
            client[TICKETS].command("validate", name)


async def _answers(keva: Keva) -> bool:
    try:
        request = ticket_service_pb2.ListTicketsRequest(workspace_id=WORKSPACE, page_size=1)
        await keva.running.clients.tickets.ListTickets(request)
    except grpc.aio.AioRpcError:
        return False
    return True


class _Steps:
    """Says how far the filling is, ten times."""

    def __init__(self, size: int, say: Callable[[str], None]) -> None:
        self._size = size
        self._say = say
        self._said = 0

    def reached(self, tickets: int) -> None:
        """There are so many."""
        tenth = tickets * 10 // self._size
        if tenth > self._said:
            self._said = tenth
            self._say(f"  {tickets:,} of {self._size:,} tickets")
