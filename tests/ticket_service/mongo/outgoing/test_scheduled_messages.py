"""The contract of ports/outgoing/scheduled_messages.py."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from tests.ticket_service.mongo.conftest import DANA, NOW, NewTicket
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.message import Delivery, DeliveryState, Direction, Message
from ticket_service.domain.ticket import Ticket
from ticket_service.domain.ticket_decision import TicketContext, TicketWrite
from ticket_service.mongo.store import MongoStore

MINUTE = timedelta(minutes=1)
LEASE = timedelta(seconds=20)


async def _scheduled(store: MongoStore, ticket: Ticket, message_id: str, send_time: datetime) -> None:
    message = Message(
        message_id=message_id,
        organization_id="default",
        workspace_id="default",
        ticket_id=ticket.ticket_id,
        customer_id=ticket.customer_id,
        channel_id=ticket.channel_id,
        direction=Direction.OUTBOUND,
        author=DANA,
        text=message_id,
        message_time=send_time,
        create_time=NOW,
        send_time=send_time,
        delivery=Delivery(DeliveryState.SCHEDULED, NOW),
    )

    def decide(context: TicketContext) -> TicketWrite:
        entry = AuditEntry("message.scheduled", message_id, DANA, NOW)
        return TicketWrite(context.ticket.with_scheduled(NOW), (entry,), message)

    await store.tickets.change_ticket("default", ticket.ticket_id, decide)


async def _claimed(store: MongoStore, minutes: float, limit: int = 10) -> list[str]:
    now = NOW + minutes * MINUTE
    return [due.message_id for due in (await store.scheduled_messages.claim_due(now, now + LEASE, limit)).messages]


async def test_those_that_are_due_are_claimed_once_until_their_lease_ends(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    ticket = await new_ticket()
    for minute in (3, 1, 2):
        await _scheduled(store, ticket, f"msg_{minute}", NOW + minute * MINUTE)

    assert await _claimed(store, 0.5) == []
    assert await _claimed(store, 2) == ["msg_1", "msg_2"]
    assert await _claimed(store, 2) == []
    assert await _claimed(store, 2.5) == ["msg_1", "msg_2"]


async def test_one_that_is_given_back_is_due_at_its_time(store: MongoStore, new_ticket: NewTicket) -> None:
    await _scheduled(store, await new_ticket(), "msg_1", NOW + MINUTE)
    assert await _claimed(store, 1) == ["msg_1"]

    await store.scheduled_messages.postpone("msg_1", NOW + 1.1 * MINUTE)

    assert await _claimed(store, 1) == []
    assert await _claimed(store, 1.1) == ["msg_1"]


async def test_a_look_says_whether_there_are_more_and_when_the_next_one_is_due(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    ticket = await new_ticket()
    for minute in (1, 2, 5):
        await _scheduled(store, ticket, f"msg_{minute}", NOW + minute * MINUTE)

    none = await store.scheduled_messages.claim_due(NOW, NOW + LEASE, 10)
    one = await store.scheduled_messages.claim_due(NOW + 2 * MINUTE, NOW + 3 * MINUTE, 1)

    assert (none.messages, none.more, none.next_due) == ([], False, NOW + MINUTE)
    assert ([due.message_id for due in one.messages], one.more) == (["msg_1"], True)


async def _cancel(store: MongoStore, message_id: str) -> None:
    def decide(context: TicketContext) -> TicketWrite:
        assert context.message is not None
        entry = AuditEntry("message.cancelled", message_id, DANA, NOW)
        cancelled = replace(context.message, delivery=Delivery(DeliveryState.CANCELLED, NOW))
        return TicketWrite(context.ticket.without_scheduled(NOW), (entry,), cancelled)

    await store.tickets.change_message("default", message_id, decide)


async def test_one_that_is_cancelled_while_it_is_claimed_stays_cancelled(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    ticket = await new_ticket()
    ids = [f"msg_{number:02}" for number in range(30)]
    for message_id in ids:
        await _scheduled(store, ticket, message_id, NOW + MINUTE)
    all_cancelled = asyncio.Event()

    async def claim() -> None:
        # Each look is later than all leases of the one before.
        minutes = 1
        while not all_cancelled.is_set():
            await _claimed(store, minutes, len(ids))
            minutes += 1

    async def cancel() -> None:
        for message_id in ids:
            await _cancel(store, message_id)
        all_cancelled.set()

    await asyncio.gather(claim(), claim(), cancel())

    found = [await store.messages.get_message("default", ticket.ticket_id, message_id) for message_id in ids]
    assert {message.delivery.state for message in found if message.delivery} == {DeliveryState.CANCELLED}


async def test_it_is_read_as_it_was_stored(store: MongoStore, new_ticket: NewTicket) -> None:
    ticket = await new_ticket()
    await _scheduled(store, ticket, "msg_1", NOW + MINUTE)

    (listed,) = await store.scheduled_messages.list_scheduled("default", None, 10)

    assert listed.waits_for_its_time
    assert listed == await store.messages.get_message("default", ticket.ticket_id, "msg_1")
    assert await store.messages.latest_messages("default", ticket.ticket_id, 10) == []
    assert await store.scheduled_messages.list_scheduled("sales", None, 10) == []
