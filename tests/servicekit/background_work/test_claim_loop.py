"""Work that replicas share by leases: claimed while there is room, many at once, finished or given back at the end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from servicekit.background_work import claim_loop
from servicekit.background_work.claim_loop import Claimed, ClaimLoop

FOR_EVER = 3600.0


class Yard:
    """What is to be claimed, and what became of it. An item is worked on until it is let go."""

    def __init__(self, *claims: Claimed[str] | Exception, **settings: Any) -> None:
        self.claims = list(claims)
        self.begun: list[str] = []
        self.done: list[str] = []
        self.given_back: list[str] = []
        self.broken: set[str] = set()
        self.not_taken_back: set[str] = set()
        self.asked = 0
        self.at_claim: Callable[[], object] = lambda: None
        # While it is not set, what was claimed is not said yet.
        self.answers = asyncio.Event()
        self.answers.set()
        self._changed = asyncio.Condition()
        self._let_go: set[str] = set()
        values: dict[str, Any] = {"at_once": 10, "poll_seconds": FOR_EVER, "names": lambda item: {"item_id": item}}
        self.loop: ClaimLoop[str] = ClaimLoop(
            self._claim, self._work, self._give_back, what="stones", **{**values, **settings}
        )

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _claim(self) -> Claimed[str]:
        self.asked += 1
        await self._tell()
        self.at_claim()
        claim = self.claims.pop(0) if self.claims else Claimed[str]()
        await self.answers.wait()
        if isinstance(claim, Exception):
            raise claim
        return claim

    async def _work(self, item: str) -> None:
        self.begun.append(item)
        await self._tell()
        if item in self.broken:
            raise ValueError(item)
        async with self._changed:
            await self._changed.wait_for(lambda: item in self._let_go)
        self.done.append(item)
        await self._tell()

    async def _give_back(self, item: str) -> None:
        if item in self.not_taken_back:
            raise ConnectionError(item)
        self.given_back.append(item)

    async def let_go(self, *items: str) -> None:
        self._let_go.update(items)
        await self._tell()

    async def until(self, **lists: list[str]) -> None:
        """Returns once the lists are as given, in any order; and stay so, though the loop has the chance."""
        async with asyncio.timeout(90), self._changed:
            await self._changed.wait_for(lambda: all(set(getattr(self, n)) >= set(v) for n, v in lists.items()))
        for _ in range(20):
            await asyncio.sleep(0)
        assert {name: sorted(getattr(self, name)) for name in lists} == {n: sorted(v) for n, v in lists.items()}

    async def until_asked(self, times: int) -> None:
        async with asyncio.timeout(90), self._changed:
            await self._changed.wait_for(lambda: self.asked >= times)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The loop runs; at the end it is cancelled, and has ended."""
        task = asyncio.create_task(self.loop.run())
        yield
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_all_that_was_claimed_is_worked_on_at_once() -> None:
    yard = Yard(Claimed(["a", "b", "c"]))

    async with yard.running():
        await yard.until(begun=["a", "b", "c"], done=[])
        await yard.let_go("b")
        await yard.until(done=["b"])
        await yard.let_go("a", "c")
        await yard.until(done=["a", "b", "c"])

    assert yard.given_back == []


async def test_more_is_claimed_at_once_when_there_may_be_more() -> None:
    yard = Yard(Claimed(["a"], more=True), Claimed(["b"], more=True), Claimed())

    async with yard.running():
        await yard.until(begun=["a", "b"])

    assert yard.asked == 3


async def test_nothing_more_is_claimed_until_it_is_woken() -> None:
    yard = Yard(Claimed(["a"]), Claimed(["b"]))

    async with yard.running():
        await yard.until(begun=["a"])
        yard.loop.wake()
        await yard.until(begun=["a", "b"])

    assert yard.asked == 2


async def test_is_asked_again_after_each_pause() -> None:
    yard = Yard(poll_seconds=0.001)

    async with yard.running():
        await yard.until_asked(4)


async def test_is_asked_again_when_the_next_item_is_due_though_nobody_wakes_it() -> None:
    yard = Yard(Claimed(due_in=0.01), Claimed(["a"], due_in=-1), Claimed(["b"]))

    async with yard.running():
        await yard.until(begun=["a", "b"])

    assert yard.asked == 3


async def test_is_asked_again_after_each_pause_though_the_next_item_is_due_much_later() -> None:
    yard = Yard(*[Claimed[str](due_in=FOR_EVER) for _ in range(3)], poll_seconds=0.001)

    async with yard.running():
        await yard.until_asked(4)


async def test_wake_up_while_claiming_is_not_missed() -> None:
    yard = Yard(Claimed(), Claimed(["a"]))

    async with yard.running():
        await yard.until_asked(1)
        yard.loop.wake()
        await yard.until(begun=["a"])


