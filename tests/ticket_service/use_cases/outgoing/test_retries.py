"""A reply that failed is sent again once, as a new one, and each of both knows the other."""

import asyncio
from typing import Any

import pytest

from keva.ticket.v1 import ticket_service_pb2
from servicekit.errors import FailedPrecondition
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import (
    AGENT,
    CUSTOMER,
    WORKSPACE,
    Desk,
    delivery_state,
    details,
    error_of,
    state_of,
)
from tests.ticket_service.use_cases.outgoing.later import persistently


async def _retry(desk: Desk, message_id: str, **fields: Any) -> ticket_service_pb2.RetryReplyResponse:
    request = ticket_service_pb2.RetryReplyRequest(workspace_id=WORKSPACE, message_id=message_id, **fields)
    return await desk.tickets.RetryReply(request, metadata=AGENT)


async def _failed(desk: Desk, text: str = "an answer", **fields: str) -> tuple[str, str]:
    """A ticket and its reply, which Twilio took and did not deliver."""
    ticket_id = await desk.new_ticket(**fields)
    reply = await desk.reply(ticket_id, text)
    await desk.settled_replies(ticket_id)
    await desk.record(reply.message_id, "FAILED", error_code=30003)
    return ticket_id, reply.message_id


async def test_text_and_media_go_again_as_a_new_reply(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    urls = ["https://example.com/a.png"]
    reply = (await desk.call("ReplyToTicket", ticket_id, metadata=AGENT, text="look", media_urls=urls)).message
    await desk.settled_replies(ticket_id)
    await desk.record(reply.message_id, "FAILED", error_code=30003)
    await desk.peer.sent.get()

    answer = await _retry(desk, reply.message_id)
    sent = await asyncio.wait_for(desk.peer.sent.get(), 90)

    assert (delivery_state(answer.message.delivery), answer.message.retry_of) == ("QUEUED", reply.message_id)
    assert (sent.message_id, sent.text, list(sent.media_urls)) == (answer.message.message_id, "look", urls)
    before, after = await desk.settled_replies(ticket_id)
    assert (delivery_state(before.delivery), before.retried_by) == ("FAILED", after.message_id)
    queued = (await desk.records(ticket_id=ticket_id, action="message.queued"))[-1]
    assert details(queued)["retry_of"] == reply.message_id
    assert (state_of(answer.ticket), answer.ticket.message_count) == ("PENDING", 3)


async def test_a_reply_is_repeated_once_however_often_that_is_asked(start_desk: StartDesk) -> None:
    desks = [await start_desk() for _ in range(2)]
    await desks[0].subscribe()
    ticket_id, message_id = await _failed(desks[0])

    async def retry(desk: Desk) -> str:
        answer = await persistently(lambda: _retry(desk, message_id))
        assert isinstance(answer, ticket_service_pb2.RetryReplyResponse)
        return answer.message.message_id

    answers = await asyncio.gather(*(retry(desks[number % 2]) for number in range(8)))

    assert len(set(answers)) == 1
    assert len(await desks[0].settled_replies(ticket_id)) == 2
    assert desks[0].peer.sent.qsize() == 2


async def test_one_that_repeats_another_is_repeated_itself_when_it_fails(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id, message_id = await _failed(desk)
    second = (await _retry(desk, message_id)).message
    await desk.settled_replies(ticket_id)
    await desk.record(second.message_id, "FAILED", error_code=30003)

    third = (await _retry(desk, second.message_id)).message

    assert third.retry_of == second.message_id
    assert (await _retry(desk, message_id)).message.message_id == second.message_id


async def test_only_what_failed_is_repeated(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket()
    reply = await shared_desk.reply(ticket_id)
    await shared_desk.settled_replies(ticket_id)

    error = await error_of(_retry(shared_desk, reply.message_id))

    assert (type(error), error.reason, error.metadata["state"]) == (
        FailedPrecondition,
        "MESSAGE_NOT_FAILED",
        "ACCEPTED",
    )
    text = (await shared_desk.messages(ticket_id))[0]
    for unknown in ("msg_none", text.message_id, (await shared_desk.note(ticket_id)).message_id):
        assert (await error_of(_retry(shared_desk, unknown))).reason == "MESSAGE_NOT_FOUND"


async def test_consent_is_asked_again(desk: Desk) -> None:
    await desk.subscribe()
    _, message_id = await _failed(desk, customer_address=CUSTOMER)
    await desk.text("STOP")

    assert (await error_of(_retry(desk, message_id))).reason == "RECIPIENT_OPTED_OUT"


@pytest.mark.parametrize("state", ["CLOSED"])
async def test_a_closed_ticket_stays_closed(shared_desk: Desk, state: str) -> None:
    ticket_id, message_id = await _failed(shared_desk)
    await shared_desk.move(ticket_id, state)

    assert (await error_of(_retry(shared_desk, message_id))).reason == "TICKET_CLOSED"


async def test_nothing_is_left_to_repeat_of_a_customer_who_is_forgotten(shared_desk: Desk) -> None:
    ticket_id, message_id = await _failed(shared_desk)
    customer_id = (await shared_desk.ticket(ticket_id)).customer_id
    request = ticket_service_pb2.ForgetCustomerRequest(workspace_id=WORKSPACE, customer_id=customer_id)
    await shared_desk.tickets.ForgetCustomer(request, metadata=AGENT)
    async with asyncio.timeout(90):
        while True:
            if not any(message.text for message in await shared_desk.messages(ticket_id)):
                break
            await asyncio.sleep(0.05)

    assert (await error_of(_retry(shared_desk, message_id))).reason == "TICKET_CLOSED"


async def test_what_was_said_since_refuses_it_unless_its_writer_insists(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id, failed = await _failed(desk, customer_address=CUSTOMER)
    await desk.text("solved, thanks")

    error = await error_of(_retry(desk, failed, last_seen_message_id=failed))
    unknown = await error_of(_retry(desk, failed, last_seen_message_id="msg_none"))
    (*_, newest) = await desk.messages(ticket_id)
    answer = await _retry(desk, failed, last_seen_message_id=newest.message_id)
    again = await _retry(desk, failed, last_seen_message_id=failed)

    assert (type(error), error.reason) == (FailedPrecondition, "NEWER_MESSAGES")
    assert error.metadata["message_ids"] == newest.message_id
    assert unknown.reason == "MESSAGE_NOT_FOUND"
    assert answer.message.retry_of == failed
    assert again.message.message_id == answer.message.message_id


async def test_whoever_insists_repeats_it_anyway(desk: Desk) -> None:
    await desk.subscribe()
    _, failed = await _failed(desk, customer_address=CUSTOMER)
    await desk.text("hello?")

    answer = await _retry(desk, failed, last_seen_message_id=failed, send_anyway=True)

    assert answer.message.retry_of == failed
