"""How long a reply takes to Twilio at rest, and how many a second leave a number that may send as a short code does."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import grpc
import pymongo

from dev.benchmark import machine
from dev.benchmark.agents import ACCEPTED, latency_of, reply, tickets_by_customer
from dev.benchmark.keva import Keva, Place
from dev.benchmark.load.orders import Customers, Latency
from dev.benchmark.load.texts import customer_address
from dev.benchmark.mix import first_texts
from servicekit.rpc.statuses_to_errors import as_keva_error

Say = Callable[[str], None]
# What Twilio lets a short code send.
_SEGMENTS_PER_SECOND = 100.0
_PER_CUSTOMER = 3
_AT_ONCE = 16
# Delivery reports of one reply are over before the next one.
_PAUSE_SECONDS = 0.15
_POLL_SECONDS = 0.25
_STANDSTILL_SECONDS = 20.0


@dataclass(frozen=True)
class Batch:
    """How many replies, one after the other and all at once."""

    single: int = 100
    many: int = 3000
    replicas: int = 1

    @property
    def minutes(self) -> float:
        """About how long all of it takes."""
        return (self.single * 0.3 + self.many / 75 + 25) / 60


@dataclass(frozen=True)
class RepliesResult:
    """`stored`: until ReplyToTicket is answered; `accepted`: until Twilio has it. Of the many: how they were answered,
    how many a second were stored, and accepted, from the first to the last one; `sent_wrongly`: those that Twilio got
    twice, or never though they were accepted. `cpu_ms_per_reply` is theirs, by process; `foreign_share`: of the
    processor, used by others meanwhile."""

    batch: Batch
    stored: Latency
    accepted: Latency
    answers: Mapping[str, int]
    stored_a_second: float
    accepted_a_second: float
    sent_wrongly: int
    cpu_ms_per_reply: Mapping[str, float]
    foreign_share: float

    @property
    def is_clean(self) -> bool:
        """Whether every reply was stored, and sent once."""
        return self.answers == {ACCEPTED: self.batch.many} and not self.sent_wrongly


async def measure(batch: Batch, place: Place, say: Say) -> RepliesResult:
    """Starts a Keva for it whose number is as fast as a short code. Raises StackError, LoadError."""
    async with place.keva(batch.replicas, segments_per_second=_SEGMENTS_PER_SECOND) as keva:
        customers = max(batch.single, batch.many // _PER_CUSTOMER)
        await first_texts(keva, Customers(customers))
        tickets = await tickets_by_customer(keva.desk)
        ids = [tickets[customer_address(customer)] for customer in range(customers)]
        say(f"{batch.single} replies one after the other")
        stored, accepted = await _one_by_one(keva, ids[: batch.single])
        say(f"{batch.many} replies as fast as a short code may send them")
        many = _Many(keva, ids)
        await machine.until_quiet(keva.pids())
        meter = machine.Meter(keva.everyone())
        stored_a_second, accepted_a_second = await many.run(batch.many)
        used, foreign_share = meter.read()
        per_reply = {name: seconds * 1000 / batch.many for name, seconds in used.items()}
        wrongly = await many.sent_wrongly()
        rates = (stored_a_second, accepted_a_second)
        return RepliesResult(batch, stored, accepted, dict(many.answers), *rates, wrongly, per_reply, foreign_share)


async def _one_by_one(keva: Keva, tickets: list[str]) -> tuple[Latency, Latency]:
    stored, accepted = [], []
    for customer, ticket in enumerate(tickets):
        waiting = asyncio.create_task(
            keva.running.simulator.wait_for_messages(1, to=customer_address(customer), direction="outbound-api")
        )
        await asyncio.sleep(_PAUSE_SECONDS)
        started = time.monotonic()
        await reply(keva.desk, ticket, f"single {customer}")
        stored.append(time.monotonic() - started)
        await waiting
        accepted.append(time.monotonic() - started)
    return latency_of(stored), latency_of(accepted)


class _Many:
    """Replies to `tickets` in turn."""

    def __init__(self, keva: Keva, tickets: list[str]) -> None:
        self._keva = keva
        self._tickets = tickets
        self._texts: list[str] = []
        self._refused: set[str] = set()
        self.answers: Counter[str] = Counter()

    async def run(self, count: int) -> tuple[float, float]:
        """How many a second were stored, and accepted by Twilio."""
        self._texts = [f"many {number}" for number in range(count)]
        before = await self._accepted()
        accepted = asyncio.create_task(self._accepted_a_second(before, count))
        started = time.monotonic()
        numbers = iter(range(count))
        await asyncio.gather(*(self._reply(numbers) for _ in range(_AT_ONCE)))
        stored = self.answers[ACCEPTED] / (time.monotonic() - started)
        return stored, await accepted

    async def _reply(self, numbers: Any) -> None:
        for number in numbers:
            try:
                await reply(self._keva.desk, self._tickets[number % len(self._tickets)], self._texts[number])
                self.answers[ACCEPTED] += 1
            except grpc.aio.AioRpcError as error:
                self.answers[as_keva_error(error).reason] += 1
                self._refused.add(self._texts[number])

    async def _accepted_a_second(self, before: int, count: int) -> float:
        """From the first to the last one that is accepted, or until none is for a while."""
        seen, first, last = 0, 0.0, time.monotonic()
        while seen < count - len(self._refused) and time.monotonic() - last < _STANDSTILL_SECONDS:
            now_seen = await self._accepted() - before
            if now_seen > seen:
                last = time.monotonic()
                first, seen = first or last, now_seen
            await asyncio.sleep(_POLL_SECONDS)
        return seen / max(last - first, _POLL_SECONDS)

    async def _accepted(self) -> int:
        """How many sms_service has handed over. Asking the simulator for its whole log would slow it down."""
        return await asyncio.to_thread(self._count)

    def _count(self) -> int:
        client: pymongo.MongoClient[dict[str, Any]]
        query = {"account_sid": self._keva.desk.account.account_sid, "message_sid": {"$gt": ""}}
        with pymongo.MongoClient(self._keva.running.stack.mongodb_uri) as client:
            return client["keva_sms"]["deliveries"].count_documents(query)

    async def sent_wrongly(self) -> int:
        """How many Twilio has not got exactly once; of those that were refused, which may be stored all the same: more
        than once."""
        log = await self._keva.running.simulator.messages(direction="outbound-api")
        times = Counter(entry.body for entry in log)
        return sum(times[text] > 1 or (times[text] < 1 and text not in self._refused) for text in self._texts)
