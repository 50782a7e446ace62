"""What tickets say of their conversation as it goes on, who has read what, and what is found from one search box."""

import base64
import json
import time
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp

from keva.ticket.v1 import actor_pb2, message_pb2, routing_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.rpc.request_context import ACTOR_METADATA
from tests.ticket_service.desk import AGENT, NOBODY, WORKSPACE, Desk, error_of, fresh_address, inbound, state_of
from tests.ticket_service.responder_peer import ResponderPeer, always, draft, hand_off
from ticket_service.domain.staff.agent import Role

INBOUND, OUTBOUND = message_pb2.MESSAGE_DIRECTION_INBOUND, message_pb2.MESSAGE_DIRECTION_OUTBOUND
LEE = ((ACTOR_METADATA, "agent:lee"),)


@pytest.fixture(scope="module", autouse=True)
def lee(shared_desk: Desk) -> None:
    """A second agent."""
    shared_desk.put_agent("lee", Role.AGENT, (WORKSPACE,))


async def as_agent(desk: Desk, ticket_id: str, metadata: Any = AGENT) -> pb.Ticket:
    """The ticket as an agent sees it."""
    return (await desk.call("GetTicket", ticket_id, metadata=metadata)).ticket  # type: ignore[no-any-return]


async def mark_read(desk: Desk, ticket_id: str, message_id: str = "", metadata: Any = AGENT) -> pb.Ticket:
    answer = await desk.call("MarkTicketRead", ticket_id, metadata=metadata, message_id=message_id)
    return answer.ticket  # type: ignore[no-any-return]


async def found(desk: Desk, **filters: Any) -> list[str]:
    """The ids of all tickets, page by page."""
    ids, token = list[str](), ""
    while True:
        request = pb.ListTicketsRequest(workspace_id=WORKSPACE, page_size=2, page_token=token, **filters)
        page = await desk.tickets.ListTickets(request, metadata=AGENT)
        ids += [ticket.ticket_id for ticket in page.tickets]
        if not (token := page.next_page_token):
            return ids


async def test_a_customer_waits_from_their_first_text_that_nobody_has_answered(shared_desk: Desk) -> None:
    desk, customer = shared_desk, fresh_address()
    ticket_id = await desk.new_ticket(customer_address=customer)
    first = await desk.ticket(ticket_id)
    assert first.waiting_since == first.create_time

    await desk.text("are you there?", customer_address=customer)
    await desk.note(ticket_id)
    assert (await desk.ticket(ticket_id)).waiting_since == first.waiting_since

    await desk.reply(ticket_id)
    assert not (await desk.ticket(ticket_id)).HasField("waiting_since")

    await desk.text("thanks, and now?", customer_address=customer)
    again = await desk.ticket(ticket_id)
    assert again.waiting_since == again.last_message_time
    assert again.waiting_since.ToDatetime() > first.waiting_since.ToDatetime()


async def test_who_is_settled_waits_no_more_and_who_is_reopened_waits_from_then_on(shared_desk: Desk) -> None:
    desk = shared_desk
    ticket_id = await desk.new_ticket()

    assert not (await desk.change("ResolveTicket", ticket_id)).HasField("waiting_since")
    reopened = await desk.change("ReopenTicket", ticket_id)
    assert reopened.waiting_since == reopened.update_time
    assert not (await desk.change("CloseTicket", ticket_id)).HasField("waiting_since")


async def test_a_resolve_that_is_taken_back_leaves_everybody_where_they_were(shared_desk: Desk) -> None:
    desk = shared_desk
    first, second = [await desk.new_ticket() for _ in range(2)]
    until = Timestamp(seconds=int(time.time()) + 3600)
    await desk.change("SnoozeTicket", second, snooze_until=until)
    before = [await desk.ticket(ticket_id) for ticket_id in (first, second)]

    for ticket_id in (first, second):
        assert state_of(await desk.change("ResolveTicket", ticket_id)) == "RESOLVED"
    for ticket_id in (second, first, first):
        await desk.change("ReopenTicket", ticket_id, as_before=True)
    back = [await desk.ticket(ticket_id) for ticket_id in (first, second)]

    for now, was in zip(back, before, strict=True):
        now.ClearField("update_time")
        was.ClearField("update_time")
    assert back == before


