"""Throughput, latency, people's questions and the console's pages at each size of the database."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
import pymongo

from dev.benchmark import machine
from dev.benchmark.growth.filling import FIRST_CUSTOMER, Filler
from dev.benchmark.growth.pages import Pages, PageTimes
from dev.benchmark.growth.questions import Answers, Questions
from dev.benchmark.growth.templates import make_templates
from dev.benchmark.keva import Floor, Keva, Place
from dev.benchmark.load.orders import Customers
from dev.benchmark.throughput import Level, Measured, Series, measure_one, targets_of
from dev.local_stack.accounts import ORGANIZATION, WORKSPACE
from keva.ticket.v1 import audit_service_pb2, ticket_service_pb2
from servicekit.audit.key_files import load_keys

LEVELS = (Level(at_once=8), Level(at_once=64), Level(a_second=100))
# Of the texts, half come from customers who have a ticket already, whichever of all; the others from so many new ones.
_NEW_CUSTOMERS = 4000
_OLD_SHARE = 0.5
# The 0.25 GB of a local stack hold 1,000 tickets and no million: the cache would be measured, not the growth.
_CACHE_GB = str(machine.default_mongod_cache_gb())
# A million of tickets that were all written at once.
_ANCHORING_SECONDS = 900
_SETTLING_SECONDS = 300


class GrowthError(Exception):
    """The tickets that were filled in are not as Keva makes them."""


@dataclass(frozen=True)
class Growth:
    """`sizes`: numbers of tickets, rising."""

    sizes: Sequence[int] = (1000, 100_000, 1_000_000)
    levels: Sequence[Level] = LEVELS
    repetitions: int = 3
    seconds: float = 4.0
    open_seconds: float = 8.0
    questions: int = 1000
    replicas: int = 1


@dataclass(frozen=True)
class Size:
    """What was measured at `tickets`; `answers` by question, `pages` by what they show."""

    tickets: int
    runs: Sequence[Measured]
    answers: Mapping[str, Answers]
    pages: Mapping[str, PageTimes]
    memory_mib: Mapping[str, float]


@dataclass(frozen=True)
class GrowthResult:
    """All sizes."""

    growth: Growth
    sizes: Sequence[Size]


async def measure(growth: Growth, place: Place, say: Callable[[str], None]) -> GrowthResult:
    """Starts a Keva for it. Raises StackError, LoadError, GrowthError."""
    async with place.keva(growth.replicas, {"KEVA_MONGOD_CACHE_GB": _CACHE_GB}) as keva:
        floor = await Floor.started(keva)
        stack = keva.running.stack
        templates = await make_templates(keva.desk, stack.mongodb_uri)
        keys = load_keys(stack.state.audit_keys, stack.state.active_audit_key_id(), "", "")
        filler = Filler(stack.mongodb_uri, templates, keys)
        sizes = []
        for size in growth.sizes:
            numbers = await asyncio.to_thread(filler.fill, size, _Steps(size, say).reached)
            await _verify(keva, numbers)
            await _settle(keva)
            say(f"measuring at {size:,} tickets")
            sizes.append(await _measure(keva, floor, growth, size, numbers))
        return GrowthResult(growth, sizes)


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


async def _settle(keva: Keva) -> None:
    """No desk has written all of its tickets within minutes: what that left for the database to do is done first."""
    stack = keva.running.stack
    await asyncio.to_thread(_checkpoint, stack.mongodb_uri)
    await stack.restart("mongod")
    async with asyncio.timeout(_SETTLING_SECONDS):
        while not await _answers(keva):  # noqa: ASYNC110 - another process tells no event
            await asyncio.sleep(0.5)
    await machine.until_quiet(keva.pids())


def _checkpoint(mongodb_uri: str) -> None:
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as client:
        client.admin.command("fsync")


async def _answers(keva: Keva) -> bool:
    try:
        request = ticket_service_pb2.ListTicketsRequest(workspace_id=WORKSPACE, page_size=1)
        await keva.running.clients.tickets.ListTickets(request)
    except grpc.aio.AioRpcError:
        return False
    return True


async def _measure(keva: Keva, floor: Floor, growth: Growth, size: int, numbers: range) -> Size:
    questions, pages = Questions(keva.desk, numbers), Pages(keva.running, numbers)
    # The first ones find nothing in memory, as nobody's do who come to a desk that is at work.
    await questions.ask(growth.questions // 4)
    answers = await questions.ask(growth.questions)
    opened = await pages.open(growth.questions)
    series = Series(
        repetitions=growth.repetitions,
        seconds=growth.seconds,
        open_seconds=growth.open_seconds,
        name=f"{size} tickets",
        customers=Customers(size + _NEW_CUSTOMERS, size, _OLD_SHARE, FIRST_CUSTOMER),
    )
    targets, runs = targets_of(keva, floor), []
    for repetition in range(growth.repetitions):
        for level in growth.levels:
            for target in targets if repetition % 2 else targets[::-1]:
                runs.append(await measure_one(target, level, repetition, series))
    return Size(size, runs, answers, opened, machine.resident_mib(keva.pids()))


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
