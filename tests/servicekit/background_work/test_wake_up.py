"""A pause ends early when somebody has work, and no wake-up is missed."""

import asyncio
import contextlib

import pytest

from servicekit.background_work.wake_up import WakeUp

FOR_EVER = 3600.0


async def _until_it_waits(task: "asyncio.Task[None]") -> None:
    """The task has gone as far as it can; it is not done."""
    for _ in range(20):
        await asyncio.sleep(0)
    assert not task.done()


async def test_pause_ends_when_it_is_woken() -> None:
    wake_up = WakeUp()
    pause = asyncio.create_task(wake_up.wait(FOR_EVER))
    await _until_it_waits(pause)

    wake_up.wake()

    async with asyncio.timeout(90):
        await pause


async def test_pause_ends_by_itself() -> None:
    async with asyncio.timeout(90):
        await WakeUp().wait(0.001)


async def test_wake_up_before_the_pause_ends_it() -> None:
    wake_up = WakeUp()

    wake_up.wake()

    async with asyncio.timeout(90):
        await wake_up.wait(FOR_EVER)


async def test_wake_up_that_was_cleared_ends_no_pause() -> None:
    wake_up = WakeUp()
    wake_up.wake()
    wake_up.clear()

    pause = asyncio.create_task(wake_up.wait(FOR_EVER))

    await _until_it_waits(pause)
    pause.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await pause


async def test_cancellation_that_comes_together_with_a_wake_up_counts() -> None:
    wake_up = WakeUp()
    pause = asyncio.create_task(wake_up.wait(FOR_EVER))
    await _until_it_waits(pause)

    wake_up.wake()
    pause.cancel()

    with pytest.raises(asyncio.CancelledError):
        await pause
