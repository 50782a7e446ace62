"""A reply that is sent later leaves at its time, once, unless it is cancelled or its customer must not be texted."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import message_pb2, ticket_service_pb2
from servicekit.errors import FailedPrecondition, KevaError
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import AGENT, CUSTOMER, WORKSPACE, Desk, delivery_state, error_of, state_of
from tests.ticket_service.raw_documents import changed, documents
from tests.ticket_service.use_cases.outgoing.later import IN_AN_HOUR, later, persistently, scheduled_at
from ticket_service.domain.staff.agent import Role


async def _schedule(
    desk: Desk, ticket_id: str, text: str = "see you", after: timedelta = IN_AN_HOUR, **fields: Any
) -> message_pb2.Message:
    values = {"text": text, "send_time": scheduled_at(after), **fields}
    answer = await desk.call("ReplyToTicket", ticket_id, metadata=AGENT, **values)
    return answer.message  # type: ignore[no-any-return]


async def _cancel(desk: Desk, message_id: str) -> ticket_service_pb2.CancelScheduledMessageResponse:
    request = ticket_service_pb2.CancelScheduledMessageRequest(workspace_id=WORKSPACE, message_id=message_id)
    return await desk.tickets.CancelScheduledMessage(request, metadata=AGENT)


async def _message(desk: Desk, ticket_id: str, message_id: str) -> message_pb2.Message:
    return next(message for message in await desk.messages(ticket_id) if message.message_id == message_id)


async def _waiting(desk: Desk) -> list[str]:
    request = ticket_service_pb2.ListScheduledMessagesRequest(workspace_id=WORKSPACE)
    return [message.message_id for message in (await desk.tickets.ListScheduledMessages(request)).messages]


def _failed(before: str, reason: str) -> float:
    return REGISTRY.get_sample_value("keva_replies_failed_total", {"before": before, "reason": reason}) or 0


async def test_it_leaves_at_its_time_under_its_id(start_desk: StartDesk) -> None:
    desk = await start_desk(scheduled_poll_seconds=0.05)
    await desk.subscribe()
    ticket_id = await desk.new_ticket()

    planned = await _schedule(desk, ticket_id, after=timedelta(seconds=0.5))
    before = await desk.ticket(ticket_id)
    sent = await asyncio.wait_for(desk.peer.sent.get(), 90)

    assert datetime.now(UTC) >= planned.send_time.ToDatetime(UTC)
    assert (delivery_state(planned.delivery), sent.message_id) == ("SCHEDULED", planned.message_id)
    assert (state_of(before), before.assignee.agent_id, before.message_count) == ("OPEN", "dana", 1)
    (reply,) = await desk.settled_replies(ticket_id)
    after = await desk.ticket(ticket_id)
    assert (delivery_state(reply.delivery), reply.position) == ("ACCEPTED", 3)
    assert (state_of(after), after.message_count, after.scheduled_count) == ("PENDING", 2, 0)
    assert await _waiting(desk) == []
    assert (await desk.actions(ticket_id))[-5:] == [
        "message.scheduled",
        "ticket.assigned",
        "message.queued",
        "ticket.state_changed",
        "message.delivery_changed",
    ]
    assert desk.peer.sent.empty()


async def test_it_waits_at_the_end_of_the_conversation_and_holds_up_nothing(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket(customer_address=CUSTOMER)
    planned = await _schedule(desk, ticket_id)

    await desk.reply(ticket_id, "now")
    assert await desk.peer.sent_texts(1) == ["now"]
    await desk.text("thanks")

    assert [message.text for message in await desk.messages(ticket_id)] == ["hello", "now", "thanks", "see you"]
    assert await _waiting(desk) == [planned.message_id]
    assert (await desk.ticket(ticket_id)).scheduled_count == 1
    assert desk.peer.sent.empty()


async def test_those_that_wait_are_listed_in_the_order_in_which_they_leave(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    hours = [3, 1, 2]
    ids = [(await _schedule(desk, ticket_id, after=timedelta(hours=hour))).message_id for hour in hours]

    request = ticket_service_pb2.ListScheduledMessagesRequest(workspace_id=WORKSPACE, page_size=2)
    page = await desk.tickets.ListScheduledMessages(request)
    request.page_token = page.next_page_token
    rest = await desk.tickets.ListScheduledMessages(request)

    listed = [message.message_id for message in (*page.messages, *rest.messages)]
    assert listed == [ids[1], ids[2], ids[0]]
    assert rest.next_page_token == ""


async def test_same_request_is_scheduled_once_and_another_time_is_another_request(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket()
    asked: dict[str, Any] = {"request_id": "later-1", "send_time": scheduled_at(IN_AN_HOUR)}

    first = await _schedule(shared_desk, ticket_id, **asked)
    again = await _schedule(shared_desk, ticket_id, **asked)

    assert again.message_id == first.message_id
    for other in (scheduled_at(2 * IN_AN_HOUR), None):
        error = await error_of(_schedule(shared_desk, ticket_id, **{**asked, "send_time": other}))
        assert error.reason == "REQUEST_ID_REUSED"


@pytest.mark.parametrize("after", [timedelta(0), timedelta(days=367)])
async def test_time_that_is_over_or_too_far_is_refused(shared_desk: Desk, after: timedelta) -> None:
    ticket_id = await shared_desk.new_ticket()

    error = await error_of(_schedule(shared_desk, ticket_id, after=after))

    assert (error.reason, error.metadata["field"]) == ("FIELD_INVALID", "send_time")


async def test_time_that_is_none_is_refused(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket()

    error = await error_of(_schedule(shared_desk, ticket_id, send_time=Timestamp(seconds=2**60)))

    assert (error.reason, error.metadata["field"]) == ("FIELD_INVALID", "send_time")


async def test_a_cancelled_one_never_leaves(desk: Desk, mongod: Mongod, database: str) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    planned = await _schedule(desk, ticket_id)

    cancelled = await _cancel(desk, planned.message_id)
    again = await _cancel(desk, planned.message_id)

    assert delivery_state(cancelled.message.delivery) == delivery_state(again.message.delivery) == "CANCELLED"
    assert (state_of(cancelled.ticket), cancelled.ticket.scheduled_count) == ("OPEN", 0)
    async with later(mongod.uri, database) as two_hours_later:
        assert await two_hours_later.let_go() == []
        await two_hours_later.messages.let_go(WORKSPACE, planned.message_id)
    assert delivery_state((await _message(desk, ticket_id, planned.message_id)).delivery) == "CANCELLED"
    assert (await desk.actions(ticket_id))[-2:] == ["ticket.assigned", "message.cancelled"]
    assert await _waiting(desk) == []


async def test_whoever_cancels_and_whoever_lets_go_never_both_succeed(
    desk: Desk, mongod: Mongod, database: str
) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    ids = [(await _schedule(desk, ticket_id, f"text {number}")).message_id for number in range(12)]

    async with later(mongod.uri, database) as two_hours_later:

        async def cancel(message_id: str) -> bool:
            answer = await persistently(lambda: _cancel(desk, message_id))
            if isinstance(answer, KevaError):
                assert answer.reason == "MESSAGE_NOT_SCHEDULED"
            return not isinstance(answer, KevaError)

        async def let_go(message_id: str) -> None:
            await persistently(lambda: two_hours_later.messages.let_go(WORKSPACE, message_id))

        cancelled, _ = await asyncio.gather(asyncio.gather(*map(cancel, ids)), asyncio.gather(*map(let_go, ids)))

    states = [delivery_state((await _message(desk, ticket_id, message_id)).delivery) for message_id in ids]
    assert [state == "CANCELLED" for state in states] == cancelled
    assert set(states) <= {"CANCELLED", "QUEUED", "ACCEPTED"}
    ticket = await desk.ticket(ticket_id)
    assert (ticket.scheduled_count, ticket.message_count) == (0, 1 + cancelled.count(False))


async def test_what_has_left_or_was_never_scheduled_cannot_be_cancelled(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket()
    reply = await shared_desk.reply(ticket_id)

    error = await error_of(_cancel(shared_desk, reply.message_id))

    assert (type(error), error.reason) == (FailedPrecondition, "MESSAGE_NOT_SCHEDULED")
    for unknown in ("msg_none", (await shared_desk.note(ticket_id)).message_id):
        assert (await error_of(_cancel(shared_desk, unknown))).reason == "MESSAGE_NOT_FOUND"


async def test_whoever_opted_out_meanwhile_gets_nothing(desk: Desk, mongod: Mongod, database: str) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket(customer_address=CUSTOMER)
    planned = await _schedule(desk, ticket_id)
    await desk.text("STOP")
    before = _failed("SCHEDULED", "RECIPIENT_OPTED_OUT")

    with capture_logs() as lines:
        async with later(mongod.uri, database) as two_hours_later:
            assert await two_hours_later.let_go() == [planned.message_id]

    (said,) = [line for line in lines if line["event"] == "a reply has failed"]
    assert (said["message_id"], said["before"], said["reason"]) == (
        planned.message_id,
        "SCHEDULED",
        "RECIPIENT_OPTED_OUT",
    )
    assert CUSTOMER not in str(said)
    assert _failed("SCHEDULED", "RECIPIENT_OPTED_OUT") == before + 1
    failed = await _message(desk, ticket_id, planned.message_id)
    assert delivery_state(failed.delivery) == "FAILED"
    assert failed.delivery.error_text.startswith("this customer has opted out")
    ticket = await desk.ticket(ticket_id)
    assert (state_of(ticket), ticket.scheduled_count) == ("OPEN", 0)
    (record,) = await desk.records(ticket_id=ticket_id, action="message.delivery_changed")
    assert dict(record.details) == {"from": "SCHEDULED", "to": "FAILED", "reason": "RECIPIENT_OPTED_OUT"}


async def test_what_a_deactivated_agent_has_written_leaves_all_the_same(
    desk: Desk, mongod: Mongod, database: str
) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    desk.put_agent("ann", Role.AGENT, (WORKSPACE,))
    acting = (("keva-actor", "agent:ann"),)
    answer = await desk.call(
        "ReplyToTicket", ticket_id, metadata=acting, text="see you", send_time=scheduled_at(IN_AN_HOUR)
    )
    await desk.deactivate("ann")

    async with later(mongod.uri, database) as two_hours_later:
        assert await two_hours_later.let_go() == [answer.message.message_id]

    left = await _message(desk, ticket_id, answer.message.message_id)
    assert (left.author.id, delivery_state(left.delivery) in ("QUEUED", "ACCEPTED")) == ("ann", True)


async def test_what_its_writer_has_not_read_by_then_stays_unread(desk: Desk, mongod: Mongod, database: str) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket(customer_address=CUSTOMER)
    await desk.reply(ticket_id, "now")
    planned = await _schedule(desk, ticket_id)
    assert not (await desk.call("GetTicket", ticket_id, metadata=AGENT)).ticket.unread
    await desk.text("by the way")

    async with later(mongod.uri, database) as two_hours_later:
        assert await two_hours_later.let_go() == [planned.message_id]

    ticket = (await desk.call("GetTicket", ticket_id, metadata=AGENT)).ticket
    assert (ticket.unread, ticket.last_message_preview) == (True, "see you")


async def test_closing_the_ticket_cancels_it(desk: Desk, mongod: Mongod, database: str) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    ids = [(await _schedule(desk, ticket_id)).message_id for _ in range(2)]

    closed = await desk.change("CloseTicket", ticket_id)

    assert closed.scheduled_count == 0
    for message_id in ids:
        assert delivery_state((await _message(desk, ticket_id, message_id)).delivery) == "CANCELLED"
    assert (await desk.actions(ticket_id))[-3:] == ["ticket.closed", "message.cancelled", "message.cancelled"]
    assert (await error_of(_schedule(desk, ticket_id))).reason == "TICKET_CLOSED"


async def test_one_on_a_ticket_that_an_older_replica_closed_is_cancelled_when_it_is_due(
    desk: Desk, mongod: Mongod, database: str
) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    planned = await _schedule(desk, ticket_id)
    with changed(mongod, database, "tickets") as tickets:
        tickets.update_one({"_id": ticket_id}, {"$set": {"state": "CLOSED"}, "$unset": {"holds_thread": ""}})

    async with later(mongod.uri, database) as two_hours_later:
        assert await two_hours_later.let_go() == [planned.message_id]

    assert delivery_state((await _message(desk, ticket_id, planned.message_id)).delivery) == "CANCELLED"


async def test_forgetting_the_customer_cancels_and_erases_it(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    planned = await _schedule(desk, ticket_id, "a secret")
    customer_id = (await desk.ticket(ticket_id)).customer_id

    request = ticket_service_pb2.ForgetCustomerRequest(workspace_id=WORKSPACE, customer_id=customer_id)
    await desk.tickets.ForgetCustomer(request, metadata=AGENT)
    await desk.until_recorded("ticket.erased", ticket_id)

    erased = await _message(desk, ticket_id, planned.message_id)
    assert (delivery_state(erased.delivery), erased.text, erased.HasField("erase_time")) == ("CANCELLED", "", True)
    assert "message.cancelled" in await desk.actions(ticket_id)
    assert await _waiting(desk) == []


async def test_a_long_one_is_split_when_it_leaves(desk: Desk, mongod: Mongod, database: str) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    asked: dict[str, Any] = {"request_id": "later-long", "send_time": scheduled_at(IN_AN_HOUR), "split": True}
    planned = await _schedule(desk, ticket_id, "word " * 1000, **asked)
    assert (len(planned.text), planned.delivery.segments) == (5000, 35)

    async with later(mongod.uri, database) as two_hours_later:
        assert await two_hours_later.let_go() == [planned.message_id]

    _, *parts = await desk.messages(ticket_id)
    assert [part.position for part in parts] == [3, 4, 5, 6]
    assert parts[0].message_id == planned.message_id
    assert " ".join(part.text for part in parts).split() == ["word"] * 1000
    assert (await _schedule(desk, ticket_id, "word " * 1000, **asked)).message_id == planned.message_id


async def test_replicas_of_an_older_version_neither_send_it_nor_lose_it(
    desk: Desk, mongod: Mongod, database: str
) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    planned = await _schedule(desk, ticket_id)
    ended = await _schedule(desk, ticket_id)
    (stored,) = documents(mongod, database, "messages", _id=planned.message_id)
    # As they see it: a reply that is in no outbox.
    assert stored["delivery"]["state"] == "QUEUED"
    assert not [name for name in stored if name.startswith("outbox")]

    # One that they ended, since its ticket was being erased.
    with changed(mongod, database, "messages") as messages:
        messages.update_one({"_id": ended.message_id}, {"$set": {"delivery.state": "FAILED"}})
    async with later(mongod.uri, database) as two_hours_later:
        assert sorted(await two_hours_later.let_go()) == [planned.message_id]
        assert await two_hours_later.let_go() == []
    (left,) = documents(mongod, database, "messages", _id=planned.message_id)
    assert {"outbox_due", "outbox_replica"} < left.keys()
    assert not {"schedule", "schedule_due", "schedule_lease"} & left.keys()
    assert delivery_state((await _message(desk, ticket_id, ended.message_id)).delivery) == "FAILED"


async def test_two_replicas_send_each_of_30_once(start_desk: StartDesk) -> None:
    desks = [await start_desk(scheduled_poll_seconds=0.05) for _ in range(2)]
    await desks[0].subscribe()
    ticket_ids = [await desks[0].new_ticket() for _ in range(30)]

    for number, ticket_id in enumerate(ticket_ids):
        await _schedule(desks[number % 2], ticket_id, f"text {number}", timedelta(seconds=2))

    assert sorted(await desks[0].peer.sent_texts(30)) == sorted(f"text {number}" for number in range(30))
    for ticket_id in ticket_ids:
        assert len(await desks[0].settled_replies(ticket_id)) == 1
    assert desks[0].peer.sent.empty()
