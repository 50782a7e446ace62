"""A reply is stored, relayed to sms_service, and sent once, whatever goes wrong on the way."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import channel_service_pb2, message_pb2
from servicekit import errors
from tests.identities import channel_to
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import (
    ACCOUNT,
    CUSTOMER,
    ORGANIZATION,
    OUR_NUMBER,
    Desk,
    SmsPeer,
    accepted,
    delivery_state,
    error_of,
    fresh_address,
    state_of,
)
from tests.ticket_service.peer_server import PeerServer
from ticket_service.background.outbox_relay import LEASE, OutboxRelay
from ticket_service.mongo.store import MongoStore
from ticket_service.rpc.sms_client import SmsClient
from ticket_service.use_cases.deliveries import Deliveries

SENTENCE = "Twilio refuses to send from this number until it is registered"


async def _settled(desk: Desk, ticket_id: str) -> list[message_pb2.Message]:
    """The ticket's replies, once the relay has recorded what became of each."""
    async with asyncio.timeout(20):
        while True:
            replies = [
                m for m in await desk.messages(ticket_id) if m.direction == message_pb2.MESSAGE_DIRECTION_OUTBOUND
            ]
            if all(delivery_state(m.delivery) != "QUEUED" for m in replies):
                return replies
            await asyncio.sleep(0.02)


async def test_reply_reaches_sms_service(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket(customer_address=CUSTOMER)

    reply = await desk.reply(ticket_id, "Zażółć 😀\nwith two lines ")
    sent = await asyncio.wait_for(desk.peer.sent.get(), 10)

    assert (delivery_state(reply.delivery), reply.author.id) == ("QUEUED", "dana")
    assert sent == sms_service_pb2.SendMessageRequest(
        organization_id=ORGANIZATION,
        workspace_id="default",
        message_id=reply.message_id,
        account_sid=ACCOUNT,
        from_address=OUR_NUMBER,
        to_address=CUSTOMER,
        text="Zażółć 😀\nwith two lines ",
    )
    (settled,) = await _settled(desk, ticket_id)
    assert (delivery_state(settled.delivery), settled.delivery.segments) == ("ACCEPTED", 1)
    assert settled.twilio_message_sid.startswith("SM")
    assert desk.peer.sent.empty()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("OPEN", "PENDING", id="OPEN becomes PENDING"),
        pytest.param("PENDING", "PENDING", id="PENDING stays"),
        pytest.param("RESOLVED", "RESOLVED", id="RESOLVED stays"),
    ],
)
async def test_ticket_after_a_reply(shared_desk: Desk, before: str, after: str) -> None:
    ticket_id = await shared_desk.new_ticket(before)
    count = (await shared_desk.ticket(ticket_id)).message_count

    answer = await shared_desk.call("ReplyToTicket", ticket_id, text="an answer")

    for ticket in (answer.ticket, await shared_desk.ticket(ticket_id)):
        assert (state_of(ticket), ticket.message_count) == (after, count + 1)


@pytest.mark.parametrize(
    ("fields", "reason", "metadata"),
    [
        pytest.param({"text": ""}, "FIELD_REQUIRED", {"field": "text"}, id="empty"),
        pytest.param({"text": " \n"}, "FIELD_REQUIRED", {"field": "text"}, id="blank"),
        pytest.param(
            {"text": "x" * 1601},
            "MESSAGE_TOO_LONG",
            {"characters": "1601", "segments": "11", "limit": "1600"},
            id="1,601 characters of GSM-7",
        ),
        pytest.param(
            {"text": "ż" * 1601},
            "MESSAGE_TOO_LONG",
            {"characters": "1601", "segments": "24", "limit": "1600"},
            id="1,601 characters of UCS-2",
        ),
        pytest.param({"text": "x", "request_id": "r" * 129}, "FIELD_INVALID", {"field": "request_id"}, id="request_id"),
    ],
)
async def test_reply_that_is_refused(
    shared_desk: Desk, fields: dict[str, str], reason: str, metadata: dict[str, str]
) -> None:
    ticket_id = await shared_desk.new_ticket()

    error = await error_of(shared_desk.reply(ticket_id, **fields))

    assert (error.reason, dict(error.metadata)) == (reason, metadata)
    assert state_of(await shared_desk.ticket(ticket_id)) == "OPEN"


async def test_longest_reply_is_sent(desk: Desk) -> None:
    await desk.subscribe()

    await desk.reply(await desk.new_ticket(), "x" * 1600)

    assert await desk.peer.sent_texts(1) == ["x" * 1600]