async def test_no_more_is_claimed_than_there_is_room_for() -> None:
    yard = Yard(Claimed(["a"], more=True), Claimed(["b"], more=True), Claimed(["c"], more=True), at_once=2)

    async with yard.running():
        await yard.until(begun=["a", "b"])
        assert yard.asked == 2
        await yard.let_go("a")
        await yard.until(begun=["a", "b", "c"])
        assert yard.asked == 3


async def test_claim_that_fails_is_logged_and_tried_again() -> None:
    yard = Yard(ConnectionError("down"), Claimed(["a"]), poll_seconds=0.001)

    with capture_logs() as lines:
        async with yard.running():
            await yard.until(begun=["a"])

    assert [(line["event"], line["log_level"]) for line in lines] == [
        ("stones cannot be claimed; trying again", "error")
    ]
    assert isinstance(lines[0]["exc_info"], ConnectionError)


async def test_work_that_fails_is_logged_and_left_to_its_lease() -> None:
    yard = Yard(Claimed(["a", "b"]), Claimed(["c"]))
    yard.broken = {"a"}

    with capture_logs() as lines:
        async with yard.running():
            await yard.until(begun=["a", "b"])
            yard.loop.wake()
            await yard.until(begun=["a", "b", "c"])
            await yard.let_go("b", "c")
            await yard.until(done=["b", "c"])

    (line,) = lines
    assert (line["event"], line["log_level"], line["item_id"]) == (
        *("stones: one could not be worked on; its lease runs out", "error", "a"),
    )
    assert isinstance(line["exc_info"], ValueError)
    assert yard.given_back == []


async def test_work_in_progress_is_given_back_at_the_end() -> None:
    yard = Yard(Claimed(["a", "b"]))

    async with yard.running():
        await yard.until(begun=["a", "b"])
        await yard.let_go("a")
        await yard.until(done=["a"])

    assert (yard.done, yard.given_back) == (["a"], ["b"])


async def test_work_in_progress_may_finish_at_the_end() -> None:
    yard = Yard(Claimed(["a", "b"]), last_seconds=20)
    task = asyncio.create_task(yard.loop.run())
    await yard.until(begun=["a", "b"])

    task.cancel()
    await yard.until(done=[])
    await yard.let_go("a", "b")
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (sorted(yard.done), yard.given_back) == (["a", "b"], [])


async def test_what_does_not_finish_in_time_is_given_back() -> None:
    yard = Yard(Claimed(["a"]), last_seconds=0.001)

    async with yard.running():
        await yard.until(begun=["a"])

    assert (yard.done, yard.given_back) == ([], ["a"])


async def test_nothing_is_claimed_after_the_end() -> None:
    yard = Yard(Claimed(["a"]), Claimed(["b"]), last_seconds=20)
    task = asyncio.create_task(yard.loop.run())
    await yard.until(begun=["a"])

    task.cancel()
    yard.loop.wake()
    await yard.let_go("a")
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (yard.begun, yard.asked) == (["a"], 1)


async def test_what_was_claimed_and_not_begun_is_given_back() -> None:
    yard = Yard(Claimed(["a", "b"]))
    task = asyncio.create_task(yard.loop.run())
    # The loop goes on with what it claims at once, and is cancelled before any work has had its turn.
    yard.at_claim = lambda: asyncio.get_running_loop().call_soon(task.cancel)

    with pytest.raises(asyncio.CancelledError):
        await task

    assert sorted(yard.given_back) == ["a", "b"]


@pytest.mark.parametrize("last_seconds", [0, 20])
async def test_what_is_being_claimed_at_the_end_is_given_back(last_seconds: float) -> None:
    yard = Yard(Claimed(["a", "b"]), last_seconds=last_seconds)
    yard.answers.clear()
    task = asyncio.create_task(yard.loop.run())
    await yard.until_asked(1)

    task.cancel()
    for _ in range(20):
        await asyncio.sleep(0)
    yard.answers.set()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (sorted(yard.given_back), yard.begun, yard.asked) == (["a", "b"], [], 1)


async def test_claim_that_fails_at_the_end_or_never_ends_holds_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim_loop, "_LAST_CLAIM_SECONDS", 0.001)
    for answers in (True, False):
        yard = Yard(Claimed(["a"]), ConnectionError("down"))
        async with yard.running():
            await yard.until(begun=["a"])
            yard.answers.clear()
            yard.loop.wake()
            await yard.until_asked(2)
            if answers:
                asyncio.get_running_loop().call_soon(yard.answers.set)

        assert yard.given_back == ["a"]


async def test_what_cannot_be_given_back_keeps_its_lease_and_holds_up_nothing_else() -> None:
    yard = Yard(Claimed(["a", "b", "c"]))
    yard.not_taken_back = {"b"}

    with capture_logs() as lines:
        async with yard.running():
            await yard.until(begun=["a", "b", "c"])

    assert sorted(yard.given_back) == ["a", "c"]
    assert [(line["event"], line["log_level"], line["item_id"]) for line in lines] == [
        ("stones: one waits until its lease runs out", "error", "b")
    ]