async def test_a_text_that_was_recovered_waits_since_it_was_sent_and_stands_where_it_belongs(shared_desk: Desk) -> None:
    desk, customer = shared_desk, fresh_address()
    ticket_id = await desk.new_ticket(customer_address=customer, text="second")
    sent = Timestamp(seconds=(await desk.ticket(ticket_id)).create_time.seconds - 600)

    await desk.texts(inbound("first", customer_address=customer, sent_time=sent, recovered=True))

    ticket = await desk.ticket(ticket_id)
    assert ticket.waiting_since == sent
    assert (ticket.last_message_preview, ticket.message_count) == ("second", 2)


async def test_the_last_text_is_on_the_ticket(shared_desk: Desk) -> None:
    desk, customer = shared_desk, fresh_address()
    ticket_id = await desk.new_ticket(customer_address=customer, text="hello\nthere")
    ticket = await desk.ticket(ticket_id)
    assert (ticket.last_message_preview, ticket.last_message_direction) == ("hello there", INBOUND)

    await desk.note(ticket_id, "not for you")
    reply = await desk.reply(ticket_id, "good day")
    ticket = await desk.ticket(ticket_id)
    assert (ticket.last_message_preview, ticket.last_message_direction) == ("good day", OUTBOUND)
    assert ticket.last_message_time == reply.message_time
    assert ticket.last_message_author == reply.author

    await desk.text("thanks", customer_address=customer)
    assert not (await desk.ticket(ticket_id)).HasField("last_message_author")


async def test_the_customers_name_is_kept_in_step(shared_desk: Desk) -> None:
    desk, customer = shared_desk, fresh_address()
    ticket_id = await desk.new_ticket(customer_address=customer)
    ticket = await desk.ticket(ticket_id)
    assert ticket.customer_display_name == f"SMS from {customer}"

    async def rename(name: str) -> None:
        changed, mask = (
            pb.Customer(customer_id=ticket.customer_id, display_name=name),
            FieldMask(paths=["display_name"]),
        )
        request = pb.UpdateCustomerRequest(workspace_id=WORKSPACE, customer=changed, update_mask=mask)
        await desk.tickets.UpdateCustomer(request, metadata=AGENT)

    await desk.text("I am here", customer_address=customer, city="SEATTLE", state="WA", country="US")
    assert (await desk.ticket(ticket_id)).customer_display_name == "SMS from Seattle, WA"

    await rename("Zoë Łukasz")
    assert (await desk.ticket(ticket_id)).customer_display_name == "Zoë Łukasz"
    assert await found(desk, query="zoe luk") == [ticket_id]
    assert await found(desk, query="zoe here") == [ticket_id]
    assert await found(desk, query="zoe zebra") == []
    await rename("Room 101")
    assert await found(desk, query="room 101") == [ticket_id]
    assert await found(desk, query="101 here") == [ticket_id]


async def test_tickets_are_found_by_the_e_mail_address_that_somebody_has_given(shared_desk: Desk) -> None:
    desk, customer = shared_desk, fresh_address()
    ticket_id = await desk.new_ticket(customer_address=customer, text="where is my umbrella")
    customer_id = (await desk.ticket(ticket_id)).customer_id
    generated = (await desk.customer(customer_id)).email

    async def give(email: str) -> None:
        changed = pb.Customer(customer_id=customer_id, email=email)
        mask = FieldMask(paths=["email"])
        request = pb.UpdateCustomerRequest(workspace_id=WORKSPACE, customer=changed, update_mask=mask)
        await desk.tickets.UpdateCustomer(request, metadata=AGENT)

    assert await found(desk, query=generated) == []
    await give("Ilse.Quitte-12.34@Example.com")
    for query in (
        "ilse.quitte-12.34@example.com",
        "ILSE.QUITTE-12.34@EXAMPLE.COM",
        "ilse.qui",
        "quitte",
        "quitte umbrella",
    ):
        assert await found(desk, query=query) == [ticket_id], query
    assert await found(desk, query="quitte zebra") == []
    assert await found(desk, text="quitte") == []
    other = pb.ListTicketsRequest(workspace_id=await desk.new_workspace(), query="quitte")
    assert not (await desk.tickets.ListTickets(other)).tickets

    await give("birne@example.com")
    assert (await found(desk, query="quitte"), await found(desk, query="birne@")) == ([], [ticket_id])
    forget = pb.ForgetCustomerRequest(workspace_id=WORKSPACE, customer_id=customer_id)
    await desk.tickets.ForgetCustomer(forget, metadata=AGENT)
    assert await found(desk, query="birne") == []


