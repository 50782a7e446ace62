"""Texts whose webhook never came are found in Twilio's log, and stand where they belong."""

import asyncio
from datetime import UTC, datetime, timedelta

import grpc
import pytest

from dev.local_stack.accounts import subscribe_number
from dev.local_stack.desk import Desk, new_number
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import audit_service_pb2, channel_service_pb2, message_pb2, ticket_service_pb2
from servicekit.errors import NotFound
from servicekit.rpc.statuses_to_errors import as_keva_error


@pytest.fixture
def desk(impatient_desk: Desk) -> Desk:
    """A fresh desk that is compared with Twilio's log all the time."""
    return impatient_desk


async def _until_stored(desk: Desk, count: int, customer: str | None = None) -> list[message_pb2.Message]:
    """The messages of the customer's only ticket, once there are `count`."""
    async with asyncio.timeout(90):
        while True:
            tickets = await desk.tickets(customer or desk.customer)
            messages = await desk.messages(tickets[0]) if tickets else []
            if len(messages) >= count:
                assert len(tickets) == 1
                return messages
            await asyncio.sleep(0.05)


async def _backfill(desk: Desk, since: datetime | None = None) -> sms_service_pb2.BackfillMessagesResponse:
    request = sms_service_pb2.BackfillMessagesRequest(organization_id="default", phone_number=desk.account.phone_number)
    if since is not None:
        request.since_time.FromDatetime(since)
    async with asyncio.timeout(90):
        while True:
            try:
                return await desk.clients.sms.BackfillMessages(request, timeout=90)
            except grpc.aio.AioRpcError as error:
                refusal = as_keva_error(error)
            # On a busy machine Twilio's simulator may be late: whoever asks is told to ask again.
            if refusal.reason not in ("BACKFILL_IN_PROGRESS", "TWILIO_UNAVAILABLE"):
                raise refusal
            await asyncio.sleep(0.05)


async def test_text_that_never_came_is_found_and_marked(desk: Desk) -> None:
    sent = await desk.text("is anybody there?", deliver=False)

    [message] = await _until_stored(desk, 1)

    assert (message.text, message.twilio_message_sid) == ("is anybody there?", sent.message_sid)
    assert message.recovered
    request = audit_service_pb2.ListAuditRecordsRequest(
        organization_id="default", ticket_id=message.ticket_id, action="message.received"
    )
    [record] = (await desk.clients.audit.ListAuditRecords(request)).audit_records
    assert record.details["recovered"] == "true"


async def test_lost_texts_stand_where_they_were_sent(desk: Desk) -> None:
    for number in range(8):
        await desk.text(f"text {number}", deliver=number % 2 == 0)

    messages = await _until_stored(desk, 8)

    assert [message.text for message in messages] == [f"text {number}" for number in range(8)]
    # Of those whose webhook was delivered, the comparison may have been faster.
    assert all(message.recovered for message in messages[1::2])


async def test_texts_of_one_second_keep_their_order(desk: Desk) -> None:
    now = datetime.now(UTC)
    for number in range(20):
        await desk.text(f"text {number}", deliver=False, sent_at=now.isoformat())

    messages = await _until_stored(desk, 20)

    assert [message.text for message in messages] == [f"text {number}" for number in range(20)]


async def test_text_that_comes_late_by_webhook_too_is_stored_once(desk: Desk) -> None:
    sent = await desk.text("hello", deliver=False)
    await _until_stored(desk, 1)

    late = await desk.text("hello", message_sid=sent.message_sid)

    assert late.acknowledged
    assert (await desk.ticket()).message_count == 1


async def test_texts_from_before_the_channel_come_only_when_asked_for(desk: Desk) -> None:
    before = datetime.now(UTC) - timedelta(hours=3)
    await desk.text("before", deliver=False, sent_at=before.isoformat())
    await desk.text("after", deliver=False)

    assert [message.text for message in await _until_stored(desk, 1)] == ["after"]
    assert (await _backfill(desk)).recovered == 0

    found = await _backfill(desk, since=before - timedelta(minutes=1))

    assert (found.recovered, found.refused, found.HasField("continue_time")) == (1, 0, False)
    assert [message.text for message in await _until_stored(desk, 2)] == ["before", "after"]


async def test_log_of_many_pages_is_read_to_its_end(desk: Desk) -> None:
    customers = [new_number() for _ in range(4)]
    begin = datetime.now(UTC) - timedelta(minutes=30)
    for number in range(1200):
        sent_at = begin + timedelta(seconds=number // 300)
        await desk.text(f"{number}", customers[number % 4], deliver=False, sent_at=sent_at.isoformat())

    found = await _backfill(desk, since=begin)

    assert (found.compared, found.recovered) == (1200, 1200)
    for place, customer in enumerate(customers):
        ticket = await desk.ticket(customer)
        assert ticket.message_count == 300
        texts = [message.text for message in await desk.messages(ticket)]
        assert texts == [str(number) for number in range(place, 1200, 4)]


@pytest.mark.parametrize("fault", ["429", "500_before", "html_502", "drop_before", "latency"])
async def test_trouble_at_twilio_only_delays(desk: Desk, fault: str) -> None:
    await desk.simulator.fault("list_messages", fault, times=2, milliseconds=1500)
    await desk.text("hello", deliver=False)

    assert [message.text for message in await _until_stored(desk, 1)] == ["hello"]


async def test_text_that_twilio_lists_late_is_found(desk: Desk) -> None:
    await desk.simulator.fault("list_messages", "lag", milliseconds=2500)
    await desk.text("hello", deliver=False)

    assert [message.text for message in await _until_stored(desk, 1)] == ["hello"]


async def test_our_own_replies_are_no_texts(desk: Desk) -> None:
    await desk.text("hello")
    ticket = await desk.ticket()
    reply = await desk.reply(ticket, "hi")
    await desk.until_delivery(reply)

    assert (await _backfill(desk)).recovered == 0
    assert (await desk.ticket()).message_count == 2


async def test_removed_number_is_left_alone(desk: Desk) -> None:
    request = channel_service_pb2.DeleteChannelRequest(organization_id="default", channel_id=desk.channel.channel_id)
    await desk.clients.channels.DeleteChannel(request)
    await desk.text("hello", deliver=False)

    with pytest.raises(NotFound) as refused:
        await _backfill(desk)
    assert refused.value.reason == "CHANNEL_NOT_FOUND"
    assert await desk.tickets() == []


async def test_resolved_ticket_is_reopened_by_a_recovered_text(desk: Desk) -> None:
    await desk.text("hello")
    ticket = await desk.ticket()
    request = ticket_service_pb2.ResolveTicketRequest(workspace_id=ticket.workspace_id, ticket_id=ticket.ticket_id)
    await desk.clients.tickets.ResolveTicket(request)

    await desk.text("one more thing", deliver=False)
    await _until_stored(desk, 2)

    assert (await desk.ticket()).state == ticket_service_pb2.TICKET_STATE_OPEN


async def test_number_that_is_subscribed_again_is_compared_from_then_on(desk: Desk) -> None:
    request = channel_service_pb2.DeleteChannelRequest(organization_id="default", channel_id=desk.channel.channel_id)
    await desk.clients.channels.DeleteChannel(request)
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    await desk.text("nobody listened", deliver=False, sent_at=hour_ago.isoformat())
    await subscribe_number(desk.clients, desk.account)

    await desk.text("hello again", deliver=False)

    assert [message.text for message in await _until_stored(desk, 1)] == ["hello again"]
