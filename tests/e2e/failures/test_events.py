"""Who watches misses nothing: watchers that die at random, while replicas of ticket_service are killed under load."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import cycle

from dev.chaos.watcher import Watcher
from dev.local_stack.desk import Desk, RunningStack, new_number

_CUSTOMERS, _TEXTS_PER_KILL = 4, 8


@asynccontextmanager
async def _steady_load(running: RunningStack, desk: Desk, answers: list[int]) -> AsyncIterator[None]:
    over = asyncio.Event()

    async def texts() -> None:
        customer, gateways = new_number(), cycle(running.stack.layout.urls("gateway"))
        while not over.is_set():
            webhook = {"MessageSid": f"SM{secrets.token_hex(16)}", "From": customer, "Body": "hello"}
            answers.append((await desk.post(webhook, gateway_url=next(gateways))).status)

    async with asyncio.TaskGroup() as customers:
        for _ in range(_CUSTOMERS):
            customers.create_task(texts())
        yield
        over.set()


async def _until_stored(answers: list[int], more: int) -> None:
    wanted = answers.count(200) + more
    async with asyncio.timeout(90):
        while answers.count(200) < wanted:  # noqa: ASYNC110 - counted by several tasks
            await asyncio.sleep(0.02)


async def test_watchers_that_die_see_every_event_while_replicas_are_killed(replicated: RunningStack) -> None:
    stack, answers, desk = replicated.stack, list[int](), await replicated.open_desk()
    watchers = [Watcher(replicated.clients, seed) for seed in range(3)]
    async with AsyncExitStack() as leaving:
        for watcher in watchers:
            await watcher.begin()
            leaving.callback(asyncio.create_task(watcher.run()).cancel)
        async with _steady_load(replicated, desk, answers):
            for name in [*stack.layout.names("ticket_service"), "mongod", *stack.layout.names("ticket_service")]:
                await _until_stored(answers, _TEXTS_PER_KILL)
                await stack.kill(name)
                await stack.restart(name)
            await _until_stored(answers, _TEXTS_PER_KILL)
    seen = [await watcher.seen() for watcher in watchers]

    assert [one for one in seen if not one.promises_kept] == []
    # A text is an event at least.
    assert all(one.records >= answers.count(200) for one in seen)
    assert all(one.lives > 1 for one in seen)
