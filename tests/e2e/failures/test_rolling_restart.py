"""An upgrade, one replica after the other, under steady load: no webhook fails."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Sized
from contextlib import asynccontextmanager

import pytest_asyncio

from dev.load_balancer import LoadBalancer
from dev.local_stack.desk import Desk, RunningStack, new_number
from dev.local_stack.ports import free_port
from tests.e2e.conftest import StartStack

SERVICES = ("gateway", "ticket_service", "sms_service", "credentials_service")
_CUSTOMERS = 3
# Steady, and no more than it takes to see a gap: how much can be taken is not the question here.
_PAUSE_SECONDS = 0.1


@pytest_asyncio.fixture
async def two_of_each(start_stack: StartStack) -> AsyncIterator[RunningStack]:
    """Two replicas of every service."""
    async with start_stack({"KEVA_DRAIN_SECONDS": "2"}, replicas=dict.fromkeys(SERVICES, 2)) as running:
        yield running


@asynccontextmanager
async def _steady_load(desk: Desk, url: str, answers: list[tuple[int, float]]) -> AsyncIterator[None]:
    """Adds the status of each webhook, and how many seconds it took."""
    over = asyncio.Event()

    async def texts() -> None:
        customer = new_number()
        while not over.is_set():
            webhook = {"MessageSid": f"SM{secrets.token_hex(16)}", "From": customer, "Body": "hello"}
            began = time.monotonic()
            status = (await desk.post(webhook, gateway_url=url)).status
            answers.append((status, round(time.monotonic() - began, 3)))
            await asyncio.sleep(_PAUSE_SECONDS)

    async with asyncio.TaskGroup() as customers:
        for _ in range(_CUSTOMERS):
            customers.create_task(texts())
        yield
        over.set()


async def _until_answered(answers: Sized, more: int) -> None:
    wanted = len(answers) + more
    async with asyncio.timeout(90):
        while len(answers) < wanted:  # noqa: ASYNC110 - counted by several tasks
            await asyncio.sleep(0.02)


async def test_no_webhook_fails_while_every_replica_is_restarted(two_of_each: RunningStack) -> None:
    stack, answers, port = two_of_each.stack, list[tuple[int, float]](), free_port()
    desk = await two_of_each.open_desk()
    async with (
        LoadBalancer(stack.layout.health_addresses("gateway"), port),
        _steady_load(desk, f"http://127.0.0.1:{port}", answers),
    ):
        for service in SERVICES:
            for name in stack.layout.names(service):
                await _until_answered(answers, 20)
                await stack.restart(name)
        await _until_answered(answers, 20)

    assert [answer for answer in answers if answer[0] != 200] == []
    assert sum(ticket.message_count for ticket in await desk.tickets()) == len(answers)
