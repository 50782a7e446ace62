"""As many webhooks wait for the services as those answer in time."""

from contextlib import AsyncExitStack

import pytest

from gateway.adaptive_limit import AdaptiveLimit
from gateway.errors import signature_refused
from servicekit.errors import OVERLOADED, Unavailable
from servicekit.http.refusal import HttpRefusal

SLOW_SECONDS = 1.0


class Waiting:
    """Webhooks that wait, until they are answered after so many seconds."""

    def __init__(self, most: int, least: int = 2) -> None:
        self.now = 0.0
        self.limit = AdaptiveLimit(most, least, SLOW_SECONDS, lambda: self.now)

    async def let_in(self, count: int) -> AsyncExitStack:
        waiting = AsyncExitStack()
        for _ in range(count):
            await waiting.enter_async_context(self.limit.let_in())
        return waiting

    async def answer(self, count: int, seconds: float) -> None:
        waiting = await self.let_in(count)
        self.now += seconds
        await waiting.aclose()


async def test_more_than_the_most_are_refused_at_once() -> None:
    webhooks = Waiting(3)
    waiting = await webhooks.let_in(3)

    with pytest.raises(Unavailable) as refused:
        await webhooks.let_in(1)

    assert refused.value.reason == OVERLOADED
    await waiting.aclose()
    await webhooks.answer(3, 0)


async def test_slow_answers_let_fewer_in_but_never_fewer_than_the_least() -> None:
    webhooks = Waiting(100, least=5)
    held = await webhooks.let_in(1)

    limits = []
    for _ in range(20):
        await webhooks.answer(3, SLOW_SECONDS + 1)
        limits.append(webhooks.limit.limit)

    assert limits[0] < 100
    assert limits == sorted(limits, reverse=True)
    assert limits[-1] == 5
    await held.aclose()


async def test_one_slow_moment_is_one_reason_to_let_fewer_in() -> None:
    webhooks = Waiting(100)

    await webhooks.answer(100, SLOW_SECONDS + 1)

    assert webhooks.limit.limit == 70


async def test_answers_in_time_let_more_in_only_while_it_is_full() -> None:
    webhooks = Waiting(1000, least=10)
    held = await webhooks.let_in(1)
    await webhooks.answer(9, SLOW_SECONDS + 1)
    lowest = webhooks.limit.limit

    await webhooks.answer(1, 0)
    assert webhooks.limit.limit == lowest

    for _ in range(100):
        await webhooks.answer(webhooks.limit.limit - 1, 0)
    assert webhooks.limit.limit > 10 * lowest
    await held.aclose()


async def test_when_nobody_waits_any_more_the_most_are_let_in_again() -> None:
    webhooks = Waiting(50)
    await webhooks.answer(50, SLOW_SECONDS + 1)
    assert webhooks.limit.limit < 50

    await webhooks.answer(50, 0)


async def test_room_is_kept_for_those_who_were_told_that_there_is_some() -> None:
    webhooks = Waiting(3)

    assert [webhooks.limit.expect_one() for _ in range(5)] == [True, True, True, False, False]
    waiting = await webhooks.let_in(3)
    assert not webhooks.limit.expect_one()
    await waiting.aclose()


async def test_room_is_kept_a_moment_for_those_who_never_come() -> None:
    webhooks = Waiting(3)
    held = await webhooks.let_in(1)
    assert [webhooks.limit.expect_one() for _ in range(3)] == [True, True, False]

    webhooks.now += SLOW_SECONDS

    assert [webhooks.limit.expect_one() for _ in range(3)] == [True, True, False]
    await held.aclose()


async def test_who_may_take_a_share_leaves_the_rest_to_others() -> None:
    webhooks = Waiting(10)
    reports = AsyncExitStack()
    for _ in range(5):
        await reports.enter_async_context(webhooks.limit.let_in(0.5))

    assert not webhooks.limit.has_room(0.5)
    with pytest.raises(Unavailable):
        await reports.enter_async_context(webhooks.limit.let_in(0.5))

    await (await webhooks.let_in(5)).aclose()
    await reports.aclose()


async def test_how_long_a_refusal_takes_says_nothing() -> None:
    webhooks = Waiting(50)
    held = await webhooks.let_in(1)

    async def refused() -> None:
        async with webhooks.limit.let_in():
            webhooks.now += SLOW_SECONDS + 1
            raise signature_refused()

    with pytest.raises(HttpRefusal):
        await refused()

    assert webhooks.limit.limit == 50
    await held.aclose()
