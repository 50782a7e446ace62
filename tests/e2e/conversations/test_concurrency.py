"""One ticket per thread and one message per MessageSid, through the whole stack, with one replica and with two."""

import asyncio
from itertools import cycle

import pytest

from dev.local_stack.desk import RunningStack
from tests.e2e.wire import post_signed, text_parameters


@pytest.fixture(params=["running", "replicated"])
def any_stack(request: pytest.FixtureRequest) -> RunningStack:
    """The stack with one process of each service, and the one with two gateways and two ticket_services."""
    stack: RunningStack = request.getfixturevalue(request.param)
    return stack


async def test_50_first_texts_at_once_make_one_ticket_with_50_messages(any_stack: RunningStack) -> None:
    desk = await any_stack.open_desk()
    gateways = cycle(any_stack.stack.layout.urls("gateway"))
    texts = [text_parameters(desk, Body=f"text {i}") for i in range(50)]

    answers = await asyncio.gather(*(post_signed(desk, t, gateway_url=next(gateways)) for t in texts))

    assert all(answer.is_empty_twiml for answer in answers)
    ticket = await desk.ticket()
    assert ticket.message_count == 50
    assert {m.text for m in await desk.messages(ticket)} == {f"text {i}" for i in range(50)}


async def test_20_copies_of_one_webhook_at_once_make_one_message(any_stack: RunningStack) -> None:
    desk = await any_stack.open_desk()
    gateways = cycle(any_stack.stack.layout.urls("gateway"))
    parameters = text_parameters(desk)

    answers = await asyncio.gather(*(post_signed(desk, parameters, gateway_url=next(gateways)) for _ in range(20)))

    assert all(answer.is_empty_twiml for answer in answers)
    assert len(await desk.messages(await desk.ticket())) == 1
