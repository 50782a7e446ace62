"""What the gateway brings is stored and recorded if sms_service has attested it, and as it was attested. Whoever has
the gateway's certificate invents nothing."""

import uuid
from collections.abc import AsyncIterator
from typing import TypeAlias

import pytest

from keva.ticket.v1 import attestation_pb2, error_reason_pb2, message_pb2, ticket_service_pb2, ticket_service_pb2_grpc
from servicekit.attestation.signer import Signer
from servicekit.attestation.statements import digest
from tests.identities import certificates, channel_to
from tests.ticket_service.desk import (
    CUSTOMER,
    ORGANIZATION,
    WORKSPACE,
    Desk,
    delivery_state,
    error_of,
    fresh_address,
    inbound,
)

INVALID = error_reason_pb2.ERROR_REASON_ATTESTATION_INVALID
Stub: TypeAlias = "ticket_service_pb2_grpc.TicketServiceAsyncStub"


def attested(kind: str, *statements: bytes, by: str = "sms_service") -> attestation_pb2.Attestation:
    """As sms_service makes it, or whoever has that certificate."""
    made = Signer(certificates(by)).attest([digest(f"keva.ticket.v1.{kind}", statement) for statement in statements])
    return attestation_pb2.Attestation(digests=made.digests, signature=made.signature, certificates=made.certificates)


def statement(message: message_pb2.InboundMessage, organization_id: str = ORGANIZATION) -> bytes:
    """What sms_service says of a text."""
    return attestation_pb2.AttestedText(organization_id=organization_id, message=message).SerializeToString()


@pytest.fixture(scope="module")
async def gateway(shared_desk: Desk) -> AsyncIterator[Stub]:
    """ticket_service, called with the gateway's certificate."""
    channel = channel_to("ticket_service", shared_desk.port, "gateway")
    yield ticket_service_pb2_grpc.TicketServiceStub(channel)
    await channel.close()


async def ingest(
    gateway: Stub,
    messages: list[message_pb2.InboundMessage],
    statements: list[bytes],
    attestations: list[attestation_pb2.Attestation],
    organization_id: str = ORGANIZATION,
) -> list[ticket_service_pb2.IngestOutcome]:
    """The outcomes."""
    request = ticket_service_pb2.IngestMessagesRequest(
        organization_id=organization_id, messages=messages, statements=statements, attestations=attestations
    )
    return list((await gateway.IngestMessages(request)).outcomes)


def reasons(outcomes: list[ticket_service_pb2.IngestOutcome]) -> list[int]:
    """Those of refusals; 0 for what is stored."""
    return [outcome.refused.reason for outcome in outcomes]


async def texts_of(desk: Desk, customer: str) -> list[str]:
    """All that is stored of that customer."""
    tickets = await desk.all_tickets(customer=customer)
    return [message.text for ticket in tickets for message in await desk.messages(ticket.ticket_id)]


async def test_what_was_attested_together_is_stored_as_it_was_attested(gateway: Stub, shared_desk: Desk) -> None:
    customer = fresh_address()
    said = [statement(inbound(text, customer_address=customer)) for text in ("first", "second")]
    attestation = attested("AttestedText", *said)
    claimed = [inbound("something else", customer_address=fresh_address()) for _ in said]

    # In two calls, and in another order.
    second = await ingest(gateway, claimed[:1], said[1:], [attestation])
    both = await ingest(gateway, claimed, said, [attestation])

    assert reasons(second) == [0]
    assert [outcome.stored.duplicate for outcome in both] == [False, True]
    assert await texts_of(shared_desk, customer) == ["second", "first"]
    assert not any([await _has_customer(shared_desk, message.customer_address) for message in claimed])


async def test_what_was_not_attested_is_refused_and_its_neighbours_are_stored(gateway: Stub, shared_desk: Desk) -> None:
    """One of each way to invent a text."""
    customer, victim = fresh_address(), fresh_address()
    real, forged = inbound("real", customer_address=customer), inbound("forged", customer_address=victim)
    update = attestation_pb2.AttestedDelivery(workspace_id=WORKSPACE).SerializeToString()
    attempts = {
        "nothing": b"",
        "not in the attestation": statement(forged),
        "attested by the gateway": statement(inbound("by the gateway", customer_address=victim)),
        "attested by ticket_service": statement(inbound("by ticket_service", customer_address=victim)),
        "no text, but a report": update,
        "no message at all": b"\xff\xff\xff",
        "of another organization": statement(forged, "another"),
    }
    attestations = [
        attested("AttestedText", statement(real), attempts["of another organization"], attempts["no message at all"]),
        attested("AttestedText", attempts["attested by the gateway"], by="gateway"),
        attested("AttestedText", attempts["attested by ticket_service"], by="ticket_service"),
        attested("AttestedDelivery", update, attempts["not in the attestation"]),
    ]

    said = [statement(real), *attempts.values()]
    outcomes = await ingest(gateway, [real, *[forged] * len(attempts)], said, attestations)

    assert reasons(outcomes) == [0, *[INVALID] * len(attempts)]
    assert await texts_of(shared_desk, customer) == ["real"]
    assert not await _has_customer(shared_desk, victim)


