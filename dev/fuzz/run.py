"""One run: a stack of its own, some connections at a time, and then the reckoning."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from dev.fuzz.exchange import exchange, masked
from dev.fuzz.requests import Requests, Sent
from dev.local_stack.desk import Desk, RunningStack
from dev.local_stack.processes import Sink

CONNECTIONS = 128
# Python's heap and gRPC's buffers grow to what concurrency needs; a leak of 1 KiB a request would be 100 MiB.
ALLOWED_GROWTH_MIB = 24.0
_WARM_UP_SHARE = 0.2
_MOST_WARM_UP = 10_000
_MOST_FAILURES = 20
_MOST_REPETITIONS = 10


@dataclass
class Report:
    """What was seen. `growth_mib`: of the resident memory of each process since the warm-up's end."""

    sent: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    closed: int = 0
    failures: list[str] = field(default_factory=list)
    memory_mib: dict[str, tuple[float, float]] = field(default_factory=dict)
    genuine: int = 0
    repeated: int = 0
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return not self.failures

    def lines(self) -> list[str]:
        """For people."""
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.sent.items()))
        statuses = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        memory = [
            f"  {name}: {before:.0f} -> {after:.0f} MiB" for name, (before, after) in sorted(self.memory_mib.items())
        ]
        return [
            f"{self.sent.total()} requests in {self.seconds:.0f} s: {kinds}",
            f"answers {statuses}; closed without one: {self.closed}",
            f"sent again after a 503: {self.repeated}",
            f"genuine ones, each answered 200 and stored once: {self.genuine}",
            "resident memory after the warm-up and at the end:",
            *memory,
            *(f"FAILED {failure}" for failure in self.failures[:_MOST_FAILURES]),
        ]


class _Run:
    def __init__(self, desk: Desk, requests: int, seconds: float, seed: int, say: Callable[[str], None]) -> None:
        self._desk = desk
        self._total = requests
        self._seconds = seconds
        self._say = say
        self._requests = Requests(str(seed), desk.stack.public_url, desk.account)
        gateway = urlsplit(desk.stack.gateway_url)
        self._host, self._port = gateway.hostname or "", gateway.port or 0
        self._made = 0
        self._end = 0.0
        self._sids: list[str] = []
        self._before: dict[str, float] = {}
        self.report = Report()

    async def run(self) -> None:
        started = time.monotonic()
        self._end = started + self._seconds
        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS):
                group.create_task(self._send_in_turn())
        self.report.seconds = time.monotonic() - started
        await self._reckon()

    async def _send_in_turn(self) -> None:
        while self._made < self._total and len(self.report.failures) < _MOST_FAILURES:
            if time.monotonic() > self._end:
                self._fail(f"after {self._seconds:.0f} s only {self._made} of {self._total} requests were sent")
                self._total = self._made
                return
            self._made += 1
            number = self._made
            if number == min(int(self._total * _WARM_UP_SHARE), _MOST_WARM_UP):
                self._before = self._memory()
            if number % max(self._total // 50, 1) == 0:
                self._say(f"{number} of {self._total} requests, {len(self.report.failures)} failures")
            await self._send(number, self._requests.next())

    async def _send(self, number: int, sent: Sent) -> None:
        result = await exchange(self._host, self._port, sent)
        for _ in range(_MOST_REPETITIONS):
            # What a busy machine may say, though not each time; Twilio would send it again, too.
            if 503 in result.statuses:
                self.report.repeated += 1
                result = await exchange(self._host, self._port, sent)
        self.report.sent[sent.kind] += 1
        self.report.statuses.update(result.statuses)
        self.report.closed += not result.statuses
        if sent.genuine_sid:
            self._sids.append(sent.genuine_sid)
        wrong = [status for status in result.statuses if status >= 500]
        if result.hung or result.refused or wrong or (sent.genuine_sid and result.statuses != (200,)):
            self._fail(f"request {number} ({sent.kind}): {result}: {masked(sent.data)}")

    def _fail(self, what: str) -> None:
        self.report.failures.append(what)
        self._say(what)

    async def _reckon(self) -> None:
        conversations = [await self._desk.messages(ticket) for ticket in await self._desk.tickets()]
        stored = Counter(message.twilio_message_sid for messages in conversations for message in messages)
        lost_or_doubled = [sid for sid in self._sids if stored[sid] != 1]
        if lost_or_doubled:
            self.report.failures.append(f"{len(lost_or_doubled)} genuine ones are not stored once")
        self.report.genuine = len(self._sids) - len(lost_or_doubled)
        after = self._memory()
        self.report.memory_mib = {name: (self._before[name], after[name]) for name in self._before}
        for name, (before, now) in self.report.memory_mib.items():
            if now - before > ALLOWED_GROWTH_MIB:
                self.report.failures.append(f"{name} grew from {before:.0f} to {now:.0f} MiB")
        if self._desk.stack.supervisor.death.done():
            self.report.failures.append(str(self._desk.stack.supervisor.error_of_death()))

    def _memory(self) -> dict[str, float]:
        """Resident memory of each process, in MiB."""
        supervisor = self._desk.stack.supervisor
        return {name: _resident_mib(supervisor.process(name).pid) for name in supervisor.names}


def _resident_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    (resident,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")]
    return int(resident) / 1024


async def fuzz(running: RunningStack, requests: int, seconds: float, seed: int, say: Callable[[str], None]) -> Report:
    """Sends so many requests to the stack, on a desk of its own, and reckons up. Taking longer is a failure."""
    run = _Run(await running.open_desk(), requests, seconds, seed, say)
    await run.run()
    return run.report


async def fuzz_own_stack(requests: int, seconds: float, seed: int, say: Callable[[str], None]) -> Report:
    """The same on a stack that is started for it. Raises StackError when that does not start."""
    silent: Sink = lambda *_: None  # noqa: E731
    with TemporaryDirectory(prefix="keva-fuzz-") as folder:
        async with RunningStack.start(Path(folder), silent) as running:
            return await fuzz(running, requests, seconds, seed, say)
