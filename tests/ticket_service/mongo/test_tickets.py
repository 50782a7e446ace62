"""The contract of ports/tickets.py: what a decision is given, and what becomes of what it writes."""

import asyncio
from dataclasses import replace

import pytest

from servicekit.errors import Aborted, NotFound
from tests.ticket_service.mongo.conftest import DANA, NOW, NewTicket
from ticket_service.domain.audit import AuditEntry, AuditFilter
from ticket_service.domain.message import Direction, Message
from ticket_service.domain.ticket import Ticket
from ticket_service.domain.ticket_decision import Decide, Needs, TicketContext, TicketWrite
from ticket_service.mongo.store import MongoStore


def _tagged(tag: str) -> Decide:
    def decide(context: TicketContext) -> TicketWrite:
        ticket = replace(context.ticket, tags=(*context.ticket.tags, tag))
        return TicketWrite(ticket, (AuditEntry("ticket.updated", ticket.ticket_id, DANA, NOW),))

    return decide


async def _actions(store: MongoStore, ticket: Ticket) -> list[tuple[int, str]]:
    records = await store.audit.list_records(AuditFilter("default", ticket_id=ticket.ticket_id), 50)
    return [(record.sequence, record.entry.action) for record in reversed(records)]


async def test_what_a_decision_writes_is_returned_as_it_was_written(store: MongoStore, new_ticket: NewTicket) -> None:
    ticket = await new_ticket()

    written = await store.tickets.change_ticket("default", ticket.ticket_id, _tagged("a"))

    assert written.ticket == await store.tickets.get_ticket("default", ticket.ticket_id)
    assert (written.ticket.tags, written.ticket.audit_sequence) == (("a",), 2)
    assert await _actions(store, ticket) == [(1, "ticket.created"), (2, "ticket.updated")]


async def test_a_decision_without_entries_writes_nothing(store: MongoStore, new_ticket: NewTicket) -> None:
    ticket = await new_ticket()

    await store.tickets.change_ticket(
        "default", ticket.ticket_id, lambda context: TicketWrite(replace(context.ticket, tags=("lost",)))
    )

    assert await store.tickets.get_ticket("default", ticket.ticket_id) == ticket


async def test_what_a_decision_raises_is_raised_and_nothing_is_written(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    ticket = await new_ticket()

    def decide(context: TicketContext) -> TicketWrite:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.tickets.change_ticket("default", ticket.ticket_id, decide)
    assert await store.tickets.get_ticket("default", ticket.ticket_id) == ticket


async def test_decisions_at_once_are_all_made_each_on_what_the_others_left(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    ticket = await new_ticket()

    async def tag(name: str) -> None:
        while True:
            try:
                await store.tickets.change_ticket("default", ticket.ticket_id, _tagged(name))
            except Aborted:
                # As callers do: nothing was written.
                continue
            return

    await asyncio.gather(*(tag(f"tag {number}") for number in range(8)))

    changed = await store.tickets.get_ticket("default", ticket.ticket_id)
    assert sorted(changed.tags) == [f"tag {number}" for number in range(8)]
    assert [sequence for sequence, _ in await _actions(store, ticket)] == list(range(1, 10))


async def test_a_ticket_of_another_workspace_is_not_there(store: MongoStore, new_ticket: NewTicket) -> None:
    ticket = await new_ticket()

    with pytest.raises(NotFound) as missing:
        await store.tickets.change_ticket("wsp_other", ticket.ticket_id, _tagged("a"))
    assert missing.value.reason == "TICKET_NOT_FOUND"


async def test_a_request_id_brings_the_message_that_has_it_with_its_further_parts(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    ticket = await new_ticket()
    first = _note(ticket, "msg_1", request_id="r1", further_parts=("msg_2", "msg_3"))
    others = (_note(ticket, "msg_2"), _note(ticket, "msg_3"))

    def write(context: TicketContext) -> TicketWrite:
        entry = AuditEntry("note.added", "msg_1", DANA, NOW)
        return TicketWrite(context.ticket, (entry,), first, more_messages=others)

    await store.tickets.change_ticket("default", ticket.ticket_id, write, request_id="r1")

    def read(context: TicketContext) -> TicketWrite:
        assert context.message == first
        assert context.more_messages == others
        return TicketWrite(context.ticket)

    await store.tickets.change_ticket("default", ticket.ticket_id, read, request_id="r1")


def _note(ticket: Ticket, message_id: str, request_id: str = "", further_parts: tuple[str, ...] = ()) -> Message:
    return Message(
        message_id=message_id,
        organization_id="default",
        workspace_id="default",
        ticket_id=ticket.ticket_id,
        customer_id=ticket.customer_id,
        channel_id="",
        direction=Direction.NOTE,
        author=DANA,
        text=message_id,
        message_time=NOW,
        create_time=NOW,
        request_id=request_id,
        further_parts=further_parts,
    )


async def test_what_a_decision_needs_may_depend_on_the_ticket(store: MongoStore, new_ticket: NewTicket) -> None:
    ticket = await new_ticket()
    asked: list[Ticket] = []

    def needs(known: Ticket) -> Needs:
        asked.append(known)
        return Needs.CUSTOMER

    def decide(context: TicketContext) -> TicketWrite:
        assert context.customer.customer_id == ticket.customer_id
        return TicketWrite(context.ticket)

    await store.tickets.change_ticket("default", ticket.ticket_id, decide, needs)

    assert asked == [ticket]


async def test_a_message_is_changed_with_its_ticket(store: MongoStore, new_ticket: NewTicket) -> None:
    ticket = await new_ticket()
    note = _note(ticket, "msg_1")
    entry = AuditEntry("note.added", "msg_1", DANA, NOW)
    await store.tickets.change_ticket(
        "default", ticket.ticket_id, lambda context: TicketWrite(context.ticket, (entry,), note)
    )

    written = await store.tickets.change_message(
        "default", "msg_1", lambda context: TicketWrite(context.ticket, (entry,), replace(note, text="changed"))
    )

    assert written.ticket.audit_sequence == 3
    (stored,) = await store.messages.list_messages("default", ticket.ticket_id, None, 10)
    assert stored.text == "changed"


@pytest.mark.parametrize("message_id", ["msg_none", "msg_1"])
async def test_a_message_of_another_workspace_is_not_there(
    store: MongoStore, new_ticket: NewTicket, message_id: str
) -> None:
    ticket = await new_ticket()
    entry = AuditEntry("note.added", "msg_1", DANA, NOW)
    await store.tickets.change_ticket(
        "default",
        ticket.ticket_id,
        lambda context: TicketWrite(context.ticket, (entry,), _note(ticket, "msg_1")),
    )

    with pytest.raises(NotFound) as missing:
        await store.tickets.change_message("wsp_other", message_id, _tagged("a"))
    assert missing.value.reason == "MESSAGE_NOT_FOUND"
