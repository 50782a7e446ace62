"""Replies: queued once, sent once, in order, and what became of them."""

import asyncio
import uuid
from typing import Any

import pytest

from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import message_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit import errors
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import ACCOUNT, CUSTOMER, OUR_NUMBER, WORKSPACE, Desk, error_of, state_of

STATES = ["ACCEPTED", "SENT", "DELIVERED", "FAILED", "READ"]
FURTHER = {
    "ACCEPTED": {"SENT", "DELIVERED", "FAILED", "READ"},
    "SENT": {"DELIVERED", "FAILED", "READ"},
    "DELIVERED": {"READ"},
    "FAILED": set(),
    "READ": set(),
}


@pytest.fixture
async def ticket_id(desk: Desk) -> str:
    """An OPEN ticket."""
    await desk.subscribe()
    return (await desk.text("hello")).stored.ticket_id


async def _sent(desk: Desk) -> sms_service_pb2.SendMessageRequest:
    return await asyncio.wait_for(desk.peer.sent.get(), 20)


async def _until(desk: Desk, ticket_id: str, message_id: str, condition: Any) -> message_pb2.Delivery:
    async with asyncio.timeout(20):
        while True:
            found = next(m for m in await desk.messages(ticket_id) if m.message_id == message_id)
            if condition(found.delivery):
                return found.delivery
            await asyncio.sleep(0.02)


async def _record(desk: Desk, message_id: str, state: str, **fields: Any) -> str:
    update = message_pb2.DeliveryUpdate(
        message_id=message_id, state=message_pb2.DeliveryState.Value(f"DELIVERY_STATE_{state}"), **fields
    )
    request = pb.RecordDeliveryRequest(workspace_id=WORKSPACE, update=update)
    delivery = (await desk.tickets.RecordDelivery(request)).delivery
    return message_pb2.DeliveryState.Name(delivery.state).removeprefix("DELIVERY_STATE_")


async def test_reply_is_sent_with_everything_that_sending_needs(desk: Desk, ticket_id: str) -> None:
    message = await desk.reply(ticket_id, "hi there")

    sent = await _sent(desk)
    assert (sent.message_id, sent.account_sid, sent.text) == (message.message_id, ACCOUNT, "hi there")
    assert (sent.from_address, sent.to_address, sent.workspace_id) == (OUR_NUMBER, CUSTOMER, WORKSPACE)
    assert (message.author.id, state_of(await desk.ticket(ticket_id))) == ("dana", "PENDING")


async def test_same_request_id_is_one_reply(desk: Desk, ticket_id: str) -> None:
    request_id = str(uuid.uuid4())

    replies = await asyncio.gather(*(desk.reply(ticket_id, "hi", request_id) for _ in range(8)))

    assert len({reply.message_id for reply in replies}) == 1
    await _sent(desk)
    assert desk.peer.sent.empty()
    assert (await error_of(desk.reply(ticket_id, "other", request_id))).reason == "REQUEST_ID_REUSED"
    assert (await desk.ticket(ticket_id)).message_count == 2


async def test_reply_on_a_resolved_ticket_leaves_it_resolved(desk: Desk, ticket_id: str) -> None:
    await desk.move(ticket_id, "RESOLVED")
    await desk.reply(ticket_id)

    assert state_of(await desk.ticket(ticket_id)) == "RESOLVED"


@pytest.mark.parametrize(
    ("text", "reason", "metadata"),
    [
        pytest.param(
            "x" * 1601, "MESSAGE_TOO_LONG", {"characters": "1601", "segments": "11", "limit": "1600"}, id="GSM"
        ),
        pytest.param("я" * 1601, "MESSAGE_TOO_LONG", {"segments": "24"}, id="UCS-2"),
        pytest.param("", "FIELD_REQUIRED", {"field": "text"}, id="empty"),
        pytest.param(" \n", "FIELD_REQUIRED", {"field": "text"}, id="blank"),
    ],
)
async def test_texts_that_cannot_be_sent(
    desk: Desk, ticket_id: str, text: str, reason: str, metadata: dict[str, str]
) -> None:
    error = await error_of(desk.reply(ticket_id, text))

    assert error.reason == reason
    assert metadata.items() <= dict(error.metadata).items()


async def test_reply_on_a_closed_ticket_is_refused(desk: Desk, ticket_id: str) -> None:
    await desk.move(ticket_id, "CLOSED")

    assert (await error_of(desk.reply(ticket_id))).reason == "TICKET_CLOSED"


