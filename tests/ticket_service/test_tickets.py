"""Listing, reading and changing tickets: filters, pages, states, and what another workspace may see."""

from typing import Any

import pytest

from keva.ticket.v1 import audit_service_pb2, message_pb2, routing_pb2, workspace_service_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from tests.ticket_service.desk import (
    AGENT,
    CUSTOMER,
    ORGANIZATION,
    OUR_NUMBER,
    WORKSPACE,
    Desk,
    agent,
    error_of,
    inbound,
    state_of,
)


async def _three_tickets(desk: Desk) -> list[str]:
    """Of three customers, oldest first: OPEN and unassigned, PENDING with dana, RESOLVED with the AI."""
    await desk.subscribe()
    texts = ["the blue kettle leaks", "a red kettle, please", "where is my order?"]
    outcomes = await desk.texts(*(inbound(t, customer_address=f"+1555000000{i}") for i, t in enumerate(texts)))
    ids = [outcome.stored.ticket_id for outcome in outcomes]
    await _assign(desk, ids[1], agent("dana"))
    await desk.move(ids[1], "PENDING")
    await _assign(desk, ids[2], routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI))
    await desk.move(ids[2], "RESOLVED")
    return ids


async def _assign(desk: Desk, ticket_id: str, assignee: routing_pb2.Assignee) -> pb.Ticket:
    request = pb.AssignTicketRequest(workspace_id=WORKSPACE, ticket_id=ticket_id, assignee=assignee)
    return (await desk.tickets.AssignTicket(request, metadata=AGENT)).ticket


async def _update(desk: Desk, ticket_id: str, *paths: str, **values: Any) -> pb.Ticket:
    request = pb.UpdateTicketRequest(workspace_id=WORKSPACE, ticket=pb.Ticket(ticket_id=ticket_id, **values))
    request.update_mask.paths.extend(paths)
    return (await desk.tickets.UpdateTicket(request, metadata=AGENT)).ticket


async def _note(desk: Desk, ticket_id: str, text: str, request_id: str = "") -> str:
    request = pb.AddNoteRequest(workspace_id=WORKSPACE, ticket_id=ticket_id, text=text, request_id=request_id)
    return (await desk.tickets.AddNote(request, metadata=AGENT)).message.message_id


async def _actions(desk: Desk, ticket_id: str) -> list[str]:
    request = audit_service_pb2.ListAuditRecordsRequest(organization_id=ORGANIZATION, ticket_id=ticket_id)
    records = (await desk.audit.ListAuditRecords(request)).audit_records
    assert [r.sequence for r in records] == list(range(len(records), 0, -1))
    return [record.action for record in reversed(records)]


async def _ticket_actions(desk: Desk, ticket_id: str) -> list[str]:
    return [action for action in await _actions(desk, ticket_id) if action.startswith("ticket.")]


async def test_filters_alone_and_together(desk: Desk) -> None:
    first, second, third = await _three_tickets(desk)
    await _note(desk, first, "customer is a regular")
    by_id = (await desk.ticket(second)).customer_id
    number = (await desk.ticket(third)).number
    nobody = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_NOBODY)
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({}, [third, second, first]),
        ({"states": [pb.TICKET_STATE_OPEN, pb.TICKET_STATE_RESOLVED]}, [third, first]),
        ({"assignee": nobody}, [first]),
        ({"assignee": agent("dana")}, [second]),
        ({"assignee": agent("somebody else")}, []),
        ({"assignee": routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)}, [third]),
        ({"customer": "(555) 000-0001"}, [second]),
        ({"customer": by_id}, [second]),
        ({"channel_id": "chn_unknown"}, []),
        ({"number": number}, [third]),
        ({"text": "kettle"}, [second, first]),
        ({"text": "KETTLE blue"}, [first]),
        ({"text": "regular"}, [first]),
        ({"text": '"kettle" -blue .* $where'}, []),
        ({"text": "an answer"}, [second]),
        ({"text": "!!!"}, []),
        ({"text": "kettle", "states": [pb.TICKET_STATE_PENDING]}, [second]),
    ]

    for filters, expected in cases:
        assert [t.ticket_id for t in await desk.all_tickets(**filters)] == expected, filters


