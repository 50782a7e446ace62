"""`keva tickets`: reading and answering."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration

from keva.ticket.v1 import actor_pb2, agent_service_pb2, channel_service_pb2, message_pb2, routing_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit import errors

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CUSTOMER = pb.Customer(customer_id="cus_1", address="+15551234567", display_name="SMS from Seattle, WA", city="Seattle")
HOSTILE = "\x1b[2J\x1b]0;owned\x07[bold red]hi[/] \u202egnp.exe\nTicket #99\n2026-01-01 agent:boss reply, DELIVERED"


def ticket(number: int = 12, **fields: Any) -> pb.Ticket:
    """A ticket of that customer's."""
    given: dict[str, Any] = {
        "ticket_id": f"tkt_{number}",
        "number": number,
        "state": pb.TICKET_STATE_OPEN,
        "priority": routing_pb2.PRIORITY_HIGH,
        "subject": "My parcel has not arrived",
        "customer_id": "cus_1",
        "customer_address": "+15551234567",
        "channel_address": "+15550001111",
        "customer_display_name": "SMS from Seattle, WA",
        "message_count": 3,
        "update_time": NOON,
        "waiting_since": NOON,
        **fields,
    }
    return pb.Ticket(**given)


def message(direction: int, text: str, **fields: Any) -> message_pb2.Message:
    """A message on ticket 12."""
    given: dict[str, Any] = {
        "message_id": "msg_1",
        "ticket_id": "tkt_12",
        "workspace_id": "default",
        "direction": direction,
        "text": text,
        "message_time": NOON,
        **fields,
    }
    return message_pb2.Message(**given)


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """Ticket 12 and its customer."""
    keva.ticket_service.answers.update(
        ListTickets=lambda request: pb.ListTicketsResponse(tickets=[] if request.number == 404 else [ticket()]),
        GetTicket=pb.GetTicketResponse(ticket=ticket()),
        GetCustomer=pb.GetCustomerResponse(customer=CUSTOMER),
    )


async def test_list_gives_one_line_per_ticket_when_piped(keva: Any) -> None:
    keva.ticket_service.answers["ListTickets"] = pb.ListTicketsResponse(
        tickets=[ticket(13, subject="word " * 39), ticket()], next_page_token="abc"
    )

    result = await keva("tickets", "list", "--limit", "2")

    assert result.status == 0
    header, first, second = result.output.splitlines()
    assert header.split() == ["#", "State", "Customer", "Subject", "Assignee", "Texts", "Waits", "since"]
    assert first.startswith("13 OPEN  HIGH")
    assert ("word " * 39).strip() in first
    for shown in ("SMS from Seattle, WA  +15551234567", "My parcel has not arrived", "nobody", "2026-11-23  12:00Z"):
        assert shown in second
    assert "--page-token abc" in result.error


async def test_list_fits_eighty_columns_and_keeps_the_whole_number(keva: Any) -> None:
    keva.environment["COLUMNS"] = "80"

    result = await keva("tickets", "list")

    assert max(len(row) for row in result.output.splitlines()) <= 80
    assert "+15551234567" in result.output


async def test_a_customer_who_is_gone_does_not_hide_the_ticket(keva: Any) -> None:
    keva.ticket_service.answers["ListTickets"] = pb.ListTicketsResponse(tickets=[ticket(customer_display_name="")])

    result = await keva("tickets", "list")

    assert result.status == 0
    assert "HIGH +15551234567 My parcel" in result.output


async def test_a_search_in_texts_shows_what_it_found(keva: Any) -> None:
    text = f"{'so far so good ' * 10}and then the kettle broke"
    found = message_pb2.Message(ticket_id="tkt_1", text=text)
    other = ticket(ticket_id="tkt_2", subject="A teapot", last_message_preview="its lid")
    keva.ticket_service.answers["ListTickets"] = pb.ListTicketsResponse(
        tickets=[ticket(ticket_id="tkt_1", last_message_preview="thank you"), other], found_messages=[found]
    )

    result = await keva("tickets", "list", "--text", "KETTLE")

    # The second was found by a text that has been erased since.
    said = " ".join(result.output.split())
    assert all(part in said for part in ("… ", "and then the kettle broke", "its lid"))
    assert "thank you" not in said


