"""Tickets are changed by custom methods, in every state that they can be in, and only within their workspace."""

from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from keva.ticket.v1 import message_pb2, routing_pb2, ticket_service_pb2
from tests.ticket_service.desk import AGENT, WORKSPACE, Desk, agent, error_of, fresh_address, state_of

AI = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)
NOBODY = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_NOBODY)
STATES = ("OPEN", "PENDING", "RESOLVED", "CLOSED")


def _settled(ticket: ticket_service_pb2.Ticket) -> ticket_service_pb2.Ticket:
    """The ticket without the time of its last change, which what becomes of a reply changes at any moment, and without
    what the one who asks has read."""
    for name in ("update_time", "unread", "read_message_id"):
        ticket.ClearField(name)
    return ticket


async def _update(desk: Desk, ticket_id: str, paths: list[str], **values: Any) -> ticket_service_pb2.Ticket:
    request = ticket_service_pb2.UpdateTicketRequest(
        workspace_id=WORKSPACE,
        ticket=ticket_service_pb2.Ticket(ticket_id=ticket_id, **values),
        update_mask=FieldMask(paths=paths),
    )
    return (await desk.tickets.UpdateTicket(request, metadata=AGENT)).ticket


async def test_ticket_says_where_it_came_from(shared_desk: Desk) -> None:
    address = fresh_address()

    ticket = await shared_desk.ticket(await shared_desk.new_ticket(text="my  order\nis late", customer_address=address))

    assert (ticket.subject, state_of(ticket), ticket.message_count) == ("my order is late", "OPEN", 1)
    assert (ticket.channel_address, ticket.customer_address) == ("+15550001000", address)
    assert ticket.create_time == ticket.update_time
    assert not ticket.HasField("resolve_time")
    assert not ticket.HasField("close_time")


@pytest.mark.parametrize(
    ("rpc", "before", "after", "action"),
    [
        pytest.param("ResolveTicket", "OPEN", "RESOLVED", "ticket.resolved", id="resolve OPEN"),
        pytest.param("ResolveTicket", "PENDING", "RESOLVED", "ticket.resolved", id="resolve PENDING"),
        pytest.param("ResolveTicket", "RESOLVED", "RESOLVED", None, id="resolve RESOLVED"),
        pytest.param("ResolveTicket", "CLOSED", "TICKET_CLOSED", None, id="resolve CLOSED"),
        pytest.param("ReopenTicket", "OPEN", "OPEN", None, id="reopen OPEN"),
        pytest.param("ReopenTicket", "PENDING", "OPEN", "ticket.reopened", id="reopen PENDING"),
        pytest.param("ReopenTicket", "RESOLVED", "OPEN", "ticket.reopened", id="reopen RESOLVED"),
        pytest.param("ReopenTicket", "CLOSED", "TICKET_CLOSED", None, id="reopen CLOSED"),
        pytest.param("CloseTicket", "OPEN", "CLOSED", "ticket.closed", id="close OPEN"),
        pytest.param("CloseTicket", "PENDING", "CLOSED", "ticket.closed", id="close PENDING"),
        pytest.param("CloseTicket", "RESOLVED", "CLOSED", "ticket.closed", id="close RESOLVED"),
        pytest.param("CloseTicket", "CLOSED", "CLOSED", None, id="close CLOSED"),
    ],
)
async def test_state_method(shared_desk: Desk, rpc: str, before: str, after: str, action: str | None) -> None:
    ticket_id = await shared_desk.new_ticket(before)
    recorded = len(await shared_desk.records(ticket_id=ticket_id))

    if after == "TICKET_CLOSED":
        assert (await error_of(shared_desk.change(rpc, ticket_id))).reason == after
        assert len(await shared_desk.records(ticket_id=ticket_id)) == recorded
        return
    first = await shared_desk.change(rpc, ticket_id)
    again = await shared_desk.change(rpc, ticket_id)

    assert state_of(first) == after
    assert _settled(again) == _settled(first) == _settled(await shared_desk.ticket(ticket_id))
    new = (await shared_desk.records(ticket_id=ticket_id))[recorded:]
    assert [(r.action, r.actor.id) for r in new if r.action.startswith("ticket.")] == (
        [(action, "dana")] if action else []
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [("OPEN", "OPEN"), ("PENDING", "PENDING"), ("RESOLVED", "PENDING")],
)
async def test_a_resolve_of_a_pending_ticket_is_taken_back(shared_desk: Desk, before: str, after: str) -> None:
    ticket_id = await shared_desk.new_ticket(before)

    pending = ticket_service_pb2.TICKET_STATE_PENDING
    first = await shared_desk.change("ReopenTicket", ticket_id, state=pending)
    again = await shared_desk.change("ReopenTicket", ticket_id, state=pending)

    assert state_of(first) == state_of(again) == after
    reopened = [r for r in await shared_desk.records(ticket_id=ticket_id) if r.action == "ticket.reopened"]
    assert len(reopened) == (before == "RESOLVED")


