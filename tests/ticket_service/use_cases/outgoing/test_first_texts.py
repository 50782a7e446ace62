"""Who texts somebody first: which ticket that joins or makes, whom nobody may text, and how many an hour may bring."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import channel_service_pb2, routing_pb2, ticket_service_pb2
from servicekit.errors import FailedPrecondition, InvalidArgument, KevaError, NotFound, ResourceExhausted
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import (
    AGENT,
    CUSTOMER,
    OUR_NUMBER,
    WORKSPACE,
    Desk,
    delivery_state,
    details,
    error_of,
    fresh_address,
    inbound,
    state_of,
)
from tests.ticket_service.raw_documents import dump, found_in
from tests.ticket_service.use_cases.outgoing.later import IN_AN_HOUR, later, persistently, scheduled_at

Started = ticket_service_pb2.StartConversationResponse
OTHER_NUMBER = "+15550002000"


async def _start(
    desk: Desk, channel: channel_service_pb2.Channel, address: str, metadata: Any = AGENT, **fields: Any
) -> Started:
    values = {"workspace_id": WORKSPACE, "text": "hello from us", **fields}
    request = ticket_service_pb2.StartConversationRequest(channel_id=channel.channel_id, address=address, **values)
    return await desk.tickets.StartConversation(request, metadata=metadata)


async def test_it_makes_a_pending_ticket_of_the_writers_and_its_customer(desk: Desk) -> None:
    channel = await desk.subscribe(default_priority=routing_pb2.PRIORITY_LOW)

    started = await _start(desk, channel, "(555) 123-4567", consent_basis="asked for it at the till")
    sent = await asyncio.wait_for(desk.peer.sent.get(), 90)

    ticket, message = started.ticket, started.message
    assert started.ticket_created
    assert (state_of(ticket), ticket.number, ticket.assignee.agent_id) == ("PENDING", 1, "dana")
    assert (ticket.subject, ticket.priority) == ("hello from us", routing_pb2.PRIORITY_LOW)
    assert (ticket.customer_address, ticket.message_count) == (CUSTOMER, 1)
    assert (delivery_state(message.delivery), message.consent_basis) == ("QUEUED", "asked for it at the till")
    assert (sent.message_id, sent.to_address, sent.from_address) == (message.message_id, CUSTOMER, OUR_NUMBER)
    customer = await desk.customer(ticket.customer_id)
    assert (customer.display_name, customer.email) == (f"SMS from {CUSTOMER}", f"{CUSTOMER}@sms.keva.local")
    (consent,) = customer.consents
    assert (consent.channel_address, consent.opted_out, consent.reason) == (OUR_NUMBER, False, message.consent_basis)
    assert (consent.source, consent.actor.id) == (ticket_service_pb2.CONSENT_SOURCE_FIRST_TEXT, "dana")
    records = await desk.records(ticket_id=ticket.ticket_id)
    assert [record.action for record in records[:4]] == [
        "customer.created",
        "ticket.created",
        "conversation.started",
        "message.queued",
    ]
    assert {record.actor.id for record in records[:4]} == {"dana"}
    basis = {"channel_id": channel.channel_id, "consent_basis": "given", "created": "true"}
    assert details(records[2]) == basis


async def test_the_answer_joins_its_ticket(desk: Desk) -> None:
    channel = await desk.subscribe()
    started = await _start(desk, channel, CUSTOMER)

    stored = (await desk.text("who is this?", customer_address=CUSTOMER)).stored

    assert (stored.ticket_id, stored.ticket_created) == (started.ticket.ticket_id, False)
    assert state_of(await desk.ticket(stored.ticket_id)) == "OPEN"


async def test_a_new_ticket_gets_what_its_writer_chooses(desk: Desk) -> None:
    channel = await desk.subscribe()
    chosen = {"subject": "Your order", "priority": routing_pb2.PRIORITY_URGENT, "tags": ["order"]}

    ticket = (await _start(desk, channel, CUSTOMER, **chosen)).ticket

    assert (ticket.subject, ticket.priority, list(ticket.tags)) == (
        "Your order",
        routing_pb2.PRIORITY_URGENT,
        ["order"],
    )


async def test_nobody_has_the_ticket_of_whoever_is_no_agent(desk: Desk) -> None:
    channel = await desk.subscribe()

    ticket = (await _start(desk, channel, CUSTOMER, metadata=None)).ticket

    assert ticket.assignee.kind == routing_pb2.ASSIGNEE_KIND_NOBODY


@pytest.mark.parametrize(
    ("create_ticket_on", "before", "joins", "after"),
    [
        pytest.param("NEW_THREAD", "OPEN", True, "PENDING", id="an OPEN ticket gets a reply"),
        pytest.param("NEW_THREAD", "PENDING", True, "PENDING", id="so does a PENDING one"),
        pytest.param("NEW_THREAD", "RESOLVED", True, "PENDING", id="a RESOLVED one begins again"),
        pytest.param("NEW_THREAD", "CLOSED", False, "PENDING", id="a CLOSED one is final"),
        pytest.param("ANY_MESSAGE", "OPEN", True, "PENDING", id="any message: an OPEN ticket gets a reply"),
        pytest.param("ANY_MESSAGE", "RESOLVED", False, "PENDING", id="any message: a RESOLVED one is left alone"),
    ],
)
async def test_ticket_of_the_thread(desk: Desk, create_ticket_on: str, before: str, joins: bool, after: str) -> None:
    channel = await desk.subscribe(create_ticket_on)
    ticket_id = await desk.new_ticket(before, customer_address=CUSTOMER)

    started = await _start(desk, channel, CUSTOMER)

    assert (started.ticket.ticket_id == ticket_id, started.ticket_created) == (joins, not joins)
    assert (state_of(started.ticket), started.ticket.assignee.agent_id) == (after, "dana")
    if not joins:
        assert state_of(await desk.ticket(ticket_id)) == before
    assert (await desk.text(customer_address=CUSTOMER)).stored.ticket_id == started.ticket.ticket_id


async def test_phone_that_was_renumbered_is_the_same_customer(desk: Desk) -> None:
    channel = await desk.subscribe()
    ticket_id = await desk.new_ticket(customer_address="+5215512345678")

    assert (await _start(desk, channel, "+525512345678")).ticket.ticket_id == ticket_id


@pytest.mark.parametrize(
    ("fields", "kind", "reason"),
    [
        pytest.param({"address": "Macy's"}, FailedPrecondition, "RECIPIENT_CANNOT_RECEIVE", id="a name"),
        pytest.param({"address": "12345"}, FailedPrecondition, "RECIPIENT_CANNOT_RECEIVE", id="a short code"),
        pytest.param({"address": "555-1234"}, FailedPrecondition, "RECIPIENT_CANNOT_RECEIVE", id="without area code"),
        pytest.param({"address": OUR_NUMBER}, FailedPrecondition, "RECIPIENT_CANNOT_RECEIVE", id="our own number"),
        pytest.param({"address": "??"}, InvalidArgument, "PHONE_NUMBER_INVALID", id="no number"),
        pytest.param({"address": ""}, InvalidArgument, "FIELD_REQUIRED", id="nobody"),
        pytest.param({"text": " "}, InvalidArgument, "FIELD_REQUIRED", id="no text"),
        pytest.param({"text": "x" * 1601}, InvalidArgument, "MESSAGE_TOO_LONG", id="too long"),
        pytest.param({"channel_id": "chn_none"}, NotFound, "CHANNEL_NOT_FOUND", id="no channel"),
        pytest.param({"consent_basis": "x" * 201}, InvalidArgument, "FIELD_INVALID", id="a long basis"),
        pytest.param({"subject": "x" * 201}, InvalidArgument, "FIELD_INVALID", id="a long subject"),
        pytest.param({"tags": ["x" * 51]}, InvalidArgument, "FIELD_INVALID", id="a long tag"),
        pytest.param({"request_id": "r" * 129}, InvalidArgument, "FIELD_INVALID", id="a long request_id"),
    ],
)
async def test_first_text_that_is_refused(
    shared_desk: Desk, fields: dict[str, Any], kind: type[KevaError], reason: str
) -> None:
    (channel,) = (
        await shared_desk.channels.ListChannels(channel_service_pb2.ListChannelsRequest(organization_id="default"))
    ).channels
    before = len(await shared_desk.all_tickets())
    values = {"workspace_id": WORKSPACE, "channel_id": channel.channel_id, "address": fresh_address(), "text": "hello"}

    request = ticket_service_pb2.StartConversationRequest(**{**values, **fields})
    error = await error_of(shared_desk.tickets.StartConversation(request, metadata=AGENT))

    assert (type(error), error.reason) == (kind, reason)
    assert len(await shared_desk.all_tickets()) == before


async def test_who_has_stopped_any_of_our_numbers_is_not_texted_first(desk: Desk) -> None:
    channel, other = await desk.subscribe(), await desk.subscribe(phone_number=OTHER_NUMBER)
    await desk.new_ticket("CLOSED", customer_address=CUSTOMER)
    await desk.text("STOP", customer_address=CUSTOMER)

    for one in (channel, other):
        assert (await error_of(_start(desk, one, CUSTOMER))).reason == "RECIPIENT_OPTED_OUT"

    # On a live ticket it is a reply, which concerns its pair alone.
    await desk.text("a question", customer_address=CUSTOMER, channel_address=OTHER_NUMBER)
    assert not (await _start(desk, other, CUSTOMER)).ticket_created


async def test_who_wants_no_texts_gets_none(desk: Desk) -> None:
    channel = await desk.subscribe()
    ticket_id = await desk.new_ticket("CLOSED", customer_address=CUSTOMER)
    customer_id = (await desk.ticket(ticket_id)).customer_id
    request = ticket_service_pb2.SetConsentRequest(
        workspace_id=WORKSPACE, customer_id=customer_id, no_texts=True, reason="asked us"
    )
    await desk.tickets.SetConsent(request, metadata=AGENT)

    assert (await error_of(_start(desk, channel, CUSTOMER))).reason == "RECIPIENT_WANTS_NO_TEXTS"


async def test_who_is_blocked_is_not_texted_first_now_or_later(desk: Desk, mongod: Mongod, database: str) -> None:
    channel = await desk.subscribe()
    planned = await _start(desk, channel, CUSTOMER, send_time=scheduled_at(IN_AN_HOUR))
    customer_id = planned.ticket.customer_id
    await desk.tickets.BlockCustomer(
        ticket_service_pb2.BlockCustomerRequest(workspace_id=WORKSPACE, customer_id=customer_id), metadata=AGENT
    )

    async with later(mongod.uri, database) as two_hours_later:
        await two_hours_later.let_go()
    await desk.change("CloseTicket", planned.ticket.ticket_id)

    (message,) = await desk.messages(planned.ticket.ticket_id)
    assert delivery_state(message.delivery) == "FAILED"
    assert (await error_of(_start(desk, channel, CUSTOMER))).reason == "CUSTOMER_BLOCKED"


async def test_channel_and_live_ticket_of_another_workspace_are_nobody_elses(desk: Desk) -> None:
    channel = await desk.subscribe()
    ticket_id = await desk.new_ticket(customer_address=CUSTOMER)
    sales = await desk.new_workspace()
    assert (await error_of(_start(desk, channel, CUSTOMER, workspace_id=sales))).reason == "CHANNEL_NOT_FOUND"

    moved = channel_service_pb2.UpdateChannelRequest(organization_id="default", channel=channel)
    moved.channel.workspace_id = sales
    moved.update_mask.paths.append("workspace_id")
    await desk.channels.UpdateChannel(moved, metadata=AGENT)

    error = await error_of(_start(desk, channel, CUSTOMER, workspace_id=sales))
    assert error.reason == "THREAD_HAS_LIVE_TICKET"
    assert ticket_id not in str(error.metadata)
    await desk.change("CloseTicket", ticket_id)
    assert (await _start(desk, channel, CUSTOMER, workspace_id=sales)).ticket_created


async def test_same_request_gives_the_same_answer(desk: Desk) -> None:
    channel = await desk.subscribe()
    asked: dict[str, Any] = {"request_id": "first-1", "split": True, "text": "word " * 1000}

    first = await _start(desk, channel, CUSTOMER, **asked)
    await desk.text("thanks", customer_address=CUSTOMER)
    again = await _start(desk, channel, CUSTOMER, **asked)

    assert [message.message_id for message in again.messages] == [message.message_id for message in first.messages]
    assert (again.ticket.ticket_id, again.ticket_created) == (first.ticket.ticket_id, True)
    for other in ({"text": "another"}, {"consent_basis": "another"}):
        error = await error_of(_start(desk, channel, CUSTOMER, **{**asked, **other}))
        assert error.reason == "REQUEST_ID_REUSED"
    assert (await error_of(_start(desk, channel, fresh_address(), **asked))).reason == "REQUEST_ID_REUSED"


async def test_what_is_only_validated_is_not_stored(desk: Desk) -> None:
    channel = await desk.subscribe()

    looked_at = await _start(desk, channel, CUSTOMER, validate_only=True)

    assert looked_at.ticket_created
    assert (looked_at.ticket.ticket_id, looked_at.message.message_id, looked_at.ticket.number) == ("", "", 0)
    assert looked_at.message.delivery.segments == 1
    assert await desk.all_tickets() == []


@pytest.mark.parametrize("replicas", [1, 2])
async def test_same_request_at_once_is_one_ticket_and_one_text(start_desk: StartDesk, replicas: int) -> None:
    desks = [await start_desk() for _ in range(replicas)]
    channel = await desks[0].subscribe()

    async def start(desk: Desk) -> str:
        answer = await persistently(lambda: _start(desk, channel, CUSTOMER, request_id="once"))
        assert isinstance(answer, Started)
        return answer.message.message_id

    answers = await asyncio.gather(*(start(desks[number % replicas]) for number in range(10)))

    assert len(set(answers)) == 1
    (ticket,) = await desks[0].all_tickets()
    assert len(await desks[0].settled_replies(ticket.ticket_id)) == 1
    assert desks[0].peer.sent.qsize() == 1


@pytest.mark.parametrize("replicas", [1, 2])
async def test_a_text_of_the_thread_at_the_same_moment_is_on_the_same_ticket(
    start_desk: StartDesk, replicas: int
) -> None:
    desks = [await start_desk() for _ in range(replicas)]
    channel = await desks[0].subscribe()
    addresses = [fresh_address() for _ in range(30)]

    async def both(number: int, address: str) -> None:
        asked, text = {"request_id": f"first-{number}"}, inbound(customer_address=address)
        started, outcomes = await asyncio.gather(
            persistently(lambda: _start(desks[-1], channel, address, **asked)),
            persistently(lambda: desks[number % replicas].texts(text)),
        )
        assert isinstance(started, Started)
        assert isinstance(outcomes, list)
        (outcome,) = outcomes
        assert outcome.stored.ticket_id == started.ticket.ticket_id

    await asyncio.gather(*(both(number, address) for number, address in enumerate(addresses)))

    assert len(await desks[0].all_tickets(page_size=200)) == 30


@pytest.mark.parametrize("replicas", [1, 2])
async def test_no_more_begin_within_an_hour_than_may(start_desk: StartDesk, replicas: int) -> None:
    desks = [await start_desk(first_texts_per_hour=3) for _ in range(replicas)]
    channel = await desks[0].subscribe()
    addresses = [fresh_address() for _ in range(10)]

    async def start(number: int, address: str) -> Started | KevaError:
        desk, request_id = desks[number % replicas], f"begun-{number}"
        return await persistently(lambda: _start(desk, channel, address, request_id=request_id))

    answers = await asyncio.gather(*(start(number, address) for number, address in enumerate(addresses)))

    begun = [answer for answer in answers if isinstance(answer, Started)]
    refused = [answer for answer in answers if isinstance(answer, KevaError)]
    assert len(begun) == 3
    assert {(type(error), error.reason) for error in refused} == {(ResourceExhausted, "FIRST_TEXT_LIMIT_REACHED")}
    assert refused[0].metadata["limit"] == "3"
    assert datetime.fromisoformat(refused[0].metadata["retry_time"]) > datetime.now(UTC)
    # A reply is not a first text.
    assert not (await _start(desks[0], channel, begun[0].ticket.customer_address)).ticket_created


async def test_a_first_text_can_be_sent_later(desk: Desk, mongod: Mongod, database: str) -> None:
    channel = await desk.subscribe()
    asked = {"send_time": scheduled_at(IN_AN_HOUR)}

    started = await _start(desk, channel, CUSTOMER, **asked)

    assert (state_of(started.ticket), delivery_state(started.message.delivery)) == ("PENDING", "SCHEDULED")
    assert (started.ticket.message_count, started.ticket.scheduled_count) == (0, 1)
    async with later(mongod.uri, database) as two_hours_later:
        assert await two_hours_later.let_go() == [started.message.message_id]
    (message,) = await desk.messages(started.ticket.ticket_id)
    assert (delivery_state(message.delivery), message.position) == ("QUEUED", 2)


async def _later_on_a_resolved_ticket(desk: Desk) -> tuple[ticket_service_pb2.Ticket, str]:
    """The ticket as it was, and a first text to its customer that is to be sent later."""
    channel = await desk.subscribe()
    ticket = await desk.ticket(await desk.new_ticket("RESOLVED", customer_address=CUSTOMER))
    started = await _start(desk, channel, CUSTOMER, send_time=scheduled_at(IN_AN_HOUR))
    assert (started.ticket.ticket_id, state_of(started.ticket)) == (ticket.ticket_id, "RESOLVED")
    return ticket, started.message.message_id


async def test_a_resolved_ticket_begins_again_when_the_first_text_leaves(
    desk: Desk, mongod: Mongod, database: str
) -> None:
    ticket, message_id = await _later_on_a_resolved_ticket(desk)

    async with later(mongod.uri, database) as two_hours_later:
        assert await two_hours_later.let_go() == [message_id]

    after = await desk.ticket(ticket.ticket_id)
    assert (state_of(after), after.scheduled_count, after.HasField("resolve_time")) == ("PENDING", 0, False)
    actions = await desk.actions(ticket.ticket_id)
    assert actions.index("ticket.reopened") > actions.index("conversation.started")


@pytest.mark.parametrize("ends", ["cancelled", "failed"])
async def test_a_resolved_ticket_stays_so_when_the_first_text_never_leaves(
    desk: Desk, mongod: Mongod, database: str, ends: str
) -> None:
    ticket, message_id = await _later_on_a_resolved_ticket(desk)

    if ends == "cancelled":
        request = ticket_service_pb2.CancelScheduledMessageRequest(workspace_id=WORKSPACE, message_id=message_id)
        await desk.tickets.CancelScheduledMessage(request, metadata=AGENT)
    else:
        await desk.text("STOP", customer_address=CUSTOMER)
        async with later(mongod.uri, database) as two_hours_later:
            await two_hours_later.let_go()

    after = await desk.ticket(ticket.ticket_id)
    assert (state_of(after), after.resolve_time) == ("RESOLVED", ticket.resolve_time)
    assert "ticket.reopened" not in await desk.actions(ticket.ticket_id)


async def test_who_resolves_a_ticket_again_keeps_it_resolved_when_the_first_text_leaves(
    desk: Desk, mongod: Mongod, database: str
) -> None:
    ticket, message_id = await _later_on_a_resolved_ticket(desk)
    for rpc in ("ReopenTicket", "ResolveTicket"):
        await desk.change(rpc, ticket.ticket_id)

    async with later(mongod.uri, database) as two_hours_later:
        assert await two_hours_later.let_go() == [message_id]

    assert state_of(await desk.ticket(ticket.ticket_id)) == "RESOLVED"


async def test_a_first_text_that_is_cancelled_leaves_no_ticket_behind(desk: Desk) -> None:
    channel = await desk.subscribe()
    started = await _start(desk, channel, CUSTOMER, send_time=scheduled_at(IN_AN_HOUR))

    request = ticket_service_pb2.CancelScheduledMessageRequest(
        workspace_id=WORKSPACE, message_id=started.message.message_id
    )
    cancelled = await desk.tickets.CancelScheduledMessage(request, metadata=AGENT)

    assert state_of(cancelled.ticket) == "CLOSED"
    assert (await desk.text(customer_address=CUSTOMER)).stored.ticket_created


async def test_a_first_text_is_not_sent_to_who_has_stopped_another_number_by_then(
    desk: Desk, mongod: Mongod, database: str
) -> None:
    channel = await desk.subscribe()
    await desk.subscribe(phone_number=OTHER_NUMBER)
    started = await _start(desk, channel, CUSTOMER, send_time=scheduled_at(IN_AN_HOUR))
    await desk.text("STOP", customer_address=CUSTOMER, channel_address=OTHER_NUMBER)

    async with later(mongod.uri, database) as two_hours_later:
        await two_hours_later.let_go()

    (message,) = await desk.messages(started.ticket.ticket_id)
    assert delivery_state(message.delivery) == "FAILED"


async def test_the_basis_is_erased_with_the_customer(desk: Desk, mongod: Mongod, database: str) -> None:
    channel = await desk.subscribe()
    started = await _start(desk, channel, CUSTOMER, text="a secret", consent_basis="met at the fair", request_id="r1")
    await desk.settled_replies(started.ticket.ticket_id)

    request = ticket_service_pb2.ForgetCustomerRequest(workspace_id=WORKSPACE, customer_id=started.ticket.customer_id)
    await desk.tickets.ForgetCustomer(request, metadata=AGENT)
    await desk.until_recorded("ticket.erased", started.ticket.ticket_id)

    assert found_in(dump(mongod, database), "a secret", "met at the fair", CUSTOMER) == []