async def test_sender_name_cannot_be_answered(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = (await desk.text(customer_address="ACME Bank")).stored.ticket_id

    assert (await error_of(desk.reply(ticket_id))).reason == "RECIPIENT_CANNOT_RECEIVE"


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        pytest.param(errors.FailedPrecondition("SENDER_REFUSED", "no", twilio_code="21606", error_text="Ask."), 21606),
        pytest.param(errors.ResourceExhausted("TWILIO_RATE_LIMITED", "slow", twilio_code="20429"), 20429),
        pytest.param(errors.Aborted("SEND_OUTCOME_UNKNOWN", "lost"), 0),
    ],
    ids=lambda value: getattr(value, "reason", None),
)
async def test_trouble_keeps_it_queued_with_the_reason_and_it_leaves_later(
    desk: Desk, ticket_id: str, trouble: errors.KevaError, code: int
) -> None:
    fails = 2

    async def answer(request: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        nonlocal fails
        if fails:
            fails -= 1
            raise trouble
        return message_pb2.DeliveryUpdate(message_id=request.message_id, state=message_pb2.DELIVERY_STATE_ACCEPTED)

    desk.peer.answer = answer
    reply = await desk.reply(ticket_id)

    if code:
        waiting = await _until(desk, ticket_id, reply.message_id, lambda d: d.error_code == code)
        assert waiting.state == message_pb2.DELIVERY_STATE_QUEUED
        assert waiting.error_text
    await _sent(desk)
    await _until(desk, ticket_id, reply.message_id, lambda d: d.state == message_pb2.DELIVERY_STATE_ACCEPTED)


async def test_request_that_can_never_succeed_ends_failed(desk: Desk, ticket_id: str) -> None:
    async def answer(_: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        raise errors.invalid("text", "cannot be sent")

    desk.peer.answer = answer
    reply = await desk.reply(ticket_id)

    await _until(desk, ticket_id, reply.message_id, lambda d: d.state == message_pb2.DELIVERY_STATE_FAILED)


async def test_two_replicas_send_each_reply_once_and_in_order(start_desk: StartDesk) -> None:
    desks = [await start_desk(), await start_desk()]
    await desks[0].subscribe()
    tickets = [(await desks[0].text(customer_address=f"+155500000{i:02}")).stored.ticket_id for i in range(10)]

    ids = [(await desks[i % 2].reply(tickets[i % 10], f"part {i}")).message_id for i in range(30)]
    sent = [await _sent(desks[0]) for _ in ids]

    assert sorted(request.message_id for request in sent) == sorted(ids)
    assert desks[0].peer.sent.empty()


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", STATES)
async def test_delivery_never_moves_backwards(desk: Desk, ticket_id: str, before: str, after: str) -> None:
    message = await desk.reply(ticket_id)
    await _sent(desk)
    assert await _record(desk, message.message_id, before) == before

    moved = await _record(desk, message.message_id, after)

    assert moved == (after if after in FURTHER[before] else before)


async def test_news_from_a_callback_before_the_relay_knows(desk: Desk, ticket_id: str) -> None:
    message = await desk.reply(ticket_id)
    sid = "SM" + "1" * 32

    await _record(desk, message.message_id, "DELIVERED", twilio_message_sid=sid)
    await _sent(desk)

    delivery = await _until(desk, ticket_id, message.message_id, lambda d: d.segments == 1)
    assert delivery.state == message_pb2.DELIVERY_STATE_DELIVERED


async def test_opt_out_that_twilio_tells_of_refuses_the_next_reply(desk: Desk, ticket_id: str) -> None:
    message = await desk.reply(ticket_id)
    await _sent(desk)
    await _record(desk, message.message_id, "FAILED", error_code=21610, error_text="Opted out.")

    assert (await error_of(desk.reply(ticket_id))).reason == "RECIPIENT_OPTED_OUT"


async def test_news_of_an_unknown_message(desk: Desk) -> None:
    assert (await error_of(_record(desk, "msg_unknown", "SENT"))).reason == "MESSAGE_NOT_FOUND"
    assert (await error_of(_record(desk, "", "SENT"))).reason == "FIELD_REQUIRED"


async def test_reply_waits_for_sms_service(desk: Desk, ticket_id: str) -> None:
    down = True

    async def answer(request: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        if down:
            raise errors.Unavailable("TWILIO_UNAVAILABLE", "down")
        return message_pb2.DeliveryUpdate(message_id=request.message_id, state=message_pb2.DELIVERY_STATE_SENT)

    desk.peer.answer = answer
    reply = await desk.reply(ticket_id)
    await _until(desk, ticket_id, reply.message_id, lambda d: d.error_text)
    down = False

    await _until(desk, ticket_id, reply.message_id, lambda d: d.state == message_pb2.DELIVERY_STATE_SENT)