async def test_each_agent_reads_for_themselves(shared_desk: Desk) -> None:
    desk, customer = shared_desk, fresh_address()
    ticket_id = await desk.new_ticket(customer_address=customer)
    await desk.text("second", customer_address=customer)
    first, second = await desk.messages(ticket_id)
    assert (await as_agent(desk, ticket_id)).unread
    assert not (await desk.ticket(ticket_id)).unread

    assert (await mark_read(desk, ticket_id, first.message_id)).unread
    read = await mark_read(desk, ticket_id, second.message_id)
    assert (read.unread, read.read_message_id) == (False, second.message_id)
    # Never back, and as often as one likes.
    for message_id in (first.message_id, second.message_id):
        again = await mark_read(desk, ticket_id, message_id)
        assert (again.unread, again.read_message_id) == (False, second.message_id)
    assert (await as_agent(desk, ticket_id, LEE)).unread

    await desk.text("third", customer_address=customer)
    assert (await as_agent(desk, ticket_id)).unread
    assert ticket_id in await found(desk, unread=True)
    note = await desk.note(ticket_id)
    read = await mark_read(desk, ticket_id)
    assert (read.unread, read.read_message_id) == (False, note.message_id)
    assert ticket_id not in await found(desk, unread=True)


async def test_what_was_read_is_to_be_read_again(shared_desk: Desk) -> None:
    desk = shared_desk
    ticket_id, closed = await desk.new_ticket(), await desk.new_ticket("CLOSED")
    for metadata in (AGENT, LEE):
        await mark_read(desk, ticket_id, metadata=metadata)

    for _ in range(2):
        unread = (await desk.call("MarkTicketUnread", ticket_id, metadata=AGENT)).ticket
        assert (unread.unread, unread.read_message_id) == (True, "")
    assert not (await as_agent(desk, ticket_id, LEE)).unread
    assert ticket_id in await found(desk, unread=True)
    assert not (await desk.call("MarkTicketUnread", closed, metadata=AGENT)).ticket.unread
    assert not (await mark_read(desk, ticket_id)).unread
    assert (await error_of(desk.call("MarkTicketUnread", "tkt_none", metadata=AGENT))).reason == "TICKET_NOT_FOUND"
    assert (await error_of(desk.call("MarkTicketUnread", ticket_id))).reason == "NO_AGENT_ACTS"


async def test_who_replies_has_read_and_a_closed_ticket_is_nobodys_to_read(shared_desk: Desk) -> None:
    desk = shared_desk
    replied, closed = await desk.new_ticket(), await desk.new_ticket()

    await desk.reply(replied)
    await desk.change("CloseTicket", closed)

    assert not (await as_agent(desk, replied)).unread
    assert (await as_agent(desk, replied, LEE)).unread
    assert not (await as_agent(desk, closed)).unread


async def test_marking_as_read_leaves_no_trace_and_changes_no_ticket(shared_desk: Desk) -> None:
    desk = shared_desk
    ticket_id = await desk.new_ticket()
    before, actions = await desk.ticket(ticket_id), await desk.actions(ticket_id)

    await mark_read(desk, ticket_id)

    assert await desk.ticket(ticket_id) == before
    assert await desk.actions(ticket_id) == actions


async def test_only_an_agent_reads(shared_desk: Desk) -> None:
    desk = shared_desk
    ticket_id = await desk.new_ticket()
    operator = ((ACTOR_METADATA, "operator:root"),)

    for metadata in (None, operator):
        assert (await error_of(mark_read(desk, ticket_id, metadata=metadata))).reason == "NO_AGENT_ACTS"
    assert (await error_of(desk.all_tickets(unread=True))).reason == "NO_AGENT_ACTS"


async def test_what_is_not_there_cannot_be_read(shared_desk: Desk) -> None:
    desk = shared_desk
    one, other = await desk.new_ticket(), await desk.new_ticket()
    (elsewhere,) = await desk.messages(other)

    assert (await error_of(mark_read(desk, "tkt_none"))).reason == "TICKET_NOT_FOUND"
    assert (await error_of(mark_read(desk, one, elsewhere.message_id))).reason == "MESSAGE_NOT_FOUND"