async def _has_customer(desk: Desk, address: str) -> bool:
    request = ticket_service_pb2.ListCustomersRequest(workspace_id=WORKSPACE, address=address)
    return bool((await desk.tickets.ListCustomers(request)).customers)


async def test_a_gateway_of_before_attestations_is_refused_text_by_text(gateway: Stub) -> None:
    outcomes = await ingest(gateway, [inbound(), inbound()], [], [])

    assert reasons(outcomes) == [INVALID, INVALID]


async def test_an_attestation_is_of_one_organization_alone(gateway: Stub, shared_desk: Desk) -> None:
    customer = fresh_address()
    said = statement(inbound("for one alone", customer_address=customer))

    outcomes = await ingest(gateway, [inbound()], [said], [attested("AttestedText", said)], "another")

    assert reasons(outcomes) == [INVALID]
    assert not await _has_customer(shared_desk, customer)
    records = await shared_desk.records(action="message.refused")
    assert not records


async def test_a_text_that_is_sent_again_is_stored_once(gateway: Stub, shared_desk: Desk) -> None:
    customer = fresh_address()
    said = statement(inbound("once", customer_address=customer))
    attestation = attested("AttestedText", said)

    outcomes = [(await ingest(gateway, [inbound()], [said], [attestation]))[0] for _ in range(3)]

    assert [outcome.stored.duplicate for outcome in outcomes] == [False, True, True]
    assert await texts_of(shared_desk, customer) == ["once"]


async def test_sms_service_itself_needs_no_attestation(shared_desk: Desk) -> None:
    channel = channel_to("ticket_service", shared_desk.port, "sms_service")
    sms = ticket_service_pb2_grpc.TicketServiceStub(channel)

    outcomes = await ingest(sms, [inbound("recovered", customer_address=CUSTOMER)], [], [])

    assert reasons(outcomes) == [0]
    await channel.close()


async def test_too_many_attestations_are_refused(gateway: Stub) -> None:
    error = await error_of(ingest(gateway, [inbound()], [], [attestation_pb2.Attestation()] * 101))

    assert (error.reason, error.metadata["field"]) == ("FIELD_INVALID", "attestations")


# Delivery reports.


def report(message_id: str, state: str, workspace_id: str = WORKSPACE) -> bytes:
    """What sms_service says of a delivery."""
    news = message_pb2.DeliveryUpdate(
        message_id=message_id, state=message_pb2.DeliveryState.Value(f"DELIVERY_STATE_{state}")
    )
    return attestation_pb2.AttestedDelivery(
        organization_id=ORGANIZATION, workspace_id=workspace_id, update=news
    ).SerializeToString()


def recording(
    said: bytes, attestation: attestation_pb2.Attestation | None, message_id: str = "", workspace_id: str = WORKSPACE
) -> ticket_service_pb2.RecordDeliveryRequest:
    """A call that claims that the message was read, and brings that statement."""
    claimed = message_pb2.DeliveryUpdate(message_id=message_id, state=message_pb2.DELIVERY_STATE_READ)
    return ticket_service_pb2.RecordDeliveryRequest(
        workspace_id=workspace_id, update=claimed, statement=said, attestation=attestation
    )


@pytest.fixture(scope="module")
async def two_replies(shared_desk: Desk) -> list[str]:
    """The ids of replies that Twilio has."""
    shared_desk.peer.answer = None
    ids = [(await shared_desk.reply(await shared_desk.new_ticket())).message_id for _ in range(2)]
    for message_id in ids:
        await shared_desk.record(message_id, "ACCEPTED")
    return ids


async def test_a_report_is_recorded_as_it_was_attested(gateway: Stub, two_replies: list[str]) -> None:
    first, second = two_replies
    sent, delivered = report(first, "SENT"), report(first, "DELIVERED")
    attestation = attested("AttestedDelivery", sent, delivered)

    states = [
        delivery_state((await gateway.RecordDelivery(recording(said, attestation, second))).delivery)
        # Replayed: it moves nothing back.
        for said in (sent, delivered, sent)
    ]

    assert states == ["SENT", "DELIVERED", "DELIVERED"]


async def test_a_report_that_was_not_attested_is_refused_and_changes_nothing(
    gateway: Stub, shared_desk: Desk, two_replies: list[str]
) -> None:
    _, reply = two_replies
    other_workspace = await shared_desk.new_workspace(f"Other {uuid.uuid4().hex[:8]}")
    said, text = report(reply, "FAILED"), statement(inbound())
    attempts = [
        recording(b"", None, reply),
        recording(said, None, reply),
        recording(said, attested("AttestedDelivery", said, by="gateway"), reply),
        recording(said, attested("AttestedDelivery", report(reply, "SENT")), reply),
        recording(said, attested("AttestedText", said), reply),
        recording(text, attested("AttestedText", text), reply),
        recording(said, attested("AttestedDelivery", said), reply, other_workspace),
        recording(b"\xff", attested("AttestedDelivery", b"\xff"), reply),
    ]

    for attempt in attempts:
        assert (await error_of(gateway.RecordDelivery(attempt))).reason == "ATTESTATION_INVALID"

    assert await shared_desk.record(reply, "ACCEPTED") == "ACCEPTED"
