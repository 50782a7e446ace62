"""Blocked customers: their texts are kept, and make no work, whatever happens at the same moment."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import actor_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.rpc.proto_values import timestamp
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import (
    AGENT,
    CUSTOMER,
    NOBODY,
    THE_AI,
    WORKSPACE,
    Desk,
    error_of,
    fresh_address,
    inbound,
    state_of,
)
from tests.ticket_service.raw_documents import changed
from tests.ticket_service.responder_peer import ResponderPeer, draft


async def _customer_of(desk: Desk, ticket_id: str) -> str:
    return (await desk.ticket(ticket_id)).customer_id


async def _block(desk: Desk, customer_id: str, reason: str = "", workspace_id: str = WORKSPACE) -> pb.Customer:
    request = pb.BlockCustomerRequest(workspace_id=workspace_id, customer_id=customer_id, reason=reason)
    return (await desk.tickets.BlockCustomer(request, metadata=AGENT)).customer


async def _unblock(desk: Desk, customer_id: str, as_before: bool = False) -> pb.Customer:
    request = pb.UnblockCustomerRequest(workspace_id=WORKSPACE, customer_id=customer_id, as_before=as_before)
    return (await desk.tickets.UnblockCustomer(request, metadata=AGENT)).customer


async def test_texts_of_who_is_blocked_are_kept_and_make_no_ticket(shared_desk: Desk) -> None:
    desk, address = shared_desk, fresh_address()
    ticket_id = await desk.new_ticket(customer_address=address)
    customer_id = await _customer_of(desk, ticket_id)

    blocked = await _block(desk, customer_id, "spam")
    stored = [(await desk.text(text, customer_address=address)).stored for text in ("buy now", "HELP", "buy")]

    assert blocked.HasField("blocked_time")
    assert (blocked.block_reason, blocked.blocked_by.kind, blocked.blocked_by.id) == (
        "spam",
        actor_pb2.ACTOR_KIND_AGENT,
        "dana",
    )
    assert [(one.ticket_id, one.ticket_created) for one in stored] == [("", False)] * 3
    assert state_of(await desk.ticket(ticket_id)) == "RESOLVED"
    assert [m.text for m in await desk.messages(ticket_id)] == ["hello"]
    received = {r.subject_id: dict(r.details) for r in await desk.records(action="message.received")}
    assert [received[one.message_id]["blocked"] for one in stored] == ["true"] * 3
    assert (await desk.actions(ticket_id))[-2:] == ["customer.blocked", "ticket.resolved"]
    assert "spam" not in str(await desk.records(ticket_id=ticket_id))


async def _texts(desk: Desk, customer_id: str, **fields: Any) -> pb.ListTextsWithoutTicketResponse:
    request = pb.ListTextsWithoutTicketRequest(workspace_id=WORKSPACE, customer_id=customer_id, **fields)
    answer: pb.ListTextsWithoutTicketResponse = await desk.tickets.ListTextsWithoutTicket(request, metadata=AGENT)
    return answer


async def test_what_a_customer_texted_while_blocked_can_be_read_newest_first(shared_desk: Desk) -> None:
    desk, address, long_ago = shared_desk, fresh_address(), timestamp(datetime.now(UTC) - timedelta(days=1))
    customer_id = await _customer_of(desk, await desk.new_ticket(customer_address=address))
    await _block(desk, customer_id)
    texts = ["one", "two", "three", "STOP"]
    for text in texts:
        await desk.text(text, customer_address=address)
    await desk.text("recovered", customer_address=address, sent_time=long_ago, recovered=True)
    await _unblock(desk, customer_id)
    await desk.text("again", customer_address=address)

    first = await _texts(desk, customer_id, page_size=3)
    rest = await _texts(desk, customer_id, page_size=3, page_token=first.next_page_token)

    found = [*first.messages, *rest.messages]
    assert [message.text for message in found] == [*reversed(texts), "recovered"]
    assert (rest.next_page_token, {message.ticket_id for message in found}) == ("", {""})
    assert (await error_of(_texts(desk, "cus_none"))).reason == "CUSTOMER_NOT_FOUND"
    elsewhere = await desk.new_workspace()
    other = pb.ListTextsWithoutTicketRequest(workspace_id=elsewhere, customer_id=customer_id)
    assert (await error_of(desk.tickets.ListTextsWithoutTicket(other, metadata=AGENT))).reason == "CUSTOMER_NOT_FOUND"


async def test_what_a_customer_texted_while_blocked_goes_with_them(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket(customer_address=CUSTOMER)
    customer_id = await _customer_of(desk, ticket_id)
    await _block(desk, customer_id)
    await desk.text("while blocked", customer_address=CUSTOMER)
    assert [message.text for message in (await _texts(desk, customer_id)).messages] == ["while blocked"]

    forget = pb.ForgetCustomerRequest(workspace_id=WORKSPACE, customer_id=customer_id)
    await desk.tickets.ForgetCustomer(forget, metadata=AGENT)
    async with asyncio.timeout(90):
        while not (await desk.customer(customer_id)).HasField("erase_time"):  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    assert not (await _texts(desk, customer_id)).messages


async def test_next_text_after_unblocking_counts_as_any_other(shared_desk: Desk) -> None:
    desk, address = shared_desk, fresh_address()
    ticket_id = await desk.new_ticket(customer_address=address)
    customer_id = await _customer_of(desk, ticket_id)
    await _block(desk, customer_id)
    await desk.text("while blocked", customer_address=address)

    freed = await _unblock(desk, customer_id)
    await desk.text("sorry", customer_address=address)

    assert not freed.HasField("blocked_time")
    assert state_of(await desk.ticket(ticket_id)) == "OPEN"
    assert [m.text for m in await desk.messages(ticket_id)] == ["hello", "sorry"]


async def test_block_that_is_taken_back_leaves_tickets_as_they_were(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    settled = await desk.new_ticket("RESOLVED")
    customers = [await _customer_of(desk, one) for one in (ticket_id, settled)]
    before = await desk.ticket(ticket_id)

    for customer_id in customers:
        await _block(desk, customer_id)
    was = await desk.ticket(ticket_id)
    for customer_id in customers:
        await _unblock(desk, customer_id, as_before=True)

    after = await desk.ticket(ticket_id)
    assert (state_of(was), was.HasField("waiting_since")) == ("RESOLVED", False)
    assert (state_of(after), after.waiting_since) == ("OPEN", before.waiting_since)
    assert state_of(await desk.ticket(settled)) == "RESOLVED"
    assert (await desk.actions(ticket_id))[-2:] == ["customer.unblocked", "ticket.reopened"]


@pytest.mark.parametrize(
    ("collection", "alteration"),
    [("tickets", {"tags": [5]}), ("tickets", {"last_message": "?"}), ("channels", {"default_priority": "LOUD"})],
)
async def test_what_cannot_be_read_keeps_nobody_from_being_blocked(
    desk: Desk, mongod: Mongod, database: str, collection: str, alteration: dict[str, Any]
) -> None:
    numbers = ["+15550001000", "+15550002000"]
    channels = [(await desk.subscribe(phone_number=number)).channel_id for number in numbers]
    altered, other = [(await desk.text(channel_address=number)).stored.ticket_id for number in numbers]
    customer_id = await _customer_of(desk, other)
    with changed(mongod, database, collection) as documents:
        documents.update_one({"_id": altered if collection == "tickets" else channels[0]}, {"$set": alteration})

    blocked = await _block(desk, customer_id)
    was = await desk.ticket(other)
    freed = await _unblock(desk, customer_id, as_before=True)

    assert (blocked.HasField("blocked_time"), freed.HasField("blocked_time")) == (True, False)
    assert (state_of(was), state_of(await desk.ticket(other))) == ("RESOLVED", "OPEN")


async def test_ai_goes_on_when_a_block_is_taken_back(ai_desk: Desk, responder: ResponderPeer) -> None:
    held = responder.holds()
    ticket_id = (await ai_desk.text(customer_address=CUSTOMER)).stored.ticket_id
    await responder.next_request()
    customer_id = await _customer_of(ai_desk, ticket_id)
    await _block(ai_desk, customer_id)
    await held.answer(draft("a dropped answer"))
    await ai_desk.until_recorded("ai.draft_dropped", ticket_id)

    await _unblock(ai_desk, customer_id, as_before=True)
    await held.answer(draft("an answer"))

    await ai_desk.until_recorded("ai.answered", ticket_id)
    assert [m.text for m in await ai_desk.messages(ticket_id)] == ["hello", "an answer"]


async def test_reply_to_who_is_blocked_is_refused_until_they_are_not(shared_desk: Desk) -> None:
    desk = shared_desk
    ticket_id = await desk.new_ticket()
    customer_id = await _customer_of(desk, ticket_id)
    await _block(desk, customer_id)

    error = await error_of(desk.reply(ticket_id))

    assert (error.reason, error.metadata["customer_id"]) == ("CUSTOMER_BLOCKED", customer_id)
    # Notes are not texts.
    await desk.note(ticket_id)
    await _unblock(desk, customer_id)
    await desk.reply(ticket_id)


async def test_ticket_of_who_is_blocked_is_reopened_only_when_they_are_not(shared_desk: Desk) -> None:
    desk = shared_desk
    ticket_id = await desk.new_ticket()
    customer_id = await _customer_of(desk, ticket_id)
    await _block(desk, customer_id)

    error = await error_of(desk.change("ReopenTicket", ticket_id))

    assert (error.reason, error.metadata["customer_id"]) == ("CUSTOMER_BLOCKED", customer_id)
    assert state_of(await desk.ticket(ticket_id)) == "RESOLVED"
    await _unblock(desk, customer_id)
    assert state_of(await desk.change("ReopenTicket", ticket_id)) == "OPEN"


async def test_blocking_twice_is_recorded_once(shared_desk: Desk) -> None:
    desk = shared_desk
    ticket_id = await desk.new_ticket("CLOSED")
    customer_id = await _customer_of(desk, ticket_id)

    first, second = await asyncio.gather(_block(desk, customer_id, "spam"), _block(desk, customer_id, "spam"))
    await _unblock(desk, customer_id)
    await _unblock(desk, customer_id)

    assert first.blocked_time == second.blocked_time
    mine = [r for r in await desk.records() if r.subject_id == customer_id and "blocked" in r.action]
    assert [(r.action, r.ticket_id) for r in mine] == [("customer.blocked", ""), ("customer.unblocked", "")]


async def test_list_of_who_is_blocked(desk: Desk) -> None:
    await desk.subscribe()
    customers = [await _customer_of(desk, await desk.new_ticket()) for _ in range(3)]
    for customer_id in customers[:2]:
        await _block(desk, customer_id)

    request = pb.ListCustomersRequest(workspace_id=WORKSPACE, blocked=True)
    listed = (await desk.tickets.ListCustomers(request)).customers

    assert [customer.customer_id for customer in listed] == customers[1::-1]


async def test_block_that_is_refused(shared_desk: Desk) -> None:
    desk = shared_desk
    customer_id = await _customer_of(desk, await desk.new_ticket())
    elsewhere = await desk.new_workspace()

    for call, reason in (
        (_block(desk, "cus_unknown"), "CUSTOMER_NOT_FOUND"),
        (_block(desk, customer_id, workspace_id=elsewhere), "CUSTOMER_NOT_FOUND"),
        (_block(desk, customer_id, "x" * 201), "FIELD_INVALID"),
        (_unblock(desk, "cus_unknown"), "CUSTOMER_NOT_FOUND"),
        (_unblock(desk, ""), "FIELD_REQUIRED"),
    ):
        assert (await error_of(call)).reason == reason


@pytest.mark.parametrize("state", ["OPEN", "PENDING", "RESOLVED", "CLOSED"])
async def test_block_that_meets_texts_leaves_no_work_behind(start_desk: StartDesk, state: str) -> None:
    desks = [await start_desk() for _ in range(2)]
    desk = desks[0]
    await desk.subscribe()
    customers = []
    for _ in range(5):
        address = fresh_address()
        ticket_id = await desk.new_ticket(state, customer_address=address)
        customers.append((address, await _customer_of(desk, ticket_id)))

    texts = [inbound(str(n), customer_address=address) for address, _ in customers for n in range(4)]
    stored, *_ = await asyncio.gather(
        asyncio.gather(*(desks[i % 2].texts(text) for i, text in enumerate(texts))),
        *(_block(desks[1], customer_id) for _, customer_id in customers),
    )

    assert all(outcome.HasField("stored") for (outcome,) in cast("list[list[Any]]", stored))
    # What came before the block is on a ticket that the block has resolved; what came after it is on none.
    tickets = await desk.all_tickets(page_size=200)
    assert {state_of(ticket) for ticket in tickets} <= {"RESOLVED", "CLOSED"}


async def test_ai_stops_working_for_who_is_blocked(
    ai_desk: Desk, responder: ResponderPeer, mongod: Mongod, database: str
) -> None:
    held = responder.holds()
    ticket_id = (await ai_desk.text(customer_address=CUSTOMER)).stored.ticket_id
    await responder.next_request()

    await _block(ai_desk, await _customer_of(ai_desk, ticket_id))
    await held.answer(draft("an answer"))
    await ai_desk.until_recorded("ai.draft_dropped", ticket_id)
    await ai_desk.text("more", customer_address=CUSTOMER)

    assert [m.text for m in await ai_desk.messages(ticket_id)] == ["hello"]
    assert state_of(await ai_desk.ticket(ticket_id)) == "RESOLVED"
    # A replica of an older version lets people reopen it. When it comes to the AI, what that drafts does not leave.
    with changed(mongod, database, "tickets") as tickets:
        tickets.update_one({"_id": ticket_id}, {"$set": {"state": "OPEN"}})
    for assignee in (NOBODY, THE_AI):
        await ai_desk.change("AssignTicket", ticket_id, assignee=assignee)
    await held.answer(draft("an answer"))
    (handed_off,) = await ai_desk.until_recorded("ai.handed_off", ticket_id)
    assert dict(handed_off.details)["detail"] == "CUSTOMER_BLOCKED"
