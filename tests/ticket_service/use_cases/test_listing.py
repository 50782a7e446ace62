"""ListTickets: every filter, their combinations, words as people type them, and pages."""

from dataclasses import dataclass
from typing import Any

import pytest

from keva.ticket.v1 import routing_pb2, ticket_service_pb2
from tests.ticket_service.desk import WORKSPACE, Desk, agent, error_of, fresh_address, inbound
from ticket_service.domain.staff.agent import Role

AI = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)
NOBODY = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_NOBODY)
SECOND_NUMBER = "+15550002000"
OPEN, PENDING, RESOLVED, CLOSED = (
    ticket_service_pb2.TICKET_STATE_OPEN,
    ticket_service_pb2.TICKET_STATE_PENDING,
    ticket_service_pb2.TICKET_STATE_RESOLVED,
    ticket_service_pb2.TICKET_STATE_CLOSED,
)


@dataclass
class Catalog:
    """A desk with five tickets, a to e, and their ids by name."""

    desk: Desk
    tickets: dict[str, ticket_service_pb2.Ticket]

    async def found(self, **filters: Any) -> str:
        """The names of the tickets that are listed, in that order; pages of two."""
        names = {ticket.ticket_id: name for name, ticket in self.tickets.items()}
        return "".join(names[ticket.ticket_id] for ticket in await _all_pages(self.desk, 2, **filters))


async def _all_pages(desk: Desk, page_size: int, **filters: Any) -> list[ticket_service_pb2.Ticket]:
    found: list[ticket_service_pb2.Ticket] = []
    token = ""
    while True:
        request = ticket_service_pb2.ListTicketsRequest(
            workspace_id=WORKSPACE, page_size=page_size, page_token=token, **filters
        )
        page = await desk.tickets.ListTickets(request)
        assert len(page.tickets) <= page_size
        found += page.tickets
        if not (token := page.next_page_token):
            return found


@pytest.fixture(scope="module")
async def catalog(shared_desk: Desk) -> Catalog:
    """Five tickets of four customers on two numbers."""
    desk = shared_desk
    desk.put_agent("lee", Role.ADMINISTRATOR)
    await desk.subscribe(phone_number=SECOND_NUMBER)
    texts = {
        "a": {"text": "My order 4711 is late", "customer_address": "+15551234567"},
        "b": {"text": "Wrong order, wrong COLOUR", "customer_address": "+15557654321"},
        "c": {"text": "C'est cassé :( aidez-moi", "customer_address": "+33612345678"},
        "d": {"text": "hello", "customer_address": "+15551234567", "channel_address": SECOND_NUMBER},
        "e": {"text": "", "customer_address": "KEVA Shop"},
    }
    ids = {name: (await desk.text(**fields)).stored.ticket_id for name, fields in texts.items()}
    await desk.note(ids["d"], "refund was promised by dana on monday")
    await desk.change("AssignTicket", ids["c"], assignee=agent("dana"))
    await desk.change("AssignTicket", ids["d"], assignee=agent("lee"))
    await desk.move(ids["b"], "PENDING")
    await desk.change("AssignTicket", ids["b"], assignee=AI)
    await desk.move(ids["c"], "RESOLVED")
    await desk.move(ids["d"], "CLOSED")
    return Catalog(desk, {name: await desk.ticket(ticket_id) for name, ticket_id in ids.items()})


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param({}, "edcba", id="all, newest first"),
        pytest.param({"states": [OPEN]}, "ea", id="OPEN"),
        pytest.param({"states": [PENDING, RESOLVED]}, "cb", id="two states"),
        pytest.param({"states": [CLOSED, CLOSED]}, "d", id="a state twice"),
        pytest.param({"assignee": NOBODY}, "ea", id="nobody's"),
        pytest.param({"assignee": AI}, "b", id="the AI's"),
        pytest.param({"assignee": agent("dana")}, "c", id="dana's"),
        pytest.param({"assignee": agent("nobody")}, "", id="an agent without tickets"),
        pytest.param({"assignee": routing_pb2.Assignee()}, "edcba", id="assignee unset is any"),
        pytest.param({"customer": "+15551234567"}, "da", id="customer"),
        pytest.param({"customer": "(555) 123-4567"}, "da", id="customer as people type it"),
        pytest.param({"customer": "555-765-4321"}, "b", id="another customer as people type it"),
        pytest.param({"customer": "+33 6 12 34 56 78"}, "c", id="customer abroad"),
        pytest.param({"customer": "KEVA Shop"}, "e", id="alphanumeric sender"),
        pytest.param({"customer": "+15550000000"}, "", id="customer who never texted"),
        pytest.param({"channel_id": "chn_unknown"}, "", id="unknown channel"),
        pytest.param({"number": 3}, "c", id="number"),
        pytest.param({"number": 99}, "", id="number that there is not"),
        pytest.param({"text": "order"}, "ba", id="a word"),
        pytest.param({"text": "ORDER"}, "ba", id="case does not matter"),
        pytest.param({"text": "order late"}, "a", id="two words"),
        pytest.param({"text": "late my order"}, "a", id="words in any order"),
        pytest.param({"text": "order hello"}, "", id="not all of the words"),
        pytest.param({"text": "ord"}, "ba", id="the beginning of a word"),
        pytest.param({"text": "rder"}, "", id="the end of a word"),
        pytest.param({"text": "4711"}, "a", id="digits"),
        pytest.param({"text": "cassé"}, "c", id="accents"),
        pytest.param({"text": "CASSE"}, "c", id="accents left out"),
        pytest.param({"text": "refund monday"}, "d", id="words of a note"),
        pytest.param({"text": "an answer"}, "b", id="words of a reply"),
        pytest.param({"text": '"late order"'}, "a", id="quotes ask for no phrase"),
        pytest.param({"text": "order -late"}, "a", id="a minus excludes nothing"),
        pytest.param({"text": "order,late!"}, "a", id="punctuation"),
        pytest.param({"text": "aidez-moi"}, "c", id="hyphen"),
        pytest.param({"text": "o.*r"}, "d", id="regular expression: two beginnings of words"),
        pytest.param({"text": "order$"}, "ba", id="dollar"),
        pytest.param({"text": " \t\n"}, "edcba", id="only blanks"),
        pytest.param({"text": "order\x00late"}, "a", id="a NUL"),
        pytest.param({"states": [OPEN], "customer": "5551234567"}, "a", id="state and customer"),
        pytest.param({"states": [OPEN], "assignee": AI}, "", id="state and assignee that exclude each other"),
        pytest.param({"states": [PENDING], "text": "order"}, "b", id="state and word"),
        pytest.param({"assignee": agent("lee"), "text": "promised", "number": 4}, "d", id="assignee, word and number"),
        pytest.param({"text": "order", "customer": "+15551234567", "states": [OPEN, CLOSED]}, "a", id="all together"),
    ],
)
async def test_filter(catalog: Catalog, filters: dict[str, Any], expected: str) -> None:
    assert await catalog.found(**filters) == expected


