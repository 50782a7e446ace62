"""Work that is looked for again and again: until there is no more, after every pause, and whatever goes wrong."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from servicekit.background_work.failures import expect
from servicekit.background_work.rounds import repeat
from servicekit.background_work.wake_up import WakeUp
from servicekit.errors import Unavailable

FOR_EVER = 3600.0


class Rounds:
    """Work whose looks end as `outcomes` say: whether there is more, or an exception. Behind them there is nothing."""

    def __init__(self, *outcomes: bool | Exception) -> None:
        self.outcomes = list(outcomes)
        self.looks = 0
        self._looked = asyncio.Condition()

    async def look(self) -> bool:
        self.looks += 1
        async with self._looked:
            self._looked.notify_all()
        outcome = self.outcomes.pop(0) if self.outcomes else False
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def until_at_least(self, looks: int) -> None:
        """Returns once it was looked that often."""
        async with asyncio.timeout(90), self._looked:
            await self._looked.wait_for(lambda: self.looks >= looks)

    async def until(self, looks: int) -> None:
        """The same; and it was looked no more often, though the loop had the chance."""
        await self.until_at_least(looks)
        for _ in range(20):
            await asyncio.sleep(0)
        assert self.looks == looks


@asynccontextmanager
async def running(
    work: Callable[[], Awaitable[bool]], every_seconds: float = FOR_EVER, wake_up: WakeUp | None = None
) -> AsyncIterator["asyncio.Task[None]"]:
    task = asyncio.create_task(repeat(work, every_seconds, "digging", wake_up))
    yield task
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_looks_until_there_is_no_more_and_pauses() -> None:
    rounds = Rounds(True, True, False)

    async with running(rounds.look):
        await rounds.until(3)


async def test_looks_again_after_each_pause() -> None:
    rounds = Rounds()

    async with running(rounds.look, every_seconds=0.001):
        await rounds.until_at_least(5)


async def test_looks_again_when_it_is_woken() -> None:
    rounds, wake_up = Rounds(False, True, False), WakeUp()

    async with running(rounds.look, wake_up=wake_up):
        await rounds.until(1)
        wake_up.wake()
        await rounds.until(3)


async def test_wake_up_during_the_work_ends_the_next_pause() -> None:
    rounds, wake_up = Rounds(), WakeUp()

    async def look() -> bool:
        if not rounds.looks:
            wake_up.wake()
        return await rounds.look()

    async with running(look, wake_up=wake_up):
        await rounds.until(2)


async def test_wake_up_before_the_work_is_answered_by_it() -> None:
    rounds, wake_up = Rounds(), WakeUp()
    wake_up.wake()

    async with running(rounds.look, wake_up=wake_up):
        await rounds.until(1)


async def test_exception_ends_its_round_alone_and_is_logged() -> None:
    rounds, wake_up = Rounds(True, ValueError("broken"), True, False), WakeUp()

    with capture_logs() as lines:
        async with running(rounds.look, wake_up=wake_up):
            await rounds.until(2)
            wake_up.wake()
            await rounds.until(4)

    (line,) = lines
    assert (line["event"], line["log_level"]) == ("digging failed; trying again", "error")
    assert isinstance(line["exc_info"], ValueError)


async def test_outage_is_a_line_with_its_reason_and_no_trace() -> None:
    rounds, wake_up = Rounds(ConnectionError("mongodb://secret"), Unavailable("PEER_UNAVAILABLE", "away")), WakeUp()
    expect(lambda error: Unavailable("STORE_UNAVAILABLE", "down") if isinstance(error, ConnectionError) else None)

    with capture_logs() as lines:
        async with running(rounds.look, wake_up=wake_up):
            await rounds.until(1)
            wake_up.wake()
            await rounds.until(2)

    event = "digging failed; trying again"
    assert lines == [
        {"event": event, "log_level": "warning", "reason": reason}
        for reason in ("STORE_UNAVAILABLE", "PEER_UNAVAILABLE")
    ]


async def test_cancellation_reaches_the_work() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def look() -> bool:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return False

    async with running(look):
        await begun.wait()

    assert ended.is_set()
