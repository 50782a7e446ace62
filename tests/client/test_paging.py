"""Lists in pages: one, or all of them."""

from typing import Any

import pytest

from client.failure import Failure
from client.lists import agent_names, list_channels, list_phone_numbers
from client.paging import all_pages, one_page
from client.session import Session
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import agent_service_pb2, channel_service_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit import errors
from tests.client.peer import Peer


@pytest.fixture(autouse=True)
def prepared(ticket_service: Peer) -> None:
    """Five tickets on three pages."""
    pages = {"": ([5, 4], "two"), "two": ([3, 2], "three"), "three": ([1], "")}

    def page(request: pb.ListTicketsRequest) -> pb.ListTicketsResponse:
        numbers, following = pages[request.page_token]
        return pb.ListTicketsResponse(tickets=[pb.Ticket(number=n) for n in numbers], next_page_token=following)

    ticket_service.answers["ListTickets"] = page


async def _one(session: Session, **given: Any) -> tuple[list[int], str]:
    rpc = session.services.tickets.ListTickets
    ask = pb.ListTicketsRequest(workspace_id="sales")
    found, following = await one_page(session, rpc, ask, lambda page: page.tickets, **given)
    return [ticket.number for ticket in found], following


async def _all(session: Session, token: str = "") -> list[int]:
    rpc = session.services.tickets.ListTickets
    request = pb.ListTicketsRequest(workspace_id="sales")
    return [ticket.number for ticket in await all_pages(session, rpc, request, lambda page: page.tickets, token=token)]


async def test_one_page_names_the_next(ticket_service: Peer, session: Session) -> None:
    assert await _one(session, size=2) == ([5, 4], "two")
    assert ticket_service.last().page_size == 2
    assert await _one(session, size=2, token="two") == ([3, 2], "three")
    assert await _one(session, token="three") == ([1], "")
    assert ticket_service.last().page_size == 200


async def test_short_pages_of_a_search_are_filled(ticket_service: Peer, session: Session) -> None:
    assert await _one(session, size=4) == ([5, 4, 3, 2], "three")
    assert [(r.page_size, r.page_token) for r in ticket_service.requests] == [(4, ""), (2, "two")]
    assert await _one(session) == ([5, 4, 3, 2, 1], "")


async def test_all_pages_are_asked_for_in_turn(ticket_service: Peer, session: Session) -> None:
    assert await _all(session) == [5, 4, 3, 2, 1]
    assert [request.page_token for request in ticket_service.requests] == ["", "two", "three"]
    assert {(request.workspace_id, request.page_size) for request in ticket_service.requests} == {("sales", 200)}


async def test_all_pages_from_one_on(session: Session) -> None:
    assert await _all(session, "two") == [3, 2, 1]


async def test_a_page_that_fails_fails_the_list(ticket_service: Peer, session: Session) -> None:
    def page(request: pb.ListTicketsRequest) -> pb.ListTicketsResponse:
        if request.page_token:
            raise errors.InvalidArgument("PAGE_TOKEN_INVALID", "page_token is not ours", field="page_token")
        return pb.ListTicketsResponse(tickets=[pb.Ticket(number=1)], next_page_token="lost")

    ticket_service.answers["ListTickets"] = page

    with pytest.raises(Failure, match="Page token is not ours") as raised:
        await _all(session)
    assert raised.value.reason == "PAGE_TOKEN_INVALID"


async def test_lists_are_the_organizations(ticket_service: Peer, session: Session) -> None:
    channel = channel_service_pb2.Channel(channel_id="chn_1")
    ticket_service.answers["ListChannels"] = channel_service_pb2.ListChannelsResponse(channels=[channel])

    assert await list_channels(session) == [channel]
    assert ticket_service.last().organization_id == "acme"


async def test_one_phone_number_of_an_account_even_if_an_older_service_lists_all(
    sms_service: Peer, session: Session
) -> None:
    numbers = [sms_service_pb2.PhoneNumber(phone_number=f"+1555000111{last}") for last in range(3)]
    sms_service.answers["ListPhoneNumbers"] = sms_service_pb2.ListPhoneNumbersResponse(phone_numbers=numbers)

    assert await list_phone_numbers(session, "AC1", "+15550001111") == [numbers[1]]
    assert await list_phone_numbers(session, "AC1") == numbers
    assert sms_service.last().account_sid == "AC1"


async def test_whoever_may_ask_for_a_workspace_alone_gets_the_names_in_it(
    ticket_service: Peer, session: Session
) -> None:
    def agents(request: agent_service_pb2.ListAgentsRequest) -> agent_service_pb2.ListAgentsResponse:
        if not request.workspace_id:
            raise errors.PermissionDenied("WORKSPACE_NOT_ALLOWED", "name a workspace of yours")
        assert (request.workspace_id, request.show_deactivated) == (session.workspace_id, True)
        known = {"anna": "Anna", "bob": "Bob"}
        found = [agent_service_pb2.Agent(agent_id=id, display_name=name) for id, name in known.items()]
        return agent_service_pb2.ListAgentsResponse(agents=found)

    ticket_service.answers["ListAgents"] = agents

    assert await agent_names(session, {"bob", "gone", ""}) == {"bob": "Bob"}


async def test_names_of_agents_are_not_asked_for_again_when_nobody_answers(
    ticket_service: Peer, session: Session
) -> None:
    ticket_service.answers["ListAgents"] = errors.NotFound("AGENT_NOT_FOUND", "there is none")

    with pytest.raises(Failure):
        await agent_names(session, {"bob"})
    assert len(ticket_service.requests) == 1