async def test_a_reply_that_could_not_be_delivered_is_seen_until_somebody_has_seen_to_it(shared_desk: Desk) -> None:
    desk = shared_desk
    ticket_id = await desk.new_ticket()
    reply = await desk.reply(ticket_id)
    await desk.settled_replies(ticket_id)
    await desk.record(reply.message_id, "FAILED", error_code=30003)
    assert (await desk.ticket(ticket_id)).has_failed_reply
    assert ticket_id in await found(desk, has_failed_reply=True)

    # An event of it that changes nothing.
    await desk.record(reply.message_id, "DELIVERED")
    assert (await desk.ticket(ticket_id)).has_failed_reply
    await desk.reply(ticket_id, "another try")
    assert not (await desk.ticket(ticket_id)).has_failed_reply
    assert ticket_id not in await found(desk, has_failed_reply=True)


async def test_lists_come_in_the_order_that_is_asked_for_and_are_counted(desk: Desk) -> None:
    await desk.subscribe()
    customers = [fresh_address() for _ in range(4)]
    ids = [await desk.new_ticket(customer_address=customer) for customer in customers]
    await desk.text("and another thing", customer_address=customers[0])
    await desk.reply(ids[1])
    await _make_urgent(desk, ids[3])
    orders = {
        pb.TICKET_ORDER_CREATION: [3, 2, 1, 0],
        pb.TICKET_ORDER_WAITING: [0, 2, 3, 1],
        pb.TICKET_ORDER_LAST_ACTIVITY: [1, 0, 3, 2],
        pb.TICKET_ORDER_PRIORITY: [3, 0, 2, 1],
    }

    for order, expected in orders.items():
        assert await found(desk, order_by=order) == [ids[i] for i in expected], order

    views = [
        pb.ListTicketsRequest(),
        pb.ListTicketsRequest(states=[pb.TICKET_STATE_OPEN], assignees=[NOBODY]),
        pb.ListTicketsRequest(unread=True),
        pb.ListTicketsRequest(waiting_longer_than=Duration(seconds=3600)),
        pb.ListTicketsRequest(waiting_longer_than=Duration(seconds=0), customer=customers[0]),
    ]
    counted = await desk.tickets.CountTickets(
        pb.CountTicketsRequest(workspace_id=WORKSPACE, views=views), metadata=AGENT
    )
    assert [(count.count, count.at_least) for count in counted.counts] == [
        *((4, False), (3, False), (3, False), (0, False), (1, False))
    ]


async def _make_urgent(desk: Desk, ticket_id: str) -> None:
    request = pb.UpdateTicketRequest(
        workspace_id=WORKSPACE,
        ticket=pb.Ticket(ticket_id=ticket_id, priority=routing_pb2.PRIORITY_URGENT),
        update_mask=FieldMask(paths=["priority"]),
    )
    await desk.tickets.UpdateTicket(request, metadata=AGENT)