@pytest.mark.parametrize("text", ["", "kettle"])
async def test_pages_hold_every_ticket_once(desk: Desk, text: str) -> None:
    await desk.subscribe()
    await desk.texts(*(inbound(f"kettle {i}", customer_address=f"+1555000{i:04}") for i in range(7)))
    found, token = [], ""

    while True:
        request = pb.ListTicketsRequest(workspace_id=WORKSPACE, page_size=3, page_token=token, text=text)
        page = await desk.tickets.ListTickets(request)
        found += [ticket.subject for ticket in page.tickets]
        token = page.next_page_token
        if not token:
            break

    assert found == [f"kettle {i}" for i in range(6, -1, -1)]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        pytest.param({"page_size": -1}, "FIELD_INVALID", id="negative page"),
        pytest.param({"page_token": "banana"}, "PAGE_TOKEN_INVALID", id="invented token"),
        pytest.param({"customer": "☎"}, "PHONE_NUMBER_INVALID", id="no number"),
        pytest.param({"customer": "cus_unknown"}, "CUSTOMER_NOT_FOUND", id="unknown customer"),
        pytest.param({"number": -1}, "FIELD_INVALID", id="negative number"),
        pytest.param({"states": [99]}, "FIELD_INVALID", id="unknown state"),
        pytest.param({"workspace_id": ""}, "FIELD_REQUIRED", id="no workspace"),
    ],
)
async def test_listing_refuses(desk: Desk, fields: dict[str, Any], reason: str) -> None:
    request = pb.ListTicketsRequest(**{"workspace_id": WORKSPACE, **fields})

    assert (await error_of(desk.tickets.ListTickets(request))).reason == reason


async def test_token_with_other_arguments_is_refused(desk: Desk) -> None:
    await _three_tickets(desk)
    page = await desk.tickets.ListTickets(pb.ListTicketsRequest(workspace_id=WORKSPACE, page_size=1))
    other = pb.ListTicketsRequest(workspace_id=WORKSPACE, page_token=page.next_page_token, text="kettle")

    assert (await error_of(desk.tickets.ListTickets(other))).reason == "PAGE_TOKEN_INVALID"


@pytest.mark.parametrize("state", ["OPEN", "PENDING", "RESOLVED", "CLOSED"])
@pytest.mark.parametrize("method", ["Resolve", "Reopen", "Close"])
async def test_every_method_in_every_state_twice(desk: Desk, method: str, state: str) -> None:
    await desk.subscribe()
    ticket_id = (await desk.text()).stored.ticket_id
    await desk.move(ticket_id, state)
    target = {"Resolve": "RESOLVED", "Reopen": "OPEN", "Close": "CLOSED"}[method]
    before = await _ticket_actions(desk, ticket_id)

    async def call() -> pb.Ticket:
        request = getattr(pb, f"{method}TicketRequest")(workspace_id=WORKSPACE, ticket_id=ticket_id)
        answer = await getattr(desk.tickets, f"{method}Ticket")(request, metadata=AGENT)
        return answer.ticket  # type: ignore[no-any-return]

    if state == "CLOSED" and method != "Close":
        assert (await error_of(call())).reason == "TICKET_CLOSED"
    else:
        assert [state_of(await call()) for _ in range(2)] == [target, target]
    added = (await _ticket_actions(desk, ticket_id))[len(before) :]
    assert len(added) == (state not in (target, "CLOSED"))


