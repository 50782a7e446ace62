"""A number that moves to another Twilio account keeps its channel, its threads and its open tickets."""

import asyncio
from typing import Any

import pytest

from keva.ticket.v1 import channel_service_pb2, error_reason_pb2, message_pb2, routing_pb2
from servicekit.errors import FailedPrecondition
from tests.ticket_service.desk import (
    ACCOUNT,
    CUSTOMER,
    ORGANIZATION,
    OUR_NUMBER,
    WORKSPACE,
    Desk,
    accepted,
    details,
    error_of,
)

OTHER_ACCOUNT = "AC" + "b" * 32


@pytest.fixture(params=["added again", "removed before"])
def removed(request: pytest.FixtureRequest) -> bool:
    """Whether the number is removed from the old account before it is added to the new one."""
    return bool(request.param == "removed before")


async def _move(desk: Desk, channel: channel_service_pb2.Channel, removed: bool, **settings: Any) -> None:
    """Twilio has it in the other account now; the operator says so to Keva."""
    desk.peer.accounts = [ACCOUNT, OTHER_ACCOUNT]
    if removed:
        request = channel_service_pb2.DeleteChannelRequest(organization_id=ORGANIZATION, channel_id=channel.channel_id)
        await desk.channels.DeleteChannel(request)
    moved = await desk.subscribe(account_sid=OTHER_ACCOUNT, **settings)
    assert (moved.channel_id, moved.account_sid) == (channel.channel_id, OTHER_ACCOUNT)


async def test_open_ticket_goes_on(desk: Desk, removed: bool) -> None:
    channel = await desk.subscribe()
    ticket_id = await desk.new_ticket(customer_address=CUSTOMER)

    await _move(desk, channel, removed)
    reply = await desk.reply(ticket_id, "we are here")

    sent = await asyncio.wait_for(desk.peer.sent.get(), 90)
    assert (sent.message_id, sent.account_sid, sent.from_address) == (reply.message_id, OTHER_ACCOUNT, OUR_NUMBER)
    stored = (await desk.text("thanks", account_sid=OTHER_ACCOUNT)).stored
    assert (stored.ticket_id, stored.ticket_created) == (ticket_id, False)
    assert len(await desk.all_tickets()) == 1


async def test_old_account_brings_no_texts_any_more(desk: Desk, removed: bool) -> None:
    channel = await desk.subscribe()
    await _move(desk, channel, removed)

    refused = (await desk.text()).refused

    assert refused.reason == error_reason_pb2.ERROR_REASON_CHANNEL_NOT_FOUND


async def test_reply_that_waits_leaves_from_the_new_account(desk: Desk, removed: bool) -> None:
    """Twilio had moved the number before Keva heard of it."""
    channel = await desk.subscribe()
    ticket_id = await desk.new_ticket(customer_address=CUSTOMER)
    asked = asyncio.Event()

    async def answer(request: Any) -> message_pb2.DeliveryUpdate:
        if request.account_sid == OTHER_ACCOUNT:
            return accepted(request)
        asked.set()
        raise FailedPrecondition("SENDER_REFUSED", "not yours", twilio_code="21660", error_text="Not yours.")

    desk.peer.answer = answer
    await desk.reply(ticket_id, "we are here")
    await asyncio.wait_for(asked.wait(), 90)

    await _move(desk, channel, removed)

    sent = await asyncio.wait_for(desk.peer.sent.get(), 90)
    assert (sent.account_sid, sent.text) == (OTHER_ACCOUNT, "we are here")


async def test_what_is_not_named_stays_when_a_number_moves(desk: Desk) -> None:
    channel = await desk.subscribe(
        "ANY_MESSAGE", default_priority=routing_pb2.PRIORITY_URGENT, segments_per_second=7, display_name="Sales"
    )
    desk.peer.accounts = [ACCOUNT, OTHER_ACCOUNT]

    request = channel_service_pb2.CreateChannelRequest(
        organization_id=ORGANIZATION,
        account_sid=OTHER_ACCOUNT,
        phone_number=OUR_NUMBER,
        default_priority=routing_pb2.PRIORITY_LOW,
    )
    moved = (await desk.channels.CreateChannel(request)).channel

    assert moved.default_priority == routing_pb2.PRIORITY_LOW
    for name in ("create_ticket_on", "segments_per_second", "display_name", "workspace_id", "create_time"):
        assert getattr(moved, name) == getattr(channel, name)
    (record,) = await desk.records(action="channel.moved")
    assert details(record)["from_account"] == ACCOUNT
    assert details(record)["to_account"] == OTHER_ACCOUNT


async def test_number_that_moves_back_and_forth_is_one_channel(desk: Desk) -> None:
    channel = await desk.subscribe()
    ticket_id = await desk.new_ticket(customer_address=CUSTOMER)
    desk.peer.accounts = [ACCOUNT, OTHER_ACCOUNT]

    for account_sid in (OTHER_ACCOUNT, ACCOUNT, OTHER_ACCOUNT):
        assert (await desk.subscribe(account_sid=account_sid)).channel_id == channel.channel_id
        assert (await desk.text(account_sid=account_sid)).stored.ticket_id == ticket_id

    error = await error_of(desk.subscribe(account_sid=OTHER_ACCOUNT))
    assert error.reason == "CHANNEL_ALREADY_EXISTS"
    listed = await desk.channels.ListChannels(channel_service_pb2.ListChannelsRequest(organization_id=ORGANIZATION))
    assert [one.channel_id for one in listed.channels] == [channel.channel_id]


async def test_number_of_another_organization_does_not_move(desk: Desk) -> None:
    channel = await desk.subscribe()
    workspace_id = await desk.new_workspace(organization_id="another")

    request = channel_service_pb2.CreateChannelRequest(
        organization_id="another", account_sid=OTHER_ACCOUNT, phone_number=OUR_NUMBER, workspace_id=workspace_id
    )
    theirs = (await desk.channels.CreateChannel(request)).channel

    assert theirs.channel_id != channel.channel_id
    assert (await desk.text()).stored.workspace_id == WORKSPACE