async def test_one_box_finds_numbers_names_and_words(desk: Desk) -> None:
    await desk.subscribe()
    ids = {
        address: await desk.new_ticket(customer_address=address, text=text)
        for address, text in {
            "+12065550123": "my order 2 is late",
            "+12065550199": "the order is here",
            "+491711234567": "Straße gesperrt, 555-0123 anrufen",
            "KEVA Shop": "hello",
        }.items()
    }
    a, b, c, d = ids.values()
    searches = {
        "#2": [b],
        "2": [b, a],
        "# 4": [d],
        "#99": [],
        "5550123": [a],
        "555-0123": [c, a],
        "(206) 555": [b, a],
        "+1 206 555 0199": [b],
        "0171 1234": [c],
        "234567": [c],
        "order": [b, a],
        "order 0123": [a],
        "ORD late": [a],
        "strasse": [c],
        "keva sh": [d],
        "zebra": [],
        "10 am 10/10": [],
        "12:30 at 12 30": [],
    }

    for query, expected in searches.items():
        assert await found(desk, query=query) == expected, query
    assert await found(desk, query="0123", text="order") == [a]
    views = [pb.ListTicketsRequest(query=query) for query in searches] + [pb.ListTicketsRequest()]
    counted = await desk.tickets.CountTickets(pb.CountTicketsRequest(workspace_id=WORKSPACE, views=views))
    assert [count.count for count in counted.counts] == [*map(len, searches.values()), len(ids)]
    assert await found(desk, query="order", states=[pb.TICKET_STATE_CLOSED]) == []
    assert await found(desk, query="2", states=[pb.TICKET_STATE_CLOSED]) == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param({"query": "a", "text": "?!"}, "text", id="two searches, one for no word"),
        pytest.param({"query": "a", "order_by": pb.TICKET_ORDER_WAITING}, "order_by", id="a search in another order"),
        pytest.param({"query": "?!"}, "query", id="a search for no word"),
        pytest.param({"query": "w " * 501}, "query", id="an endless search"),
        pytest.param({"tags": [f"t{i}" for i in range(21)]}, "tags", id="too many tags"),
        pytest.param({"assignees": [NOBODY] * 21}, "assignees", id="too many assignees"),
        pytest.param({"priorities": [0]}, "priorities", id="no priority"),
        pytest.param({"order_by": 77}, "order_by", id="an unknown order"),
        pytest.param({"waiting_longer_than": Duration(seconds=-1)}, "waiting_longer_than", id="a negative time"),
        pytest.param({"waiting_longer_than": Duration(seconds=10**12)}, "waiting_longer_than", id="for ever"),
    ],
)
async def test_what_cannot_be_listed(shared_desk: Desk, fields: dict[str, Any], field: str) -> None:
    error = await error_of(shared_desk.all_tickets(**fields))

    assert (error.reason, error.metadata["field"]) == ("FIELD_INVALID", field)


async def test_a_token_that_somebody_has_written_gives_no_page(shared_desk: Desk) -> None:
    request = pb.ListTicketsRequest(workspace_id=WORKSPACE, page_size=1)
    token = (await shared_desk.tickets.ListTickets(request)).next_page_token
    fingerprint, *position = json.loads(base64.urlsafe_b64decode(token + "=="))
    assert position[0] == 0

    for part, key, ticket_id, refused in (
        *((-1, "", "tkt_1", True), (0, "never", "tkt_1", True), (0, 7, "tkt_1", True), (0, "", 7, True)),
        *((77, "", "tkt_1", False), (0, "2026-01-01T00:00:00+00:00", "tkt_", False)),
    ):
        forged = base64.urlsafe_b64encode(json.dumps([fingerprint, part, key, ticket_id]).encode()).decode().rstrip("=")
        request.page_token = forged
        if refused:
            assert (await error_of(shared_desk.tickets.ListTickets(request))).reason == "PAGE_TOKEN_INVALID"
        else:
            assert not (await shared_desk.tickets.ListTickets(request)).tickets


async def test_what_cannot_be_counted(shared_desk: Desk) -> None:
    for views in (
        [pb.ListTicketsRequest(query="?!")],
        [pb.ListTicketsRequest(workspace_id="elsewhere")],
        [pb.ListTicketsRequest()] * 21,
    ):
        request = pb.CountTicketsRequest(workspace_id=WORKSPACE, views=views)
        assert (await error_of(shared_desk.tickets.CountTickets(request))).reason == "FIELD_INVALID"


async def test_the_ais_answer_ends_the_waiting_and_its_notice_does_not(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(draft("In the shop."))
    answered = await ai_desk.new_ticket(text="where is it?")
    await ai_desk.until_recorded("ai.answered", answered)
    ticket = await ai_desk.ticket(answered)
    assert not ticket.HasField("waiting_since")
    assert ticket.last_message_author.kind == actor_pb2.ACTOR_KIND_AI

    responder.answer = always(hand_off("NOT_KNOWN"))
    handed = await ai_desk.new_ticket(text="a person, please")
    await ai_desk.until_recorded("ai.handed_off", handed)
    ticket = await ai_desk.ticket(handed)
    assert ticket.waiting_since == ticket.create_time
    assert ticket.message_count == 2
    assert (ticket.last_message_preview, ticket.last_message_direction) == ("a person, please", INBOUND)
    assert ticket.last_message_time == ticket.create_time
    assert await found(ai_desk, handed_off=True) == [handed]
