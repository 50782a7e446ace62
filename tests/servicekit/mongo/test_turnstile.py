import asyncio
from typing import Any

import pytest

from servicekit import errors
from servicekit.mongo.transactions import in_transaction
from servicekit.mongo.turnstile import Turnstile


async def test_so_many_transactions_at_once_and_the_rest_wait_their_turn(client: Any, things: Any) -> None:
    turnstile = Turnstile(at_once=2)
    running, most = 0, 0

    async def work(session: Any) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await things.find_one({}, session=session)
        running -= 1

    await asyncio.gather(*(in_transaction(client, work, turnstile=turnstile) for _ in range(10)))

    assert most == 2


async def test_transaction_whose_caller_gave_up_counts_until_it_ends(client: Any) -> None:
    turnstile = Turnstile(at_once=1, longest_wait_seconds=0.05)
    began, go_on = asyncio.Event(), asyncio.Event()

    async def work(session: Any) -> None:
        began.set()
        await go_on.wait()

    given_up = asyncio.create_task(in_transaction(client, work, turnstile=turnstile))
    await began.wait()
    given_up.cancel()

    with pytest.raises(errors.Unavailable, match="too many changes"):
        await turnstile.enter()
    go_on.set()
    async with asyncio.timeout(90):
        while True:
            try:
                return await turnstile.enter()
            except errors.Unavailable:
                continue


async def test_too_many_that_wait_are_refused_at_once() -> None:
    turnstile = Turnstile(at_once=1, waiting=1, longest_wait_seconds=60)
    await turnstile.enter()
    waiting = asyncio.create_task(turnstile.enter())
    await asyncio.sleep(0)

    with pytest.raises(errors.Unavailable) as refused:
        await turnstile.enter()

    assert refused.value.reason == "OVERLOADED"
    turnstile.leave()
    await waiting
