"""A busy minute: texts of customers of whom some write a lot, beside replies, delivery reports and, if wanted, the AI.
What it is for: commits that many texts share must not lose, again and again, to those of replies and reports."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from dev.benchmark import machine
from dev.benchmark.agents import Agents, Replies, tickets_by_customer
from dev.benchmark.keva import Keva, Place
from dev.benchmark.load.orders import Customers, Latency, Order, Result
from dev.benchmark.load.process import Generator
from dev.benchmark.load.texts import choose
from dev.benchmark.metrics import transaction_counters
from dev.twilio_simulator.control.records import LoggedMessage
from keva.ticket.v1 import routing_pb2

Say = Callable[[str], None]
_CONNECTIONS = 200
_SENT_WITHIN_SECONDS = 60.0
_SEGMENTS_PER_SECOND = 100.0


@dataclass(frozen=True)
class Mix:
    """What happens, for `seconds`. Half of all texts and replies are the `busy` customers'."""

    seconds: float = 30.0
    texts_per_second: float = 60.0
    replies_per_second: float = 10.0
    customers: int = 140
    busy: int = 6
    replicas: int = 1
    with_ai: bool = False
    callbacks_twice: bool = True

    @property
    def title(self) -> str:
        """In words."""
        extras = [
            ", every delivery report twice" if self.callbacks_twice else "",
            ", the AI on" if self.with_ai else "",
        ]
        return (
            f"{self.texts_per_second:g} texts a second of {self.customers} customers ({self.busy} busy), "
            f"{self.replies_per_second:g} replies a second, replicas: {self.replicas}{''.join(extras)}"
        )


@dataclass(frozen=True)
class MixResult:
    """`reports`: answers to delivery reports, by status. `per_text`: what the counters of transactions grew by;
    `foreign_share`: of the processor, used by others than the benchmark.
    `sent`: how many accepted replies Twilio has got; `sent_twice`: those that it got more than once."""

    mix: Mix
    texts: Result
    stored_texts: int
    replies: Mapping[str, int]
    reply_latency: Latency
    sent: int
    sent_twice: int
    by_ai: int
    reports: Mapping[str, int]
    cpu_ms_per_text: Mapping[str, float]
    per_text: Mapping[str, float]
    foreign_share: float

    @property
    def is_clean(self) -> bool:
        """Whether every text was answered 200 and is stored, and every reply accepted and sent once."""
        refused = self.texts.refused or set(self.replies) - {"accepted"} or set(self.reports) - {"200", "204"}
        accepted = self.replies.get("accepted", 0)
        return not refused and self.stored_texts == self.texts.stored and (self.sent, self.sent_twice) == (accepted, 0)


async def measure(mix: Mix, place: Place, say: Say) -> MixResult:
    """Starts a Keva for it. Raises StackError, LoadError."""
    say(mix.title)
    channel: dict[str, Any] = {"segments_per_second": _SEGMENTS_PER_SECOND}
    if mix.with_ai:
        channel["auto_assign"] = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)
    async with place.keva(mix.replicas, **channel) as keva:
        customers = Customers(mix.customers, mix.busy)
        await first_texts(keva, customers)
        if mix.callbacks_twice:
            await keva.running.simulator.fault("callback", "repeat", copies=2)
        return await _measure(keva, mix, customers)


async def first_texts(keva: Keva, customers: Customers) -> None:
    """Every customer texts once, so that each has a ticket."""
    order = Order(keva.gateway_ports, keva.number, "first", 8, 60, signed=customers.count, in_turn=True)
    async with Generator.ready(replace(order, customers=customers)) as generator:
        result = await generator.run()
    if result.refused:
        raise RuntimeError(f"a Keva at rest did not take first texts: {result.refused}")


async def _measure(keva: Keva, mix: Mix, customers: Customers) -> MixResult:
    agents = Agents(keva.desk, await tickets_by_customer(keva.desk), partial(choose, customers))
    order = Order(
        ports=keva.gateway_ports,
        number=keva.number,
        series=f"mix {mix}",
        connections=_CONNECTIONS,
        seconds=mix.seconds,
        rate=mix.texts_per_second,
        warm_seconds=0,
        signed=int(mix.texts_per_second * mix.seconds * 2),
        customers=customers,
    )
    async with Generator.ready(order) as generator:
        mark, counters, meter = await keva.mark(), await _counters(keva), machine.Meter(keva.everyone())
        texts, replies = await asyncio.gather(generator.run(), agents.reply(mix.replies_per_second, mix.seconds))
        log = await _until_sent(keva, replies)
        used, foreign_share = meter.read(texts.cpu_seconds)
        grown = await _counters(keva) - counters
    times = Counter(entry.body for entry in log)
    number = max(texts.stored, 1)
    return MixResult(
        mix=mix,
        texts=texts,
        stored_texts=await keva.texts_since(mark),
        replies=dict(replies.answers),
        reply_latency=replies.latency,
        sent=sum(times[text] > 0 for text in replies.texts),
        sent_twice=sum(times[text] > 1 for text in replies.texts),
        by_ai=len(log) - sum(times[text] for text in replies.texts),
        reports=_reports(log),
        cpu_ms_per_text={name: seconds * 1000 / number for name, seconds in used.items()},
        per_text={name: count / number for name, count in grown.items()},
        foreign_share=foreign_share,
    )


async def _counters(keva: Keva) -> Counter[str]:
    return await transaction_counters(keva.running.stack)


async def _until_sent(keva: Keva, replies: Replies) -> Sequence[LoggedMessage]:
    """What Twilio has got, once it has all replies that were accepted and its reports are answered, or after a
    minute."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _SENT_WITHIN_SECONDS
    while True:
        log = await keva.running.simulator.messages(direction="outbound-api")
        missing = set(replies.texts) - {entry.body for entry in log}
        open_reports = any(not callback.settled for entry in log for callback in entry.callbacks)
        under_way = any(entry.status not in ("delivered", "undelivered", "failed") for entry in log)
        if not (missing or open_reports or under_way) or loop.time() > deadline:
            return log
        await asyncio.sleep(1)


def _reports(log: Sequence[LoggedMessage]) -> dict[str, int]:
    callbacks = [callback for entry in log for callback in entry.callbacks]
    return dict(Counter(str(attempt.status) for callback in callbacks for attempt in callback.attempts))
