"""A stored reply is given to sms_service once, and in its ticket's order, whatever goes wrong on the way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.errors import NetworkTimeout

from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import message_pb2
from servicekit import errors
from servicekit.background_work.failures import expect
from servicekit.clock import utc_now
from tests.identities import channel_to
from tests.mongo_clients import client_of_services, mongo_client
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import (
    WORKSPACE,
    Desk,
    SmsPeer,
    accepted,
    delivery_state,
    fresh_address,
    inbound,
)
from tests.ticket_service.peer_server import PeerServer
from ticket_service.background.outbox_relay import LEASE, OutboxRelay
from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.domain.ticket_decision import TicketWrite
from ticket_service.mongo.store import MongoStore
from ticket_service.rpc.sms_client import SmsClient
from ticket_service.use_cases.deliveries import Deliveries
from ticket_service.use_cases.outgoing.reply_contents import ReplyContent
from ticket_service.use_cases.replies import Replies
from ticket_service.wiring.expected import expected

SENTENCE = "Twilio refuses to send from this number until it is registered"


async def test_replies_wait_while_sms_service_is_down(desk: Desk, peer_server: PeerServer[SmsPeer]) -> None:
    await desk.subscribe()
    ticket_ids = [await desk.new_ticket() for _ in range(3)]
    await peer_server.stop()

    for i, ticket_id in enumerate(ticket_ids):
        await desk.reply(ticket_id, f"answer {i}")
    await peer_server.start()

    assert sorted(await desk.peer.sent_texts(3)) == ["answer 0", "answer 1", "answer 2"]
    for ticket_id in ticket_ids:
        assert len(await desk.settled_replies(ticket_id)) == 1
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
    (reply,) = await desk.settled_replies(ticket_id)

    assert [(delivery_state(d), d.error_code, d.error_text) for d in seen] == [
        ("QUEUED", 0, ""),
        ("QUEUED", code, text),
    ]
    assert (delivery_state(reply.delivery), reply.delivery.error_code, reply.delivery.error_text) == ("ACCEPTED", 0, "")
    assert (await desk.actions(ticket_id)).count("message.send_postponed") == 1


async def test_reply_says_whose_database_is_away(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    said = "the database of credentials_service does not answer. The reply leaves by itself when that is over."

    async def away_until_it_is_said(request: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        if (await desk.messages(ticket_id))[-1].delivery.error_text != said:
            raise errors.Unavailable("CREDENTIALS_STORE_UNAVAILABLE", "the database does not answer")
        return accepted(request)

    desk.peer.answer = away_until_it_is_said
    await desk.reply(ticket_id)

    (reply,) = await desk.settled_replies(ticket_id)
    assert (delivery_state(reply.delivery), reply.delivery.error_text) == ("ACCEPTED", "")


async def test_reply_says_that_sms_service_does_not_answer_while_it_does_not(
    desk: Desk, peer_server: PeerServer[SmsPeer]
) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    await peer_server.stop()

    await desk.reply(ticket_id)

    async with asyncio.timeout(90):
        while not (waits := (await desk.messages(ticket_id))[-1].delivery).error_text:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert (delivery_state(waits), waits.error_code) == ("QUEUED", 0)
    assert waits.error_text.startswith("sms_service does not answer.")
    await peer_server.start()
    (reply,) = await desk.settled_replies(ticket_id)
    assert (delivery_state(reply.delivery), reply.delivery.error_text) == ("ACCEPTED", "")


async def test_reply_that_sms_service_will_never_take_fails(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()

    async def refuse(request: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        raise errors.InvalidArgument("FIELD_INVALID", "to_address is not a number", field="to_address")

    desk.peer.answer = refuse
    await desk.reply(ticket_id)

    (reply,) = await desk.settled_replies(ticket_id)
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

    replies = await desk.settled_replies(ticket_id)
    assert [(delivery_state(r.delivery), r.delivery.error_code) for r in replies] == [
        ("FAILED", 30006),
        ("ACCEPTED", 0),
    ]


async def test_two_replicas_send_30_replies_once_each(start_desk: StartDesk) -> None:
    desks = [await start_desk() for _ in range(2)]
    await desks[0].subscribe()
    outcomes = await asyncio.gather(*(desks[0].new_ticket(customer_address=fresh_address()) for _ in range(30)))

    await asyncio.gather(*(desks[i % 2].reply(ticket_id, f"answer {i}") for i, ticket_id in enumerate(outcomes)))

    replies = [reply for ticket_id in outcomes for reply in await desks[0].settled_replies(ticket_id)]
    # What came of one and could not be recorded in time is asked for again: under its id, by which it is sent once.
    sent = {(request.message_id, request.text) for request in desks[0].peer.sent_so_far()}
    assert sent == {(reply.message_id, reply.text) for reply in replies}
    assert sorted(reply.text for reply in replies) == sorted(f"answer {i}" for i in range(30))


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
    await asyncio.wait_for(refused.wait(), 90)
    for i, text in enumerate(["second", "third"], 1):
        await desks[i % replicas].reply(ticket_id, text)

    assert await peer.sent_texts(3) == ["first", "second", "third"]
    assert len(await desks[0].settled_replies(ticket_id)) == 3
    assert peer.sent.empty()


class _Relays:
    """A relay on the store of a desk that has no running relay of its own, at a time that the test tells."""

    def __init__(self, uri: str, database: str, sms_address: str) -> None:
        self.now = datetime.now(UTC)
        self.store = MongoStore(uri, database, AUDIT_KEYS, shared=client_of_services(uri))
        self.channel = channel_to("sms_service", sms_address, "ticket_service")

    @asynccontextmanager
    async def running(self, tickets: Any = None) -> AsyncIterator[None]:
        """A relay runs. `tickets` keeps what comes of replies, by itself the same store that has the replies."""
        deliveries = Deliveries(tickets or self.store.tickets, self._clock)
        relay = OutboxRelay(self.store.outbox, deliveries, SmsClient(self.channel), self._clock, 0.05)
        expect(expected)
        running = asyncio.create_task(relay.run())
        try:
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    def _clock(self) -> datetime:
        return self.now

    async def store_reply(self, ticket_id: str, text: str) -> None:
        """Stores a reply of now, as a replica does that dies at once."""
        replies = Replies(self.store.tickets, self._clock, lambda: None)
        await replies.reply(WORKSPACE, ticket_id, ReplyContent(text), "", Actor(ActorKind.AGENT, "dana"))

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
    await asyncio.wait_for(died.wait(), 90)
    desk.peer.answer = None
    relays = _Relays(mongod.uri, database, peer_server.address)

    claimed_within_lease = await relays.store.outbox.claim(relays.now + LEASE / 2, relays.now + LEASE, limit=10)
    assert not claimed_within_lease.replies

    relays.now += LEASE + timedelta(seconds=5)
    async with relays.running():
        sent = await asyncio.wait_for(desk.peer.sent.get(), 90)
        assert (sent.message_id, sent.text) == (reply.message_id, "hello")
        await desk.settled_replies(ticket_id)
    await relays.close()
    never.set()


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

    (reply,) = await desk.settled_replies(ticket_id)
    assert delivery_state(reply.delivery) == "ACCEPTED"
    assert [request.segments_per_second for request in asked] == [2.5, 2.5]
    assert "message.send_postponed" not in await desk.actions(ticket_id)


@pytest.mark.parametrize("reason", ["SENDING_RATE_EXCEEDED", "SEND_OUTCOME_UNKNOWN", "SENDER_STOPPED"])
@pytest.mark.parametrize("said", [str(30 * 24 * 3600 * 1000), "9" * 15, "9" * 40, "-1", "inf", "soon", "²"])
async def test_no_wait_is_believed_that_keeps_a_reply_for_longer_than_an_hour(
    start_desk: StartDesk, mongod: Any, database: str, peer_server: PeerServer[SmsPeer], reason: str, said: str
) -> None:
    desk = await start_desk(at_rest=True)
    await desk.subscribe()
    ticket_id = await desk.new_ticket()

    async def wait(_: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        raise errors.ResourceExhausted(reason, "wait", retry_after_ms=said, twilio_code=said)

    desk.peer.answer = wait
    relays = _Relays(mongod.uri, database, peer_server.address)
    relays.now = utc_now() + timedelta(days=1)
    await relays.store_reply(ticket_id, "hello")

    async with relays.running():
        due = await _until_postponed(mongod.uri, database, relays.now)

    assert relays.now < due <= relays.now + timedelta(hours=1)
    await relays.close()


async def _until_postponed(uri: str, database: str, now: datetime) -> datetime:
    """When the reply of `now` is to be tried again, once it was tried at that time."""
    with mongo_client(uri) as client:
        async with asyncio.timeout(90):
            while True:
                (found,) = client[database].messages.find({"outbox_due": {"$exists": True}})
                due: datetime = found["outbox_due"].replace(tzinfo=UTC)
                if due not in (now, now + LEASE):
                    return due
                await asyncio.sleep(0.02)


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
    await asyncio.wait_for(hanging.wait(), 90)
    leaves.set()

    given_back: list[Any] = []
    async with asyncio.timeout(LEASE.total_seconds() / 2):
        while not given_back:
            now = datetime.now(UTC)
            given_back += (await relays.store.outbox.claim(now, now + LEASE, limit=10)).replies
            await asyncio.sleep(0.05)

    assert [reply.message.text for reply in given_back] == ["hello"]
    await relays.close()


# Longer than any test waits: what leaves has not been found by looking again and again.
_NO_POLL = 60.0


async def test_reply_that_another_replica_stored_leaves_without_a_poll(
    start_desk: StartDesk, mongod: Any, database: str, peer_server: PeerServer[SmsPeer]
) -> None:
    desk = await start_desk(outbox_poll_seconds=_NO_POLL)
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    relays = _Relays(mongod.uri, database, peer_server.address)

    for text in ("one", "another"):
        relays.now = datetime.now(UTC)
        await relays.store_reply(ticket_id, text)
        assert await desk.peer.sent_texts(1) == [text]

    await relays.close()


async def test_replies_of_a_replica_whose_clock_was_ahead_do_not_wait_for_that_time(
    start_desk: StartDesk, mongod: Any, database: str, peer_server: PeerServer[SmsPeer]
) -> None:
    desk = await start_desk(outbox_poll_seconds=0.1)
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    relays = _Relays(mongod.uri, database, peer_server.address)

    relays.now += timedelta(days=365)
    for text in ("one", "another"):
        await relays.store_reply(ticket_id, text)

    assert await desk.peer.sent_texts(2) == ["one", "another"]
    await relays.close()


@pytest.mark.parametrize("replicas", [1, 2])
async def test_replies_leave_as_soon_as_the_one_before_has_left_without_a_poll(
    start_desk: StartDesk, replicas: int
) -> None:
    desks = [await start_desk(outbox_poll_seconds=_NO_POLL) for _ in range(replicas)]
    peer = desks[0].peer
    await desks[0].subscribe()
    ticket_id = await desks[0].new_ticket()
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def hold(request: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        asked.set()
        await go_on.wait()
        return accepted(request)

    peer.answer = hold
    texts = [f"part {i}" for i in range(6)]
    await desks[0].reply(ticket_id, texts[0])
    await asyncio.wait_for(asked.wait(), 90)
    for i, text in enumerate(texts[1:], 1):
        await desks[i % replicas].reply(ticket_id, text)
    go_on.set()

    assert await peer.sent_texts(6) == texts


async def test_reply_leaves_when_its_place_in_the_line_comes_without_a_poll(start_desk: StartDesk) -> None:
    desk = await start_desk(outbox_poll_seconds=_NO_POLL)
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    asked: list[str] = []

    async def line(request: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        asked.append(request.text)
        if len(asked) == 1:
            raise errors.ResourceExhausted("SENDING_RATE_EXCEEDED", "wait", retry_after_ms="50")
        return accepted(request)

    desk.peer.answer = line
    for text in ("first", "second"):
        await desk.reply(ticket_id, text)

    assert await desk.peer.sent_texts(2) == ["first", "second"]


async def test_many_slow_sends_hold_up_no_other_ticket(desk: Desk) -> None:
    await desk.subscribe()
    texts = [inbound(customer_address=fresh_address()) for _ in range(121)]
    outcomes = [*await desk.texts(*texts[:60]), *await desk.texts(*texts[60:])]
    *slow, quick = [outcome.stored.ticket_id for outcome in outcomes]
    go_on, waiting = asyncio.Event(), asyncio.Semaphore(0)

    async def hang(request: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        if request.text == "slow":
            waiting.release()
            await go_on.wait()
        return accepted(request)

    desk.peer.answer = hang
    for ticket_id in slow:
        await desk.reply(ticket_id, "slow")
    async with asyncio.timeout(90):
        for _ in slow:
            await waiting.acquire()
    await desk.reply(quick, "quick")

    assert await desk.peer.sent_texts(1) == ["quick"]
    go_on.set()
    assert await desk.peer.sent_texts(120) == ["slow"] * 120


@dataclass(frozen=True)
class _Failing:
    """A store that can take no change of a message now."""

    error: Exception

    async def change_message(self, *_: Any) -> TicketWrite:
        raise self.error


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(errors.Unavailable("OVERLOADED", "too many changes are waiting"), id="crowded"),
        pytest.param(NetworkTimeout("the primary steps down"), id="database"),
    ],
)
async def test_reply_whose_outcome_cannot_be_recorded_is_asked_for_again_before_its_lease_ends(
    start_desk: StartDesk, mongod: Any, database: str, peer_server: PeerServer[SmsPeer], error: Exception
) -> None:
    desk = await start_desk(at_rest=True)
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    relays = _Relays(mongod.uri, database, peer_server.address)
    relays.now += timedelta(days=1)
    await relays.store_reply(ticket_id, "an answer")

    async def due() -> datetime:
        """When it is due again, once it is due before its lease ends."""
        async with asyncio.timeout(90):
            while True:
                known = await relays.store.outbox.claim(relays.now, relays.now, 1)
                if known.next_due is not None and known.next_due < relays.now + LEASE / 2:
                    return known.next_due
                await asyncio.sleep(0.02)

    async with relays.running(_Failing(error)):
        assert await desk.peer.sent_texts(1) == ["an answer"]
        relays.now = await due()
        assert await desk.peer.sent_texts(1) == ["an answer"]

    await relays.close()


class _Faltering:
    """The store of `relays`, which fails once."""

    def __init__(self, relays: _Relays, error: Exception) -> None:
        self._tickets = relays.store.tickets
        self._errors = [error]

    async def change_message(self, *change: Any) -> TicketWrite:
        if self._errors:
            raise self._errors.pop()
        return await self._tickets.change_message(*change)


async def test_reply_that_left_while_the_database_fails_for_a_moment_is_recorded_and_not_sent_again(
    start_desk: StartDesk, mongod: Any, database: str, peer_server: PeerServer[SmsPeer]
) -> None:
    desk = await start_desk(at_rest=True)
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    relays = _Relays(mongod.uri, database, peer_server.address)
    relays.now += timedelta(days=1)
    await relays.store_reply(ticket_id, "an answer")

    async with relays.running(_Faltering(relays, NetworkTimeout("the primary steps down"))):
        (reply,) = await desk.settled_replies(ticket_id)

    assert delivery_state(reply.delivery) == "ACCEPTED"
    assert await desk.peer.sent_texts(1) == ["an answer"]
    assert desk.peer.sent.empty()
    await relays.close()