async def test_channel_and_customer_id_filters(catalog: Catalog) -> None:
    one = catalog.tickets["d"]

    assert await catalog.found(channel_id=one.channel_id) == "d"
    assert await catalog.found(customer=one.customer_id) == "da"
    assert await catalog.found(customer=one.customer_id, channel_id=one.channel_id, text="hello") == "d"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param({"text": "order"}, {"a": "My order 4711 is late", "b": "Wrong order, wrong COLOUR"}, id="a word"),
        pytest.param({"text": "4711 ord"}, {"a": "My order 4711 is late"}, id="two, in one text"),
        pytest.param({"text": "order", "states": [PENDING]}, {"b": "Wrong order, wrong COLOUR"}, id="a state as well"),
        pytest.param({"query": "order"}, {}, id="a search box, which finds customers as well"),
        pytest.param({}, {}, id="no search"),
    ],
)
async def test_a_search_of_texts_says_which_text_it_was(
    catalog: Catalog, filters: dict[str, Any], expected: dict[str, str]
) -> None:
    request = ticket_service_pb2.ListTicketsRequest(workspace_id=WORKSPACE, **filters)
    found = await catalog.desk.tickets.ListTickets(request)

    names = {ticket.ticket_id: name for name, ticket in catalog.tickets.items()}
    assert {names[message.ticket_id]: message.text for message in found.found_messages} == expected


async def test_of_a_ticket_the_newest_text_or_note_is_said(catalog: Catalog) -> None:
    for text in ("a kettle, and a kettle", "sold the last kettle", "nothing else"):
        await catalog.desk.note(catalog.tickets["e"].ticket_id, text)

    found = await catalog.desk.tickets.ListTickets(
        ticket_service_pb2.ListTicketsRequest(workspace_id=WORKSPACE, text="kettle")
    )

    assert [message.text for message in found.found_messages] == ["sold the last kettle"]


async def test_other_workspaces_list_nothing_of_this_one(catalog: Catalog) -> None:
    elsewhere = await catalog.desk.new_workspace()

    all_filters: list[dict[str, Any]] = [{}, {"text": "order"}, {"number": 1}, {"customer": "+15551234567"}]
    for filters in all_filters:
        request = ticket_service_pb2.ListTicketsRequest(workspace_id=elsewhere, **filters)
        assert not (await catalog.desk.tickets.ListTickets(request)).tickets


