"""Things are found by what people call them."""

from collections.abc import Callable
from typing import Any

import pytest

from client.failure import Failure, FailureKind
from client.selection import find_channel, find_customer, find_ticket, find_ticket_id, phone_number
from client.session import Scope, Session
from keva.ticket.v1 import channel_service_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.rpc.request_context import Actor
from tests.client.peer import Peer

TICKET = pb.Ticket(ticket_id="tkt_12", number=12)
CUSTOMER = pb.Customer(customer_id="cus_1", address="+15551234567")
CHANNELS = [
    channel_service_pb2.Channel(channel_id="chn_1", phone_number="+15550001111", account_sid="AC1"),
    channel_service_pb2.Channel(channel_id="chn_2", phone_number="+15550002222", account_sid="AC1"),
    channel_service_pb2.Channel(channel_id="chn_3", phone_number="+15550002222", account_sid="AC2"),
]


@pytest.fixture(autouse=True)
def prepared(ticket_service: Peer) -> None:
    """A ticket, a customer, and three channels, two of them with the same number."""
    ticket_service.answers.update(
        GetTicket=pb.GetTicketResponse(ticket=TICKET),
        ListTickets=lambda request: pb.ListTicketsResponse(tickets=[TICKET] if request.number == 12 else []),
        GetCustomer=pb.GetCustomerResponse(customer=CUSTOMER),
        ListCustomers=lambda request: pb.ListCustomersResponse(customers=[CUSTOMER] * ("123" in request.address)),
        ListChannels=channel_service_pb2.ListChannelsResponse(channels=CHANNELS),
    )


@pytest.mark.parametrize("named", ["12", "#12", "tkt_12"])
async def test_a_ticket_by_its_number_or_id(ticket_service: Peer, session: Session, named: str) -> None:
    assert await find_ticket(session, named) == TICKET
    assert await find_ticket_id(session, named) == "tkt_12"
    assert ticket_service.last().workspace_id == "sales"


async def test_a_ticket_s_id_is_not_asked_for(ticket_service: Peer, session: Session) -> None:
    assert await find_ticket_id(session, "tkt_7") == "tkt_7"
    assert ticket_service.requests == []


@pytest.mark.parametrize("named", ["(555) 123-4567", "cus_1"])
async def test_a_customer_by_their_number_or_id(ticket_service: Peer, session: Session, named: str) -> None:
    assert await find_customer(session, named) == CUSTOMER
    assert ticket_service.last().workspace_id == "sales"


@pytest.mark.parametrize(
    ("named", "channel_id"), [("(555) 000-1111", "chn_1"), ("+1 555 000 1111", "chn_1"), ("chn_3", "chn_3")]
)
async def test_a_channel_by_its_number_or_id(session: Session, named: str, channel_id: str) -> None:
    assert (await find_channel(session, named)).channel_id == channel_id


@pytest.mark.parametrize(
    ("find", "named", "kind", "reason"),
    [
        pytest.param(find_ticket, "13", FailureKind.NOT_FOUND, "TICKET_NOT_FOUND", id="no such ticket"),
        pytest.param(find_ticket, "twelve", FailureKind.UNUSABLE, "", id="no ticket number"),
        pytest.param(find_ticket, "0", FailureKind.UNUSABLE, "", id="no ticket is 0"),
        pytest.param(find_customer, "5559999999", FailureKind.NOT_FOUND, "CUSTOMER_NOT_FOUND", id="no such customer"),
        pytest.param(find_channel, "5559999999", FailureKind.NOT_FOUND, "CHANNEL_NOT_FOUND", id="no such channel"),
        pytest.param(find_channel, "?", FailureKind.UNUSABLE, "", id="no phone number"),
        pytest.param(find_channel, "5550002222", FailureKind.UNUSABLE, "", id="two channels"),
    ],
)
async def test_what_is_not_found_says_what_to_do(
    session: Session, find: Callable[..., Any], named: str, kind: FailureKind, reason: str
) -> None:
    with pytest.raises(Failure) as raised:
        await find(session, named)

    assert (raised.value.kind, raised.value.reason) == (kind, reason)
    assert raised.value.advice


async def test_a_failure_never_has_a_customer_s_number(session: Session) -> None:
    with pytest.raises(Failure) as raised:
        await find_customer(session, "5559999999")

    assert "9999" not in raised.value.message + raised.value.advice


async def test_channels_with_one_number_are_named_by_id(session: Session) -> None:
    with pytest.raises(Failure) as raised:
        await find_channel(session, "5550002222")

    assert "chn_2 (AC1), chn_3 (AC2)" in raised.value.advice


def test_numbers_without_country_are_of_the_session_s_region(
    session: Session, session_of: Callable[[Scope], Session]
) -> None:
    british = session_of(Scope(Actor("agent", "bert"), "acme", "sales", "GB"))

    assert phone_number(session, "(555) 123-4567") == "+15551234567"
    assert phone_number(british, "020 7946 0958") == "+442079460958"
    assert phone_number(british, "+1 (555) 123-4567") == "+15551234567"