async def test_a_ticket_is_reopened_to_be_open_or_pending_alone(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket("RESOLVED")
    closed = ticket_service_pb2.TICKET_STATE_CLOSED

    error = await error_of(shared_desk.change("ReopenTicket", ticket_id, state=closed))

    assert (error.reason, error.metadata["field"]) == ("FIELD_INVALID", "state")


async def test_a_message_is_given_with_its_ticket_alone(shared_desk: Desk) -> None:
    ticket_id, other = await shared_desk.new_ticket(), await shared_desk.new_ticket()
    (text,) = (await shared_desk.call("ListMessages", ticket_id)).messages

    given = (await shared_desk.call("GetMessage", ticket_id, message_id=text.message_id)).message
    error = await error_of(shared_desk.call("GetMessage", other, message_id=text.message_id))

    assert given == text
    assert error.reason == "MESSAGE_NOT_FOUND"


async def test_times_of_resolving_and_closing(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket()

    resolved = await shared_desk.change("ResolveTicket", ticket_id)
    reopened = await shared_desk.change("ReopenTicket", ticket_id)
    await shared_desk.change("ResolveTicket", ticket_id)
    closed = await shared_desk.change("CloseTicket", ticket_id)

    assert resolved.resolve_time == resolved.update_time
    assert not reopened.HasField("resolve_time")
    assert closed.close_time == closed.update_time
    assert closed.resolve_time.ToDatetime() >= resolved.resolve_time.ToDatetime()


@pytest.mark.parametrize("state", STATES)
async def test_assign_in_state(shared_desk: Desk, state: str) -> None:
    ticket_id = await shared_desk.new_ticket(state)
    if state == "CLOSED":
        assert (await error_of(shared_desk.change("AssignTicket", ticket_id, assignee=AI))).reason == "TICKET_CLOSED"
        return

    for assignee in (agent("dana"), agent("dana"), AI, NOBODY, NOBODY):
        assert (await shared_desk.change("AssignTicket", ticket_id, assignee=assignee)).assignee == assignee

    assigned = [r for r in await shared_desk.records(ticket_id=ticket_id) if r.action == "ticket.assigned"]
    assert [r.details["to"] for r in assigned] == ["agent:dana", "ai", "nobody"]
    assert state_of(await shared_desk.ticket(ticket_id)) == state


@pytest.mark.parametrize(
    ("assignee", "reason", "field"),
    [
        pytest.param(routing_pb2.Assignee(), "FIELD_REQUIRED", "assignee.kind", id="nothing said"),
        pytest.param(agent(""), "FIELD_REQUIRED", "assignee.agent_id", id="agent without id"),
        pytest.param(agent("d" * 129), "FIELD_INVALID", "assignee.agent_id", id="endless id"),
        pytest.param(
            routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI, agent_id="dana"),
            "FIELD_INVALID",
            "assignee.agent_id",
            id="AI with an agent's id",
        ),
        pytest.param(
            routing_pb2.Assignee(kind=99),  # type: ignore[arg-type]
            "FIELD_INVALID",
            "assignee.kind",
            id="unknown kind",
        ),
    ],
)
async def test_assignee_that_is_none(
    shared_desk: Desk, assignee: routing_pb2.Assignee, reason: str, field: str
) -> None:
    ticket_id = await shared_desk.new_ticket()

    error = await error_of(shared_desk.change("AssignTicket", ticket_id, assignee=assignee))

    assert (error.reason, error.metadata["field"]) == (reason, field)


@pytest.mark.parametrize("state", STATES)
async def test_update_in_state(shared_desk: Desk, state: str) -> None:
    ticket_id = await shared_desk.new_ticket(state)
    change: dict[str, Any] = {"paths": ["subject", "tags"], "subject": "A late order", "tags": ["vip", "order"]}
    if state == "CLOSED":
        assert (await error_of(_update(shared_desk, ticket_id, **change))).reason == "TICKET_CLOSED"
        return

    first = await _update(shared_desk, ticket_id, **change)
    again = await _update(shared_desk, ticket_id, **change)

    assert _settled(again) == _settled(first)
    assert (first.subject, list(first.tags), first.priority) == (
        "A late order",
        ["vip", "order"],
        routing_pb2.PRIORITY_HIGH,
    )
    (updated,) = [r for r in await shared_desk.records(ticket_id=ticket_id) if r.action == "ticket.updated"]
    assert dict(updated.details) == {"subject": "changed", "tags": "changed"}


async def test_update_changes_what_the_mask_names_and_nothing_else(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket(text="first subject")
    await _update(
        shared_desk, ticket_id, ["tags"], tags=["vip"], subject="not named", priority=routing_pb2.PRIORITY_LOW
    )

    ticket = await _update(shared_desk, ticket_id, ["priority"], priority=routing_pb2.PRIORITY_URGENT)
    assert (ticket.subject, list(ticket.tags), ticket.priority) == (
        "first subject",
        ["vip"],
        routing_pb2.PRIORITY_URGENT,
    )

    assert not (await _update(shared_desk, ticket_id, ["tags"])).tags


@pytest.mark.parametrize(
    ("paths", "values", "reason", "field"),
    [
        pytest.param([], {"subject": "x"}, "FIELD_REQUIRED", "update_mask", id="no mask"),
        pytest.param(["state"], {}, "FIELD_INVALID", "update_mask", id="state is not to be set"),
        pytest.param(["subject", "colour"], {"subject": "x"}, "FIELD_INVALID", "update_mask", id="unknown path"),
        pytest.param(["subject"], {"subject": " \n"}, "FIELD_REQUIRED", "ticket.subject", id="blank subject"),
        pytest.param(["subject"], {"subject": "x" * 201}, "FIELD_INVALID", "ticket.subject", id="201 characters"),
        pytest.param(["priority"], {}, "FIELD_REQUIRED", "ticket.priority", id="no priority"),
        pytest.param(["priority"], {"priority": 9}, "FIELD_INVALID", "ticket.priority", id="unknown priority"),
        pytest.param(["tags"], {"tags": ["t"] * 21}, "FIELD_INVALID", "ticket.tags", id="21 tags"),
        pytest.param(["tags"], {"tags": ["t" * 51]}, "FIELD_INVALID", "ticket.tags", id="tag of 51 characters"),
        pytest.param(["tags"], {"tags": [""]}, "FIELD_INVALID", "ticket.tags", id="empty tag"),
    ],
)
async def test_update_that_is_refused(
    shared_desk: Desk, paths: list[str], values: dict[str, Any], reason: str, field: str
) -> None:
    ticket_id = await shared_desk.new_ticket()
    before = await shared_desk.ticket(ticket_id)

    error = await error_of(_update(shared_desk, ticket_id, paths, **values))

    assert (error.reason, error.metadata["field"]) == (reason, field)
    assert await shared_desk.ticket(ticket_id) == before


async def test_update_up_to_the_limits(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket()
    tags = [f"{i:050}" for i in range(20)]

    ticket = await _update(shared_desk, ticket_id, ["subject", "tags"], subject="é" * 200, tags=tags)

    assert (ticket.subject, list(ticket.tags)) == ("é" * 200, tags)


CALLS_ON_A_TICKET = [
    pytest.param("GetTicket", {}, id="get"),
    pytest.param("GetMessage", {"message_id": "msg_none"}, id="get a message"),
    pytest.param("ListMessages", {}, id="list messages"),
    pytest.param("ReplyToTicket", {"text": "an answer"}, id="reply"),
    pytest.param("AddNote", {"text": "a note"}, id="note"),
    pytest.param("AssignTicket", {"assignee": AI}, id="assign"),
    pytest.param("ResolveTicket", {}, id="resolve"),
    pytest.param("ReopenTicket", {}, id="reopen"),
    pytest.param("CloseTicket", {}, id="close"),
]


@pytest.mark.parametrize(("rpc", "fields"), CALLS_ON_A_TICKET)
async def test_ticket_of_another_workspace_is_not_found(shared_desk: Desk, rpc: str, fields: dict[str, Any]) -> None:
    ticket_id = await shared_desk.new_ticket()
    elsewhere = await shared_desk.new_workspace()
    recorded = len(await shared_desk.records(ticket_id=ticket_id))

    error = await error_of(shared_desk.call(rpc, ticket_id, workspace_id=elsewhere, **fields))
    assert (error.reason, error.metadata["ticket_id"]) == ("TICKET_NOT_FOUND", ticket_id)
    error = await error_of(shared_desk.call(rpc, ticket_id, workspace_id="no such workspace", **fields))
    assert error.reason == "WORKSPACE_NOT_FOUND"
    assert (await error_of(shared_desk.call(rpc, "tkt_unknown", **fields))).reason == "TICKET_NOT_FOUND"

    assert len(await shared_desk.records(ticket_id=ticket_id)) == recorded


async def test_update_of_a_ticket_of_another_workspace_is_not_found(shared_desk: Desk) -> None:
    request = ticket_service_pb2.UpdateTicketRequest(
        workspace_id=await shared_desk.new_workspace(),
        ticket=ticket_service_pb2.Ticket(ticket_id=await shared_desk.new_ticket(), subject="mine now"),
        update_mask=FieldMask(paths=["subject"]),
    )

    assert (await error_of(shared_desk.tickets.UpdateTicket(request))).reason == "TICKET_NOT_FOUND"


@pytest.mark.parametrize(("rpc", "fields"), CALLS_ON_A_TICKET)
@pytest.mark.parametrize("missing", ["workspace_id", "ticket_id"])
async def test_ticket_and_workspace_must_be_named(
    shared_desk: Desk, rpc: str, fields: dict[str, Any], missing: str
) -> None:
    named = {"ticket_id": "tkt_x", "workspace_id": WORKSPACE, missing: ""}

    error = await error_of(shared_desk.call(rpc, **named, **fields))

    assert (error.reason, error.metadata["field"]) == ("FIELD_REQUIRED", missing)


@pytest.mark.parametrize("state", STATES)
async def test_note_changes_no_state_and_is_never_sent(shared_desk: Desk, state: str) -> None:
    ticket_id = await shared_desk.new_ticket(state)
    before = await shared_desk.ticket(ticket_id)

    note = await shared_desk.note(ticket_id, "call them back")

    after = await shared_desk.ticket(ticket_id)
    assert (state_of(after), after.message_count) == (state, before.message_count)
    assert (note.direction, note.channel_id, note.author.id) == (message_pb2.MESSAGE_DIRECTION_NOTE, "", "dana")
    assert not note.HasField("delivery")
    assert (await shared_desk.messages(ticket_id))[-1] == note


async def test_note_is_added_once_per_request_id(shared_desk: Desk) -> None:
    ticket_id, other_id = await shared_desk.new_ticket(), await shared_desk.new_ticket()

    first = await shared_desk.note(ticket_id, "call them", request_id="note-1")
    assert await shared_desk.note(ticket_id, "call them", request_id="note-1") == first

    for again in (
        shared_desk.note(ticket_id, "something else", request_id="note-1"),
        shared_desk.note(other_id, "call them", request_id="note-1"),
        shared_desk.reply(ticket_id, "call them", request_id="note-1"),
    ):
        error = await error_of(again)
        assert (error.reason, error.metadata["request_id"]) == ("REQUEST_ID_REUSED", "note-1")
    assert (await shared_desk.actions(ticket_id)).count("note.added") == 1
    assert [m.text for m in await shared_desk.messages(other_id)] == ["hello"]


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        pytest.param({"text": ""}, "FIELD_REQUIRED", "text", id="empty"),
        pytest.param({"text": " \n\t"}, "FIELD_REQUIRED", "text", id="blank"),
        pytest.param({"text": "n" * 10_001}, "FIELD_INVALID", "text", id="10,001 characters"),
        pytest.param({"text": "n", "request_id": "r" * 129}, "FIELD_INVALID", "request_id", id="endless request_id"),
    ],
)
async def test_note_that_is_refused(shared_desk: Desk, fields: dict[str, str], reason: str, field: str) -> None:
    ticket_id = await shared_desk.new_ticket()

    error = await error_of(shared_desk.note(ticket_id, **fields))

    assert (error.reason, error.metadata["field"]) == (reason, field)


async def test_conversation_is_paged_in_its_order(shared_desk: Desk) -> None:
    address = fresh_address()
    ticket_id = await shared_desk.new_ticket(text="0", customer_address=address)
    for i in range(1, 5):
        await shared_desk.text(str(i), customer_address=address)

    texts: list[str] = []
    token = ""
    while True:
        page = await shared_desk.call("ListMessages", ticket_id, page_size=2, page_token=token)
        assert len(page.messages) <= 2
        texts += [message.text for message in page.messages]
        if not (token := page.next_page_token):
            break

    assert texts == ["0", "1", "2", "3", "4"]


async def test_a_conversation_is_read_from_its_end(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket(text="0")
    for text in "1234":
        await shared_desk.call("AddNote", ticket_id, text=text)

    first = await shared_desk.call("ListMessages", ticket_id, page_size=3, newest_first=True)
    rest = await shared_desk.call(
        "ListMessages", ticket_id, page_size=3, newest_first=True, page_token=first.next_page_token
    )
    error = await error_of(shared_desk.call("ListMessages", ticket_id, page_token=first.next_page_token))

    assert [message.text for message in (*first.messages, *rest.messages)] == ["4", "3", "2", "1", "0"]
    assert (rest.next_page_token, error.reason) == ("", "PAGE_TOKEN_INVALID")