@pytest.mark.parametrize("page_size", [1, 2, 3])
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param({}, "edcba", id="no filter"),
        pytest.param({"states": [OPEN, PENDING, CLOSED]}, "edba", id="states"),
        pytest.param({"text": "order"}, "ba", id="word"),
    ],
)
async def test_pages_to_the_end(catalog: Catalog, page_size: int, filters: dict[str, Any], expected: str) -> None:
    pages = await _all_pages(catalog.desk, page_size, **filters)

    assert [t.ticket_id for t in pages] == [catalog.tickets[name].ticket_id for name in expected]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"text": "late"}, id="another word"),
        pytest.param({"states": [OPEN]}, id="another state"),
        pytest.param({"customer": "+15551234567"}, id="another customer"),
        pytest.param({"page_token": "!!!"}, id="not a token"),
        pytest.param({"page_token": "NQ"}, id="JSON, but no token"),
        pytest.param({"page_token": "é"}, id="not even ASCII"),
    ],
)
async def test_page_token_holds_for_the_same_arguments_only(catalog: Catalog, changed: dict[str, Any]) -> None:
    request: dict[str, Any] = {"workspace_id": WORKSPACE, "text": "order", "page_size": 1}
    token = (await catalog.desk.tickets.ListTickets(ticket_service_pb2.ListTicketsRequest(**request))).next_page_token

    asked = ticket_service_pb2.ListTicketsRequest(**{**request, "page_token": token, **changed})

    assert (await error_of(catalog.desk.tickets.ListTickets(asked))).reason == "PAGE_TOKEN_INVALID"


async def test_page_token_of_another_workspace_is_none_here(catalog: Catalog) -> None:
    request: dict[str, Any] = {"workspace_id": WORKSPACE, "page_size": 1}
    token = (await catalog.desk.tickets.ListTickets(ticket_service_pb2.ListTicketsRequest(**request))).next_page_token
    elsewhere = await catalog.desk.new_workspace()

    asked = ticket_service_pb2.ListTicketsRequest(**{**request, "workspace_id": elsewhere, "page_token": token})

    assert (await error_of(catalog.desk.tickets.ListTickets(asked))).reason == "PAGE_TOKEN_INVALID"


async def test_page_size_may_change_between_pages(catalog: Catalog) -> None:
    first = ticket_service_pb2.ListTicketsRequest(workspace_id=WORKSPACE, page_size=1)
    token = (await catalog.desk.tickets.ListTickets(first)).next_page_token

    rest = await catalog.desk.all_tickets(page_size=2_000_000_000, page_token=token)

    assert len(rest) == len(catalog.tickets) - 1


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        pytest.param({"page_size": -1}, "FIELD_INVALID", "page_size", id="negative page_size"),
        pytest.param({"number": -1}, "FIELD_INVALID", "number", id="negative number"),
        pytest.param({"states": [0]}, "FIELD_INVALID", "states", id="unspecified state"),
        pytest.param({"states": [77]}, "FIELD_INVALID", "states", id="unknown state"),
        pytest.param({"customer": "+1"}, "PHONE_NUMBER_INVALID", "customer", id="no phone number"),
        pytest.param({"text": "w " * 501}, "FIELD_INVALID", "text", id="endless search"),
        pytest.param({"text": ".*"}, "FIELD_INVALID", "text", id="regular expression without a word"),
        pytest.param({"text": "\\"}, "FIELD_INVALID", "text", id="backslash"),
        pytest.param({"text": '""'}, "FIELD_INVALID", "text", id="only quotes"),
        pytest.param({"text": "\U0001f621"}, "FIELD_INVALID", "text", id="only an emoji"),
        pytest.param({"workspace_id": ""}, "FIELD_REQUIRED", "workspace_id", id="no workspace"),
    ],
)
async def test_filter_that_cannot_be_used(shared_desk: Desk, fields: dict[str, Any], reason: str, field: str) -> None:
    request = ticket_service_pb2.ListTicketsRequest(**{"workspace_id": WORKSPACE, **fields})

    error = await error_of(shared_desk.tickets.ListTickets(request))

    assert (error.reason, error.metadata["field"]) == (reason, field)


async def test_customer_id_that_there_is_not(shared_desk: Desk) -> None:
    assert (await error_of(shared_desk.all_tickets(customer="cus_unknown"))).reason == "CUSTOMER_NOT_FOUND"


async def test_no_page_has_more_than_200_tickets(desk: Desk) -> None:
    await desk.subscribe()
    for _ in range(3):
        await desk.texts(*(inbound(customer_address=fresh_address()) for _ in range(70)))

    assert len(await desk.all_tickets(page_size=100_000)) == 200
    assert len(await desk.all_tickets()) == 50
    assert len(await _all_pages(desk, 200)) == 210