async def test_list_passes_every_filter_on(keva: Any) -> None:
    channel = channel_service_pb2.Channel(channel_id="chn_1", phone_number="+15550001111")
    keva.ticket_service.answers["ListChannels"] = channel_service_pb2.ListChannelsResponse(channels=[channel])

    arguments = ("--state", "open", "--state", "PENDING", "--assignee", "agent:anna", "--channel", "(555) 000-1111")
    result = await keva(
        *("tickets", "list", *arguments, "--customer", "(555) 123-4567", "--text", "parcel", "--limit", "7"),
        *("--page-token", "abc", "--workspace", "sales", "--json"),
    )

    assert result.status == 0
    assert keva.ticket_service.last() == pb.ListTicketsRequest(
        workspace_id="sales",
        page_size=7,
        page_token="abc",
        states=[pb.TICKET_STATE_OPEN, pb.TICKET_STATE_PENDING],
        assignees=[routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AGENT, agent_id="anna")],
        channel_id="chn_1",
        customer="(555) 123-4567",
        text="parcel",
        order_by=pb.TICKET_ORDER_CREATION,
    )


async def test_list_is_the_open_ones_and_who_waits_for_longest_first_unless_told_otherwise(keva: Any) -> None:
    await keva("tickets", "list")

    asked = keva.ticket_service.last()
    assert (list(asked.states), asked.order_by) == ([pb.TICKET_STATE_OPEN], pb.TICKET_ORDER_WAITING)

    await keva("tickets", "list", "--query", "555-0123")
    asked = keva.ticket_service.last()
    assert (list(asked.states), asked.order_by, asked.query) == ([], pb.TICKET_ORDER_CREATION, "555-0123")

    await keva("tickets", "list", "--state", "any", "--order", "ACTIVITY")
    asked = keva.ticket_service.last()
    assert (list(asked.states), asked.order_by) == ([], pb.TICKET_ORDER_LAST_ACTIVITY)


async def test_list_passes_the_filters_of_an_inbox_on(keva: Any) -> None:
    arguments = ("--assignee", "me", "--assignee", "nobody", "--priority", "urgent", "--tag", "vip", "--tag", "late")
    more = ("--unread", "--waiting-longer-than", "2h", "--failed", "--handed-off", "--awake", "--order", "priority")

    result = await keva("tickets", "list", "--as", "agent:anna", *arguments, *more)

    assert result.status == 0, result.error
    asked = keva.ticket_service.last()
    assert asked == pb.ListTicketsRequest(
        workspace_id="default",
        page_size=50,
        states=[pb.TICKET_STATE_OPEN],
        assignees=[
            routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AGENT, agent_id="anna"),
            routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_NOBODY),
        ],
        priorities=[routing_pb2.PRIORITY_URGENT],
        tags=["vip", "late"],
        unread=True,
        waiting_longer_than=Duration(seconds=7200),
        has_failed_reply=True,
        handed_off=True,
        snoozed=False,
        order_by=pb.TICKET_ORDER_PRIORITY,
    )


async def test_my_tickets_are_an_agents(keva: Any) -> None:
    for words in (("list", "--assignee", "me"), ("assign", "12", "me")):
        result = await keva("tickets", *words, "--as", "operator:root")

        assert result.status == 2
        assert "operator:root is not an agent, so nobody is `me`" in result.error
        assert "--as you@example.com, or once for all commands: export KEVA_ACTOR=you@example.com" in result.error


