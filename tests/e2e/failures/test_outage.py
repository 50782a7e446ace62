"""What is down is not stuck, and what it missed is found when it is back."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from dev.local_stack.desk import Desk, RunningStack, new_number
from tests.e2e.conftest import StartStack

# The order in which an operator would start them.
SERVICES = ("credentials_service", "ticket_service", "sms_service", "gateway")
QUICK = {"KEVA_BACKFILL_INTERVAL_SECONDS": "1", "KEVA_BACKFILL_GRACE_SECONDS": "0"}


async def _until(condition: Callable[[], Awaitable[bool]], seconds: float = 90) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - other processes tell no event
            await asyncio.sleep(0.1)


async def test_texts_of_an_outage_are_all_found_in_order(start_stack: StartStack) -> None:
    async with start_stack(QUICK) as running:
        desk = await running.open_desk()
        customers = [new_number() for _ in range(20)]
        for service in (*SERVICES, "responder_service"):
            await running.stack.kill(service)

        for number in range(10):
            missed = await asyncio.gather(*(desk.text(f"text {number}", customer) for customer in customers))
            assert not any(text.acknowledged for text in missed)
        for service in ("responder_service", *SERVICES):
            await running.stack.restart(service)

        async def all_stored() -> bool:
            return sum(ticket.message_count for ticket in await desk.tickets()) == 200

        await _until(all_stored)
        for customer in customers:
            messages = await desk.messages(await desk.ticket(customer))
            assert [message.text for message in messages] == [f"text {number}" for number in range(10)]
            assert all(message.recovered for message in messages)


@asynccontextmanager
async def _load(desk: Desk, answers: list[int]) -> AsyncIterator[None]:
    """Customers who text one webhook after the other; `answers` gets each one's status."""
    over = asyncio.Event()

    async def texts() -> None:
        customer = new_number()
        while not over.is_set():
            sid = f"SM{secrets.token_hex(16)}"
            answers.append((await desk.post({"MessageSid": sid, "From": customer, "Body": "hello"})).status)

    async with asyncio.TaskGroup() as customers:
        for _ in range(8):
            customers.create_task(texts())
        yield
        over.set()


async def _new_answers(answers: list[int], count: int, status: int) -> None:
    """Returns once there are `count` more answers of that status."""
    wanted = answers.count(status) + count

    async def enough() -> bool:
        return answers.count(status) >= wanted

    await _until(enough)


@pytest.mark.parametrize("outage", ["killed", "frozen"])
async def test_without_mongod_every_webhook_is_answered_503_and_it_goes_on_by_itself(
    running: RunningStack, outage: str
) -> None:
    desk = await running.open_desk()
    stack, answers = running.stack, list[int]()
    processes = {service: stack.supervisor.process(service).pid for service in SERVICES}
    async with _load(desk, answers):
        await _new_answers(answers, 20, 200)
        if outage == "killed":
            await stack.kill("mongod")
        else:
            stack.pause("mongod")
        # Those that were on their way when it went.
        await _new_answers(answers, 8, 503)
        before = len(answers)
        await _new_answers(answers, 16, 503)
        assert set(answers[before:]) == {503}
        if outage == "killed":
            await stack.restart("mongod")
        else:
            stack.resume("mongod")
        await _new_answers(answers, 20, 200)

    assert set(answers) == {200, 503}
    assert {service: stack.supervisor.process(service).pid for service in SERVICES} == processes
