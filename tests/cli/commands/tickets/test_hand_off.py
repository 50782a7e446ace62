"""What `keva tickets` says of a ticket that the AI left to a person."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cli.commands.tickets.hand_off import hand_off_cell, hand_off_sentence
from keva.ticket.v1 import hand_off_pb2, routing_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb

_REASONS = [value.number for value in hand_off_pb2.HandOffReason.DESCRIPTOR.values if value.number]


def ticket(reason: int = hand_off_pb2.HAND_OFF_REASON_ASKED_FOR_PERSON) -> pb.Ticket:
    """A ticket that was handed off at noon."""
    handed_off = pb.Ticket(
        ticket_id="tkt_12",
        number=12,
        state=pb.TICKET_STATE_OPEN,
        priority=routing_pb2.PRIORITY_HIGH,
        subject="My parcel has not arrived",
        customer_id="cus_1",
        customer_address="+15551234567",
        hand_off_reason=reason,  # type: ignore[arg-type]
    )
    handed_off.hand_off_time.FromDatetime(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    return handed_off


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """That ticket."""
    keva.ticket_service.answers.update(
        ListTickets=pb.ListTicketsResponse(tickets=[ticket()]),
        GetCustomer=pb.GetCustomerResponse(customer=pb.Customer(customer_id="cus_1", display_name="Eve")),
        ListMessages=pb.ListMessagesResponse(),
    )


async def test_list_says_why_and_when(keva: Any) -> None:
    result = await keva("tickets", "list")

    assert "nobody  AI: asked for a person  2026-11-23  12:00Z" in result.output.splitlines()[1]


async def test_show_says_why_and_when(keva: Any) -> None:
    result = await keva("tickets", "show", "12")

    assert "Handed off 2026-11-23 12:00Z, by the AI: the customer asks for a person" in result.output


async def test_a_ticket_that_the_ai_did_not_hand_off_says_nothing_of_it(keva: Any) -> None:
    keva.ticket_service.answers["ListTickets"] = pb.ListTicketsResponse(tickets=[pb.Ticket(number=12)])

    listed = await keva("tickets", "list")
    shown = await keva("tickets", "show", "12")

    assert listed.status == shown.status == 0
    assert "AI" not in listed.output
    assert "Handed off" not in shown.output


async def test_json_has_the_reason_and_the_time(keva: Any) -> None:
    (listed,) = json.loads((await keva("tickets", "list", "--json")).output)

    assert listed["hand_off_reason"] == "HAND_OFF_REASON_ASKED_FOR_PERSON"
    assert listed["hand_off_time"] == "2026-11-23T12:00:00Z"


async def test_it_is_handed_back_by_assigning_it_to_the_ai(keva: Any) -> None:
    the_ai = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)
    keva.ticket_service.answers["AssignTicket"] = pb.AssignTicketResponse(ticket=pb.Ticket(number=12, assignee=the_ai))

    result = await keva("tickets", "assign", "12", "ai")

    assert result.output == "Ticket #12 is assigned to ai.\n"
    assert keva.ticket_service.last().assignee == the_ai


@pytest.mark.parametrize("reason", _REASONS)
def test_every_reason_has_words(reason: int) -> None:
    words, _, _ = hand_off_cell(ticket(reason))

    assert words == words.lower().replace("ai:", "AI:")
    assert "reason" not in hand_off_sentence(ticket(reason))


def test_a_reason_of_a_newer_service_keeps_its_number() -> None:
    assert hand_off_cell(ticket(99))[0] == "AI: 99"
    assert "reason 99" in hand_off_sentence(ticket(99))