async def test_an_assignee_is_named_as_people_know_them(keva: Any) -> None:
    by_id = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AGENT, agent_id="agt_1")
    ann = agent_service_pb2.Agent(agent_id="agt_1", email="ann@example.com", display_name="Ann")
    keva.ticket_service.answers.update(
        AssignTicket=pb.AssignTicketResponse(ticket=ticket(assignee=by_id)),
        ListAgents=agent_service_pb2.ListAgentsResponse(agents=[ann]),
        GetAgent=agent_service_pb2.GetAgentResponse(agent=ann),
    )

    for named in ("ann@example.com", "agt_1"):
        assert (await keva("tickets", "assign", "12", named)).output == "Ticket #12 is assigned to Ann.\n"
    mine = await keva("tickets", "assign", "12", "me", "--as", "ann@example.com")
    assert mine.output == "Ticket #12 is assigned to Ann.\n"


async def test_an_assignment_needs_no_name_to_be_made(keva: Any) -> None:
    by_id = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AGENT, agent_id="agt_1")
    keva.ticket_service.answers["AssignTicket"] = pb.AssignTicketResponse(ticket=ticket(assignee=by_id))
    keva.ticket_service.answers["GetAgent"] = errors.Unavailable("STORE_UNAVAILABLE", "not now")

    result = await keva("tickets", "assign", "12", "agt_1")

    assert (result.status, result.output) == (0, "Ticket #12 is assigned to agent:agt_1.\n")


async def test_counts_of_an_inbox(keva: Any) -> None:
    keva.ticket_service.answers["CountTickets"] = lambda request: pb.CountTicketsResponse(
        counts=[pb.TicketCount(count=1000 + i, at_least=i == 0) for i in range(len(request.views))]
    )

    result = await keva("tickets", "counts", "--as", "agent:anna")
    assert result.status == 0
    assert result.output.splitlines()[1].split() == ["open", "1000", "or", "more"]
    assert {"mine", "unread", "nobody's", "failed"} <= {line.split()[0] for line in result.output.splitlines()}

    as_json = json.loads((await keva("tickets", "counts", "--json", "--as", "operator:root")).output)
    assert as_json["open"] == {"count": 1000, "at_least": True}
    assert "mine" not in as_json


async def test_a_ticket_is_read(keva: Any) -> None:
    keva.ticket_service.answers["MarkTicketRead"] = pb.MarkTicketReadResponse(ticket=ticket())

    result = await keva("tickets", "read", "12", "--as", "agent:anna")

    assert (result.status, result.output) == (0, "Ticket #12 is read.\n")
    assert keva.ticket_service.last() == pb.MarkTicketReadRequest(workspace_id="default", ticket_id="tkt_12")


async def test_a_ticket_is_to_be_read_again(keva: Any) -> None:
    keva.ticket_service.answers["MarkTicketUnread"] = pb.MarkTicketUnreadResponse(ticket=ticket())

    result = await keva("tickets", "unread", "12", "--as", "agent:anna")

    assert (result.status, result.output) == (0, "Ticket #12 is unread.\n")
    assert keva.ticket_service.last() == pb.MarkTicketUnreadRequest(workspace_id="default", ticket_id="tkt_12")


async def test_list_all_as_json_is_one_array_of_all_pages(keva: Any) -> None:
    pages = {"": ([ticket(2)], "next"), "next": ([ticket(1)], "")}
    keva.ticket_service.answers["ListTickets"] = lambda request: pb.ListTicketsResponse(
        tickets=pages[request.page_token][0], next_page_token=pages[request.page_token][1]
    )

    result = await keva("--json", "tickets", "list", "--all")

    tickets = json.loads(result.output)
    assert [found["number"] for found in tickets] == [2, 1]
    assert tickets[0]["state"] == "TICKET_STATE_OPEN"
    assert tickets[0]["customer_address"] == "+15551234567"
    assert tickets[0]["tags"] == []