async def test_reply_to_a_closed_ticket_is_refused(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket("CLOSED")

    assert (await error_of(shared_desk.reply(ticket_id))).reason == "TICKET_CLOSED"


async def test_reply_to_a_sender_name_is_refused(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket(customer_address="KEVA")

    assert (await error_of(shared_desk.reply(ticket_id))).reason == "RECIPIENT_CANNOT_RECEIVE"


@pytest.mark.parametrize("address", ["12345", "whatsapp:+15551234567", "rcs:+15551234567"])
async def test_reply_to_other_addresses_is_sent(desk: Desk, address: str) -> None:
    await desk.subscribe()

    await desk.reply(await desk.new_ticket(customer_address=address))

    assert (await asyncio.wait_for(desk.peer.sent.get(), 10)).to_address == address


async def test_reply_on_a_removed_channel_is_refused_until_it_is_subscribed_again(desk: Desk) -> None:
    channel = await desk.subscribe()
    ticket_id = await desk.new_ticket()
    request = channel_service_pb2.DeleteChannelRequest(organization_id=ORGANIZATION, channel_id=channel.channel_id)
    await desk.channels.DeleteChannel(request)

    error = await error_of(desk.reply(ticket_id))
    assert (type(error), error.reason) == (errors.FailedPrecondition, "CHANNEL_NOT_FOUND")

    await desk.subscribe()
    await desk.reply(ticket_id, "back again")
    assert await desk.peer.sent_texts(1) == ["back again"]


async def test_reply_to_an_opted_out_customer_is_refused(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket(customer_address=CUSTOMER)
    await desk.text("STOP")

    assert (await error_of(desk.reply(ticket_id))).reason == "RECIPIENT_OPTED_OUT"
    assert desk.peer.sent.empty()


async def test_same_request_id_gives_the_same_message_and_one_send(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()

    first = await desk.reply(ticket_id, "an answer", "request-1")
    assert await desk.peer.sent_texts(1) == ["an answer"]
    await _settled(desk, ticket_id)
    again = await desk.reply(ticket_id, "an answer", "request-1")
    await desk.move(ticket_id, "CLOSED")
    after_closing = await desk.reply(ticket_id, "an answer", "request-1")

    assert {m.message_id for m in (again, after_closing)} == {first.message_id}
    assert delivery_state(after_closing.delivery) == "ACCEPTED"
    assert (await desk.ticket(ticket_id)).message_count == 2
    assert (await desk.actions(ticket_id)).count("message.queued") == 1
    assert desk.peer.sent.empty()


async def test_request_id_of_another_reply_is_refused(shared_desk: Desk) -> None:
    ticket_id, other_id = await shared_desk.new_ticket(), await shared_desk.new_ticket()
    await shared_desk.reply(ticket_id, "an answer", "request-2")

    for again in (
        shared_desk.reply(ticket_id, "another answer", "request-2"),
        shared_desk.reply(other_id, "an answer", "request-2"),
        shared_desk.note(ticket_id, "an answer", "request-2"),
    ):
        error = await error_of(again)
        assert (type(error), error.reason) == (errors.AlreadyExists, "REQUEST_ID_REUSED")


@pytest.mark.parametrize("replicas", [1, 2])
async def test_same_request_id_at_once_is_one_message_and_one_send(start_desk: StartDesk, replicas: int) -> None:
    desks = [await start_desk() for _ in range(replicas)]
    await desks[0].subscribe()
    ticket_id = await desks[0].new_ticket()

    replies = await asyncio.gather(*(desks[i % replicas].reply(ticket_id, "once", "r") for i in range(10)))

    assert len({reply.message_id for reply in replies}) == 1
    assert len(await _settled(desks[0], ticket_id)) == 1
    assert (await desks[0].ticket(ticket_id)).message_count == 2
    assert desks[0].peer.sent.qsize() == 1


async def test_replies_wait_while_sms_service_is_down(desk: Desk, peer_server: PeerServer[SmsPeer]) -> None:
    await desk.subscribe()
    ticket_ids = [await desk.new_ticket() for _ in range(3)]
    await peer_server.stop()

    for i, ticket_id in enumerate(ticket_ids):
        await desk.reply(ticket_id, f"answer {i}")
    await peer_server.start()

    assert sorted(await desk.peer.sent_texts(3)) == ["answer 0", "answer 1", "answer 2"]
    for ticket_id in ticket_ids:
        assert len(await _settled(desk, ticket_id)) == 1
    assert desk.peer.sent.empty()


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        pytest.param(
            errors.FailedPrecondition("SENDER_REFUSED", "refused", twilio_code="21606", error_text=SENTENCE),
            21606,
            SENTENCE,
            id="sender refused",
        ),
        pytest.param(
            errors.ResourceExhausted("TWILIO_RATE_LIMITED", "Twilio's rate limit was reached", twilio_code="20429"),
            20429,
            "Twilio's rate limit was reached",
            id="rate limited",
        ),
        pytest.param(
            errors.Aborted("SEND_OUTCOME_UNKNOWN", "Twilio's answer was lost"),
            0,
            "Twilio's answer was lost",
            id="unknown",
        ),
        pytest.param(
            errors.NotFound("TWILIO_ACCOUNT_NOT_FOUND", "the account is not connected"),
            0,
            "the account is not connected",
            id="account disconnected",
        ),
    ],
)
async def test_reply_that_cannot_be_sent_now_stays_queued_and_says_why(
    desk: Desk, error: errors.KevaError, code: int, text: str
) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    seen: list[message_pb2.Delivery] = []

    async def refuse_once(request: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        seen.append((await desk.messages(ticket_id))[-1].delivery)
        if len(seen) == 1:
            raise error
        return accepted(request)

    desk.peer.answer = refuse_once
    await desk.reply(ticket_id)
    await desk.peer.sent_texts(1)
    (reply,) = await _settled(desk, ticket_id)

    assert [(delivery_state(d), d.error_code, d.error_text) for d in seen] == [
        ("QUEUED", 0, ""),
        ("QUEUED", code, text),
    ]
    assert (delivery_state(reply.delivery), reply.delivery.error_code, reply.delivery.error_text) == ("ACCEPTED", 0, "")
    assert (await desk.actions(ticket_id)).count("message.send_postponed") == 1


async def test_reply_that_sms_service_will_never_take_fails(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()

    async def refuse(request: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        raise errors.InvalidArgument("FIELD_INVALID", "to_address is not a number", field="to_address")

    desk.peer.answer = refuse
    await desk.reply(ticket_id)

    (reply,) = await _settled(desk, ticket_id)
    assert (delivery_state(reply.delivery), reply.delivery.error_text) == ("FAILED", "to_address is not a number")


async def test_refusal_by_twilio_is_recorded_and_later_replies_go_on(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()

    async def landline(request: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        desk.peer.answer = None
        return message_pb2.DeliveryUpdate(
            message_id=request.message_id,
            state=message_pb2.DELIVERY_STATE_FAILED,
            error_code=30006,
            error_text="This is a landline.",
        )

    desk.peer.answer = landline
    for text in ("first", "second"):
        await desk.reply(ticket_id, text)

    replies = await _settled(desk, ticket_id)
    assert [(delivery_state(r.delivery), r.delivery.error_code) for r in replies] == [
        ("FAILED", 30006),
        ("ACCEPTED", 0),
    ]


async def test_two_replicas_send_30_replies_once_each(start_desk: StartDesk) -> None:
    desks = [await start_desk() for _ in range(2)]
    await desks[0].subscribe()
    outcomes = await asyncio.gather(*(desks[0].new_ticket(customer_address=fresh_address()) for _ in range(30)))

    await asyncio.gather(*(desks[i % 2].reply(ticket_id, f"answer {i}") for i, ticket_id in enumerate(outcomes)))

    assert sorted(await desks[0].peer.sent_texts(30)) == sorted(f"answer {i}" for i in range(30))
    for ticket_id in outcomes:
        assert len(await _settled(desks[0], ticket_id)) == 1
    assert desks[0].peer.sent.empty()


@pytest.mark.parametrize("replicas", [1, 2])
async def test_replies_of_one_ticket_leave_in_order(start_desk: StartDesk, replicas: int) -> None:
    desks = [await start_desk(outbox_poll_seconds=0.1) for _ in range(replicas)]
    await desks[0].subscribe()
    ticket_id = await desks[0].new_ticket()
    texts = [f"part {i}" for i in range(6)]

    for i, text in enumerate(texts):
        await desks[i % replicas].reply(ticket_id, text)

    assert await desks[0].peer.sent_texts(6) == texts


@pytest.mark.parametrize("replicas", [1, 2])
async def test_reply_waits_behind_an_earlier_one_that_has_to(start_desk: StartDesk, replicas: int) -> None:
    desks = [await start_desk() for _ in range(replicas)]
    peer = desks[0].peer
    await desks[0].subscribe()
    ticket_id = await desks[0].new_ticket()
    refused = asyncio.Event()

    async def refuse_once(request: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        if not refused.is_set():
            refused.set()
            raise errors.ResourceExhausted("TWILIO_RATE_LIMITED", "slow down")
        return accepted(request)

    peer.answer = refuse_once
    await desks[0].reply(ticket_id, "first")
    await asyncio.wait_for(refused.wait(), 10)
    for i, text in enumerate(["second", "third"], 1):
        await desks[i % replicas].reply(ticket_id, text)

    assert await peer.sent_texts(3) == ["first", "second", "third"]
    assert len(await _settled(desks[0], ticket_id)) == 3
    assert peer.sent.empty()


class _Relays:
    """A relay on the store of a desk that has no running relay of its own, at a time that the test tells."""

    def __init__(self, uri: str, database: str, sms_address: str) -> None:
        self.now = datetime.now(UTC)
        self.store = MongoStore(uri, database, AUDIT_KEYS)
        self.channel = channel_to("sms_service", sms_address)

    def relay(self) -> OutboxRelay:
        deliveries = Deliveries(self.store.tickets, self._clock)
        sms = SmsClient(self.channel)
        store = self.store
        return OutboxRelay(store.messages, store.tickets, store.channels, deliveries, sms, self._clock, 0.05)

    def _clock(self) -> datetime:
        return self.now

    async def close(self) -> None:
        await self.channel.close()
        self.store.close()


async def test_reply_of_a_relay_that_died_is_taken_over_when_its_lease_ends(
    start_desk: StartDesk, mongod: Any, database: str, peer_server: PeerServer[SmsPeer]
) -> None:
    desk = await start_desk(outbox_poll_seconds=60)
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    died = asyncio.Event()
    never = asyncio.Event()

    async def hang(request: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        died.set()
        await never.wait()
        return accepted(request)

    desk.peer.answer = hang
    reply = await desk.reply(ticket_id, "hello")
    await asyncio.wait_for(died.wait(), 10)
    desk.peer.answer = None
    relays = _Relays(mongod.uri, database, peer_server.address)

    claimed_within_lease = await relays.store.messages.claim_outbox(
        relays.now + LEASE / 2, relays.now + LEASE, limit=10
    )
    assert not claimed_within_lease

    relays.now += LEASE + timedelta(seconds=5)
    running = asyncio.create_task(relays.relay().run())
    sent = await asyncio.wait_for(desk.peer.sent.get(), 10)
    assert (sent.message_id, sent.text) == (reply.message_id, "hello")
    await _settled(desk, ticket_id)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await relays.close()
    never.set()


async def test_every_call_without_request_id_is_a_new_reply(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket()

    replies = [await shared_desk.reply(ticket_id, "an answer") for _ in range(2)]

    assert len({reply.message_id for reply in replies}) == 2


async def test_reply_whose_number_is_at_its_rate_waits_its_turn_without_trouble(desk: Desk) -> None:
    await desk.subscribe(segments_per_second=2.5)
    ticket_id = await desk.new_ticket()
    asked: list[sms_service_pb2.SendMessageRequest] = []

    async def line(request: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        asked.append(request)
        if len(asked) == 1:
            raise errors.ResourceExhausted("SENDING_RATE_EXCEEDED", "wait", retry_after_ms="50")
        return accepted(request)

    desk.peer.answer = line
    await desk.reply(ticket_id, "hello")

    (reply,) = await _settled(desk, ticket_id)
    assert delivery_state(reply.delivery) == "ACCEPTED"
    assert [request.segments_per_second for request in asked] == [2.5, 2.5]
    assert "message.send_postponed" not in await desk.actions(ticket_id)


async def test_slow_send_holds_up_no_other_ticket(desk: Desk) -> None:
    await desk.subscribe()
    slow, other = [await desk.new_ticket() for _ in range(2)]
    go_on = asyncio.Event()

    async def hang_once(request: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        if request.text == "slow":
            await go_on.wait()
        return accepted(request)

    desk.peer.answer = hang_once
    await desk.reply(slow, "slow")
    for number in range(3):
        await desk.reply(other, f"quick {number}")

    assert await desk.peer.sent_texts(3) == ["quick 0", "quick 1", "quick 2"]
    go_on.set()
    assert await desk.peer.sent_texts(1) == ["slow"]


async def test_relay_that_ends_gives_back_what_it_could_not_finish(
    start_desk: StartDesk, mongod: Any, database: str, peer_server: PeerServer[SmsPeer]
) -> None:
    leaves = asyncio.Event()
    desk = await start_desk(leaves, outbox_poll_seconds=60)
    await desk.subscribe()
    relays = _Relays(mongod.uri, database, peer_server.address)
    ticket_id = await desk.new_ticket()
    hanging, never = asyncio.Event(), asyncio.Event()

    async def hang(request: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        hanging.set()
        await never.wait()
        return accepted(request)

    desk.peer.answer = hang
    await desk.reply(ticket_id, "hello")
    await asyncio.wait_for(hanging.wait(), 10)
    leaves.set()

    given_back: list[Any] = []
    async with asyncio.timeout(LEASE.total_seconds() / 2):
        while not given_back:
            now = datetime.now(UTC)
            given_back = await relays.store.messages.claim_outbox(now, now + LEASE, limit=10)
            await asyncio.sleep(0.05)

    assert [message.text for message in given_back] == ["hello"]
    await relays.close()