async def test_edits_are_kept_and_audited_once(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = (await desk.text()).stored.ticket_id

    for _ in range(2):
        ticket = await _update(
            desk,
            ticket_id,
            "subject",
            "priority",
            "tags",
            subject="A private matter",
            priority=routing_pb2.PRIORITY_URGENT,
            tags=["vip", "refund"],
        )

    assert (ticket.subject, list(ticket.tags)) == ("A private matter", ["vip", "refund"])
    assert ticket.priority == routing_pb2.PRIORITY_URGENT
    assert (await _actions(desk, ticket_id)).count("ticket.updated") == 1


@pytest.mark.parametrize(
    ("paths", "values", "reason"),
    [
        pytest.param([], {}, "FIELD_REQUIRED", id="empty mask"),
        pytest.param(["state"], {"state": pb.TICKET_STATE_CLOSED}, "FIELD_INVALID", id="state"),
        pytest.param(["subject"], {"subject": " "}, "FIELD_REQUIRED", id="blank subject"),
        pytest.param(["subject"], {"subject": "x" * 201}, "FIELD_INVALID", id="endless subject"),
        pytest.param(["tags"], {"tags": ["x"] * 21}, "FIELD_INVALID", id="too many tags"),
        pytest.param(["tags"], {"tags": [""]}, "FIELD_INVALID", id="empty tag"),
        pytest.param(["priority"], {}, "FIELD_REQUIRED", id="no priority"),
    ],
)
async def test_edits_that_are_refused(desk: Desk, paths: list[str], values: dict[str, Any], reason: str) -> None:
    await desk.subscribe()
    ticket_id = (await desk.text()).stored.ticket_id

    assert (await error_of(_update(desk, ticket_id, *paths, **values))).reason == reason


async def test_notes_are_internal_idempotent_and_welcome_on_closed_tickets(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = (await desk.text()).stored.ticket_id
    await desk.move(ticket_id, "CLOSED")

    ids = {await _note(desk, ticket_id, "call back", "request-1") for _ in range(2)}

    assert len(ids) == 1
    assert (await error_of(_note(desk, ticket_id, "something else", "request-1"))).reason == "REQUEST_ID_REUSED"
    assert (await desk.ticket(ticket_id)).message_count == 1
    assert desk.peer.sent.empty()


async def test_assignee_must_make_sense(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = (await desk.text()).stored.ticket_id

    assert (await error_of(_assign(desk, ticket_id, routing_pb2.Assignee()))).reason == "FIELD_REQUIRED"
    assert (await error_of(_assign(desk, ticket_id, agent("")))).reason == "FIELD_REQUIRED"
    assert (await error_of(_assign(desk, ticket_id, agent("x" * 129)))).reason == "FIELD_INVALID"


async def test_another_workspace_sees_and_changes_nothing(desk: Desk) -> None:
    ids = await _three_tickets(desk)
    created = await desk.workspaces.CreateWorkspace(
        workspace_service_pb2.CreateWorkspaceRequest(organization_id=ORGANIZATION, display_name="Sales")
    )
    other: dict[str, Any] = {"workspace_id": created.workspace.workspace_id, "ticket_id": ids[0]}
    customer_id = (await desk.ticket(ids[0])).customer_id
    message_id = (await desk.messages(ids[0]))[0].message_id
    calls = {
        "GetTicket": pb.GetTicketRequest(**other),
        "ListMessages": pb.ListMessagesRequest(**other),
        "ReplyToTicket": pb.ReplyToTicketRequest(**other, text="hi"),
        "AddNote": pb.AddNoteRequest(**other, text="hi"),
        "AssignTicket": pb.AssignTicketRequest(**other, assignee=agent("eve")),
        "ResolveTicket": pb.ResolveTicketRequest(**other),
        "ReopenTicket": pb.ReopenTicketRequest(**other),
        "CloseTicket": pb.CloseTicketRequest(**other),
        "GetCustomer": pb.GetCustomerRequest(workspace_id=other["workspace_id"], customer_id=customer_id),
        "RecordDelivery": pb.RecordDeliveryRequest(
            workspace_id=other["workspace_id"],
            update=message_pb2.DeliveryUpdate(message_id=message_id, state=message_pb2.DELIVERY_STATE_SENT),
        ),
    }

    for method, request in calls.items():
        error = await error_of(getattr(desk.tickets, method)(request))
        assert error.reason.endswith("_NOT_FOUND"), method
    listed = await desk.tickets.ListTickets(pb.ListTicketsRequest(workspace_id=other["workspace_id"]))
    customers = await desk.tickets.ListCustomers(pb.ListCustomersRequest(workspace_id=other["workspace_id"]))
    assert not listed.tickets
    assert not customers.customers
    assert state_of(await desk.ticket(ids[0])) == "OPEN"


async def test_ticket_says_who_where_and_when(desk: Desk) -> None:
    channel = await desk.subscribe(default_priority=routing_pb2.PRIORITY_LOW, auto_assign=agent("dana"))
    ticket = await desk.ticket((await desk.text("hello")).stored.ticket_id)

    assert (ticket.customer_address, ticket.channel_address) == (CUSTOMER, OUR_NUMBER)
    assert (ticket.channel_id, ticket.number, ticket.message_count) == (channel.channel_id, 1, 1)
    assert (ticket.priority, ticket.assignee.agent_id) == (routing_pb2.PRIORITY_LOW, "dana")
    assert ticket.create_time.seconds > 0
    assert not ticket.HasField("resolve_time")