async def test_show_tells_the_conversation(keva: Any) -> None:
    agent, older = (actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_AGENT, id=known) for known in ("agt_1", "anna"))
    keva.ticket_service.answers["ListAgents"] = agent_service_pb2.ListAgentsResponse(
        agents=[agent_service_pb2.Agent(agent_id="agt_1", display_name="Ann")]
    )
    failed = message_pb2.Delivery(
        state=message_pb2.DELIVERY_STATE_FAILED, error_code=30003, error_text="The phone is switched off."
    )
    keva.ticket_service.answers["ListMessages"] = pb.ListMessagesResponse(
        messages=[
            message(message_pb2.MESSAGE_DIRECTION_INBOUND, "Where is it?\nSecond line"),
            message(
                message_pb2.MESSAGE_DIRECTION_NOTE, "@ann ask the carrier", author=older, mentions=["agt_1", "agt_9"]
            ),
            message(message_pb2.MESSAGE_DIRECTION_OUTBOUND, "On its way", author=agent, delivery=failed),
        ]
    )

    result = await keva("tickets", "show", "#12")

    assert result.status == 0
    lines = result.output.splitlines()
    assert lines[0] == "Ticket #12  My parcel has not arrived"
    assert lines[lines.index("2026-11-23 12:00Z  SMS from Seattle, WA") + 1 :] == [
        "    Where is it?",
        "    Second line",
        "",
        "2026-11-23 12:00Z  agent:anna  (internal note, never sent)",
        "    @ann ask the carrier",
        "  @ Ann, agt_9",
        "",
        "2026-11-23 12:00Z  Ann  reply, FAILED",
        "    On its way",
        "  ! Not delivered: Twilio's error 30003: The phone is switched off.",
    ]


@pytest.mark.parametrize("flags", [pytest.param((), id="for people"), pytest.param(("--json",), id="as JSON")])
async def test_a_hostile_text_cannot_reach_the_terminal(keva: Any, flags: tuple[str, ...]) -> None:
    keva.ticket_service.answers["ListTickets"] = pb.ListTicketsResponse(tickets=[ticket(subject=HOSTILE + "\x9b2J")])
    inbound = message(message_pb2.MESSAGE_DIRECTION_INBOUND, HOSTILE)
    keva.ticket_service.answers["ListMessages"] = pb.ListMessagesResponse(messages=[inbound])

    result = await keva("tickets", "show", "12", *flags)

    assert result.status == 0
    assert not set(result.output) & set("\x1b\x07\x9b\u202e\r")
    assert "[bold red]hi[/]" in result.output
    if flags:
        assert json.loads(result.output)["messages"][0]["text"] == HOSTILE
    else:
        assert [row for row in result.output.splitlines() if row.startswith(("Ticket #99", "2026-01"))] == []


async def test_reply_sends_the_text_as_the_agent_with_a_fresh_request_id(keva: Any) -> None:
    queued = message_pb2.Delivery(state=message_pb2.DELIVERY_STATE_QUEUED)
    keva.ticket_service.answers["ReplyToTicket"] = pb.ReplyToTicketResponse(
        message=message(message_pb2.MESSAGE_DIRECTION_OUTBOUND, "x", delivery=queued), ticket=ticket()
    )

    result = await keva("tickets", "reply", "12", "-", "--as", "agent:anna", stdin="Grüße 👋\nAnna\n".encode())

    assert result.status == 0
    assert "QUEUED" in result.output
    request = keva.ticket_service.last()
    assert (request.ticket_id, request.text) == ("tkt_12", "Grüße 👋\nAnna")
    assert uuid.UUID(request.request_id).version == 4
    assert keva.ticket_service.metadata["keva-actor"] == "agent:anna"


@pytest.mark.parametrize(
    ("final", "status"),
    [
        pytest.param(message_pb2.DELIVERY_STATE_DELIVERED, 0, id="delivered"),
        pytest.param(message_pb2.DELIVERY_STATE_FAILED, 1, id="failed"),
    ],
)
async def test_reply_waits_for_the_delivery(keva: Any, final: Any, status: int) -> None:
    def reply(state: Any) -> message_pb2.Message:
        delivery = message_pb2.Delivery(state=state, error_code=0 if status == 0 else 30006)
        return message(message_pb2.MESSAGE_DIRECTION_OUTBOUND, "x", delivery=delivery)

    states = iter([message_pb2.DELIVERY_STATE_ACCEPTED, final])
    first = reply(message_pb2.DELIVERY_STATE_QUEUED)
    keva.ticket_service.answers["ReplyToTicket"] = pb.ReplyToTicketResponse(message=first, ticket=ticket())
    keva.ticket_service.answers["ListMessages"] = lambda _: pb.ListMessagesResponse(messages=[reply(next(states))])

    result = await keva("tickets", "reply", "tkt_12", "hello", "--wait", "--json")

    assert result.status == status
    assert json.loads(result.output)["delivery"]["state"] == message_pb2.DeliveryState.Name(final)
    assert ("30006" in result.error) == (status == 1)


