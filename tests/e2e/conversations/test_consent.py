"""Who takes texts from which of our numbers: Keva and Twilio agree about it, and no machine texts who wants none."""

import asyncio
import dataclasses

import grpc
import pytest

from dev.local_stack.accounts import configure_number, connect_account, open_account, subscribe_number
from dev.local_stack.desk import Desk, RunningStack, new_account, new_number
from keva.ticket.v1 import hand_off_pb2, message_pb2, routing_pb2, ticket_service_pb2
from servicekit.rpc.statuses_to_errors import as_keva_error

THE_AI = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)


async def _pair(running: RunningStack) -> tuple[Desk, Desk]:
    """Two of our numbers, which the same customer has texted."""
    first, second = await running.open_desk(), await running.open_desk()
    second = dataclasses.replace(second, customer=first.customer)
    for desk in (first, second):
        await desk.text("hello")
    return first, second


async def _is_delivered(desk: Desk) -> bool:
    """Whether an answer reaches the customer: not when Keva refuses it. Fails when Keva takes it and Twilio refuses."""
    try:
        reply = await desk.reply(await desk.ticket(), "an answer")
    except grpc.aio.AioRpcError as error:
        if as_keva_error(error).reason == "RECIPIENT_OPTED_OUT":
            return False
        raise
    await desk.until_delivery(reply)
    return True


async def test_stop_to_one_number_and_a_question_to_another_one(running: RunningStack) -> None:
    stopped, asked = await _pair(running)

    await stopped.text("STOP")
    await asked.text("are you open on sunday?")
    assert [await _is_delivered(desk) for desk in (stopped, asked)] == [False, True]

    await asked.text("START")
    assert [await _is_delivered(desk) for desk in (stopped, asked)] == [False, True]

    await stopped.text("start")
    assert [await _is_delivered(desk) for desk in (stopped, asked)] == [True, True]


async def test_what_twilio_knows_of_one_number_says_nothing_of_another_one(running: RunningStack) -> None:
    stopped, asked = await _pair(running)
    # Twilio heard it, and Keva has not yet.
    await stopped.text("STOP", deliver=False)

    reply = await stopped.reply(await stopped.ticket(), "an answer")
    failed = await stopped.until_delivery(reply, message_pb2.DELIVERY_STATE_FAILED)

    assert failed.delivery.error_code == 21610
    assert [await _is_delivered(desk) for desk in (stopped, asked)] == [False, True]


@pytest.mark.parametrize(
    ("word", "back"),
    [
        pytest.param("Cancel", "", id="a word that toll-free numbers do not know"),
        pytest.param("STOP", "unstop", id="STOP, and back by UNSTOP"),
    ],
)
async def test_toll_free_number(running: RunningStack, word: str, back: str) -> None:
    account = dataclasses.replace(new_account(), phone_number=new_number().replace("+1555", "+1888"))
    await open_account(running.simulator, running.stack, account)
    await connect_account(running.clients, account)
    channel = await subscribe_number(running.clients, account)
    await configure_number(running.clients, account)
    desk = Desk(running.stack, running.simulator, running.clients, account, channel)
    await desk.text("hello")

    await desk.text(word)
    assert await _is_delivered(desk) == (not back)

    await desk.text("YES")
    assert await _is_delivered(desk) == (not back)

    await desk.text(back or "hello")
    assert await _is_delivered(desk)


@pytest.mark.parametrize("text", ["Please stop texting me", "Stop.", "wrong number", "stop\u200e"])
async def test_no_machine_answers_who_asks_for_no_texts(running: RunningStack, text: str) -> None:
    desk = await running.open_desk(auto_assign=THE_AI)

    await desk.text(text)
    ticket = await _handed_off(desk)

    assert ticket.hand_off_reason == hand_off_pb2.HAND_OFF_REASON_ASKED_FOR_NO_TEXTS
    assert [message.text for message in await desk.messages(ticket)] == [text]
    # A person may.
    assert await _is_delivered(desk)


async def test_delivery_that_must_stop_is_an_ordinary_text(running: RunningStack) -> None:
    desk = await running.open_desk(auto_assign=THE_AI)

    await desk.text("We must STOP this delivery")
    (notice,) = await desk.sent(1)

    assert "A member of our team" in notice.body


async def _handed_off(desk: Desk) -> ticket_service_pb2.Ticket:
    request = ticket_service_pb2.GetTicketRequest(workspace_id="default", ticket_id=(await desk.ticket()).ticket_id)
    async with asyncio.timeout(90):
        while True:
            ticket = (await desk.clients.tickets.GetTicket(request)).ticket
            if ticket.hand_off_reason:
                return ticket
            await asyncio.sleep(0.02)
