"""What became of a reply moves on and never back, in whatever order the news comes."""

import asyncio

import pytest
from structlog.testing import capture_logs

from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import message_pb2, ticket_service_pb2
from tests.ticket_service.desk import ACCOUNT, CUSTOMER, WORKSPACE, Desk, accepted, delivery_state, error_of

STATES = ("QUEUED", "ACCEPTED", "SENT", "DELIVERED", "FAILED", "READ")
# From each state, where news of another one may lead.
MOVES = {
    "QUEUED": {"ACCEPTED", "SENT", "DELIVERED", "FAILED", "READ"},
    "ACCEPTED": {"SENT", "DELIVERED", "FAILED", "READ"},
    "SENT": {"DELIVERED", "FAILED", "READ"},
    "DELIVERED": {"READ"},
    "FAILED": set(),
    "READ": set(),
}


async def _queued_reply(desk: Desk, ticket_id: str) -> str:
    """The id of a reply that sms_service has not answered for, and will not."""
    asked = asyncio.Event()

    async def hang(request: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        asked.set()
        await asyncio.Event().wait()
        return accepted(request)

    desk.peer.answer = hang
    reply = await desk.reply(ticket_id)
    await asyncio.wait_for(asked.wait(), 90)
    return reply.message_id


async def _reply(desk: Desk, ticket_id: str, message_id: str) -> message_pb2.Message:
    (message,) = [m for m in await desk.messages(ticket_id) if m.message_id == message_id]
    return message


@pytest.fixture(scope="module")
async def ticket_with_replies(shared_desk: Desk) -> tuple[str, list[str]]:
    """A ticket and its QUEUED replies: the first is being sent for ever, so the others wait behind it."""
    ticket_id = await shared_desk.new_ticket()
    await _queued_reply(shared_desk, ticket_id)
    return ticket_id, [(await shared_desk.reply(ticket_id)).message_id for _ in range(len(STATES) ** 2)]


@pytest.mark.parametrize("after", STATES)
@pytest.mark.parametrize("before", STATES)
async def test_news_in_state(
    shared_desk: Desk, ticket_with_replies: tuple[str, list[str]], before: str, after: str
) -> None:
    ticket_id, waiting = ticket_with_replies
    message_id = waiting.pop()
    await shared_desk.record(message_id, before)
    known = await _reply(shared_desk, ticket_id, message_id)
    recorded = len(await shared_desk.records(ticket_id=ticket_id))

    states = [await shared_desk.record(message_id, after) for _ in range(2)]

    moved = after in MOVES[before]
    assert states == [after if moved else before] * 2
    news = (await shared_desk.records(ticket_id=ticket_id))[recorded:]
    changes = [(r.action, r.details["from"], r.details["to"]) for r in news if r.subject_id == message_id]
    assert changes == ([("message.delivery_changed", before, after)] if moved else [])
    if not moved:
        assert await _reply(shared_desk, ticket_id, message_id) == known


async def test_error_code_and_sentence_are_kept(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    message_id = await _queued_reply(desk, ticket_id)

    await desk.record(message_id, "SENT", twilio_message_sid="SM1", segments=2)
    await desk.record(message_id, "FAILED", error_code=30003, error_text="The phone is switched off.")
    await desk.record(message_id, "DELIVERED")

    reply = await _reply(desk, ticket_id, message_id)
    assert delivery_state(reply.delivery) == "FAILED"
    assert (reply.delivery.error_code, reply.delivery.error_text) == (30003, "The phone is switched off.")
    assert (reply.twilio_message_sid, reply.delivery.segments) == ("SM1", 2)
    failed = (await desk.records(ticket_id=ticket_id))[-1]
    assert dict(failed.details) == {"from": "SENT", "to": "FAILED", "error_code": "30003"}
    assert failed.actor.id == ACCOUNT


async def test_callback_may_come_before_the_answer_to_the_send(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()

    async def callback_first(request: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        assert await desk.record(request.message_id, "DELIVERED", twilio_message_sid="SM1") == "DELIVERED"
        late = accepted(request)
        late.twilio_message_sid = "SM1"
        return late

    desk.peer.answer = callback_first
    reply = await desk.reply(ticket_id)
    await desk.peer.sent_texts(1)
    # The relay takes the next reply of a ticket when it has recorded the one before.
    desk.peer.answer = None
    await desk.reply(ticket_id, "next")
    await desk.peer.sent_texts(1)

    known = await _reply(desk, ticket_id, reply.message_id)
    assert (delivery_state(known.delivery), known.twilio_message_sid, known.delivery.segments) == (
        "DELIVERED",
        "SM1",
        1,
    )


async def test_callback_ends_the_sending_of_a_reply(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    message_id = await _queued_reply(desk, ticket_id)

    await desk.record(message_id, "SENT")
    desk.peer.answer = None
    await desk.record(message_id, "QUEUED")

    assert delivery_state((await _reply(desk, ticket_id, message_id)).delivery) == "SENT"
    assert desk.peer.sent.empty()


async def test_news_that_the_customer_opted_out_opts_them_out(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket(customer_address=CUSTOMER)
    message_id = await _queued_reply(desk, ticket_id)

    await desk.record(message_id, "FAILED", error_code=21610, error_text="The customer has opted out.", opted_out=True)

    assert (await desk.customer((await desk.ticket(ticket_id)).customer_id)).opted_out
    assert (await error_of(desk.reply(ticket_id))).reason == "RECIPIENT_OPTED_OUT"
    assert (await desk.actions(ticket_id))[-2:] == ["message.delivery_changed", "customer.opted_out"]


async def test_late_news_of_an_opt_out_does_not_undo_a_start(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket(customer_address=CUSTOMER)
    message_id = await _queued_reply(desk, ticket_id)
    await desk.record(message_id, "FAILED", error_code=21610, opted_out=True)
    await desk.text("START")

    await desk.record(message_id, "FAILED", error_code=21610, opted_out=True, twilio_message_sid="SM1", segments=1)

    assert not (await desk.customer((await desk.ticket(ticket_id)).customer_id)).opted_out


async def test_what_a_code_means_is_for_others_to_say(desk: Desk) -> None:
    """ticket_service knows no error codes: only the news itself opts a customer out."""
    await desk.subscribe()
    ticket_id = await desk.new_ticket(customer_address=CUSTOMER)
    message_id = await _queued_reply(desk, ticket_id)

    await desk.record(message_id, "FAILED", error_code=21610)

    assert not (await desk.customer((await desk.ticket(ticket_id)).customer_id)).opted_out


@pytest.mark.parametrize("temporary", [True, False])
async def test_failure_that_passes_by_itself_is_shown_as_such(desk: Desk, temporary: bool) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    message_id = await _queued_reply(desk, ticket_id)

    await desk.record(message_id, "FAILED", error_code=30003, temporary=temporary)

    assert (await _reply(desk, ticket_id, message_id)).delivery.temporary is temporary


async def test_message_that_is_no_reply_has_no_delivery(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket()
    note = await shared_desk.note(ticket_id)
    text = (await shared_desk.messages(ticket_id))[0]

    for message_id in (note.message_id, text.message_id, "msg_unknown"):
        error = await error_of(shared_desk.record(message_id, "SENT"))
        assert (error.reason, error.metadata["message_id"]) == ("MESSAGE_NOT_FOUND", message_id)


async def test_reply_of_another_workspace_is_not_found(
    shared_desk: Desk, ticket_with_replies: tuple[str, list[str]]
) -> None:
    ticket_id, _ = ticket_with_replies
    message_id = (await shared_desk.messages(ticket_id))[1].message_id
    elsewhere = await shared_desk.new_workspace()

    error = await error_of(shared_desk.record(message_id, "SENT", workspace_id=elsewhere))

    assert error.reason == "MESSAGE_NOT_FOUND"
    assert delivery_state((await _reply(shared_desk, ticket_id, message_id)).delivery) == "QUEUED"


@pytest.mark.parametrize(
    ("update", "reason", "field"),
    [
        pytest.param(
            {"state": message_pb2.DELIVERY_STATE_SENT}, "FIELD_REQUIRED", "update.message_id", id="no message"
        ),
        pytest.param({"message_id": "msg_x"}, "FIELD_REQUIRED", "update.state", id="no state"),
        pytest.param({"message_id": "msg_x", "state": 42}, "FIELD_INVALID", "update.state", id="unknown state"),
    ],
)
async def test_news_that_cannot_be_used(shared_desk: Desk, update: dict[str, object], reason: str, field: str) -> None:
    request = ticket_service_pb2.RecordDeliveryRequest(
        workspace_id=WORKSPACE,
        update=message_pb2.DeliveryUpdate(**update),  # type: ignore[arg-type]
    )

    error = await error_of(shared_desk.tickets.RecordDelivery(request))

    assert (error.reason, error.metadata["field"]) == (reason, field)


async def test_reason_that_comes_late_is_kept_and_recorded(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    message_id = await _queued_reply(desk, ticket_id)
    await desk.record(message_id, "FAILED", error_text="Twilio gave no reason.")

    for _ in range(2):
        await desk.record(message_id, "FAILED", error_code=21610, error_text="They opted out.", opted_out=True)

    delivery = (await _reply(desk, ticket_id, message_id)).delivery
    assert (delivery.error_code, delivery.error_text) == (21610, "They opted out.")
    changed = [r for r in await desk.records(ticket_id=ticket_id) if r.action == "message.delivery_changed"]
    assert [r.details.get("error_code") for r in changed] == [None, "21610"]
    assert [r.action for r in await desk.records(ticket_id=ticket_id)].count("customer.opted_out") == 1


async def test_what_has_failed_is_said_once_with_its_code(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket()
    message_id = await _queued_reply(shared_desk, ticket_id)

    with capture_logs() as lines:
        for _ in range(2):
            await shared_desk.record(message_id, "FAILED", error_code=30004)

    (said,) = [line for line in lines if line["event"] == "a reply has failed"]
    assert (said["message_id"], said["before"], said["reason"]) == (message_id, "QUEUED", "TWILIO_30004")