@pytest.mark.parametrize(
    ("error", "status", "shown"),
    [
        pytest.param(
            errors.FailedPrecondition("TICKET_CLOSED", "the ticket is closed"), 1, "(TICKET_CLOSED)", id="refused"
        ),
        pytest.param(errors.InvalidArgument("MESSAGE_TOO_LONG", "too long"), 2, "Shorten it", id="unusable"),
        pytest.param(errors.NotFound("TICKET_NOT_FOUND", "no such ticket"), 3, "keva tickets list", id="not found"),
        pytest.param(errors.Unavailable("STORE_UNAVAILABLE", "down"), 5, "--request-id again-1", id="try again"),
        pytest.param(errors.Aborted("CONCURRENT_UPDATE", "raced"), 5, "--request-id again-1", id="conflict"),
    ],
)
async def test_a_refused_reply_says_what_to_do(keva: Any, error: Exception, status: int, shown: str) -> None:
    keva.ticket_service.answers["ReplyToTicket"] = error

    result = await keva("tickets", "reply", "tkt_12", "hello", "--request-id", "again-1")

    assert result.status == status
    assert result.output == ""
    assert shown in result.error
    assert len(result.error.splitlines()) <= 2


async def test_an_unknown_number_is_not_found(keva: Any) -> None:
    result = await keva("tickets", "resolve", "404")

    assert result.status == 3
    assert "no ticket #404" in result.error


async def test_changes_are_asked_for_by_id_and_reported(keva: Any) -> None:
    keva.ticket_service.answers["AssignTicket"] = pb.AssignTicketResponse(
        ticket=ticket(assignee=routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI))
    )
    keva.ticket_service.answers["UpdateTicket"] = pb.UpdateTicketResponse(
        ticket=ticket(priority=routing_pb2.PRIORITY_URGENT)
    )

    assigned = await keva("tickets", "assign", "12", "ai")
    assert keva.ticket_service.last().ticket_id == "tkt_12"
    urgent = await keva("tickets", "priority", "12", "urgent")

    assert assigned.output == "Ticket #12 is assigned to ai.\n"
    assert urgent.output == "Ticket #12 has priority URGENT.\n"
    assert list(keva.ticket_service.last().update_mask.paths) == ["priority"]
    assert keva.ticket_service.metadata["keva-actor"].startswith("operator:")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("tickets", "show", "twelve"), id="no ticket"),
        pytest.param(("tickets", "assign", "12", "anna"), id="no assignee"),
        pytest.param(("tickets", "reply", "tkt_12", "  "), id="empty text"),
        pytest.param(("tickets", "reply", "tkt_12", b"\xff"), id="no UTF-8"),
        pytest.param(("--as", "service:x", "tickets", "list"), id="no actor"),
        pytest.param(("tickets", "list", "--limit", "0"), id="no limit"),
    ],
)
async def test_wrong_usage_asks_nobody(keva: Any, arguments: tuple[str | bytes, ...]) -> None:
    result = await keva(*arguments)

    assert result.status == 2
    assert result.error
    assert keva.ticket_service.requests == []


async def test_show_says_which_texts_were_recovered(keva: Any) -> None:
    lost = message(message_pb2.MESSAGE_DIRECTION_INBOUND, "are you there?")
    lost.recovered = True
    keva.ticket_service.answers["ListMessages"] = pb.ListMessagesResponse(messages=[lost])

    result = await keva("tickets", "show", "1")

    assert "recovered from Twilio's log" in result.output
