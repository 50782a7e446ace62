"""The contract of ports/messages.py, of the outbox."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.ticket_service.mongo.conftest import DANA, NOW, NewTicket
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.message import Delivery, DeliveryState, Direction, Message
from ticket_service.domain.ticket import Ticket
from ticket_service.domain.ticket_decision import TicketContext, TicketWrite
from ticket_service.mongo.store import MongoStore

SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=30)


async def _replied(store: MongoStore, ticket: Ticket, message_id: str, position: int, seconds: float = 0) -> None:
    """Stores a reply of so many seconds after NOW."""
    time = NOW + timedelta(seconds=seconds)

    def decide(context: TicketContext) -> TicketWrite:
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
            message_time=time,
            create_time=time,
            delivery=Delivery(DeliveryState.QUEUED, time),
            position=position,
        )
        return TicketWrite(context.ticket, (AuditEntry("message.queued", message_id, DANA, time),), message)

    await store.tickets.change_ticket("default", ticket.ticket_id, decide)


async def _claimed(store: MongoStore, seconds: float, limit: int = 10) -> list[str]:
    now = NOW + timedelta(seconds=seconds)
    return [message.message_id for message in await store.messages.claim_outbox(now, now + LEASE, limit)]


async def _became(store: MongoStore, message_id: str, state: DeliveryState) -> None:
    def decide(context: TicketContext) -> TicketWrite:
        assert context.message is not None
        message = replace(context.message, delivery=Delivery(state, NOW))
        return TicketWrite(context.ticket, (AuditEntry("message.delivery_changed", message_id, DANA, NOW),), message)

    await store.tickets.change_message("default", message_id, decide)


async def test_replies_that_are_due_are_claimed_oldest_first_and_at_most_so_many(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    for number in (2, 0, 1):
        await _replied(store, await new_ticket(), f"msg_{number}", 1, seconds=number)

    assert await _claimed(store, 1.5) == ["msg_0", "msg_1"]
    assert await _claimed(store, 2) == ["msg_2"]
    assert await _claimed(store, 2 + LEASE.total_seconds(), limit=2) == ["msg_0", "msg_1"]


async def test_replies_of_one_ticket_are_claimed_together_in_their_order(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    ticket = await new_ticket()
    for number in range(3):
        await _replied(store, ticket, f"msg_{number}", number)

    assert await _claimed(store, 1) == ["msg_0", "msg_1", "msg_2"]


async def test_a_reply_is_held_back_while_an_earlier_one_of_its_ticket_is_somebody_elses(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    ticket = await new_ticket()
    await _replied(store, ticket, "msg_first", 1)
    assert await _claimed(store, 0) == ["msg_first"]
    await _replied(store, ticket, "msg_second", 2)

    assert await _claimed(store, 0) == []
    assert await _claimed(store, 10) == []

    await _became(store, "msg_first", DeliveryState.ACCEPTED)

    assert await _claimed(store, 20) == ["msg_second"]


async def test_a_reply_that_is_still_queued_keeps_its_lease_when_news_of_it_is_written(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    await _replied(store, await new_ticket(), "msg_1", 1)
    assert await _claimed(store, 0) == ["msg_1"]

    await _became(store, "msg_1", DeliveryState.QUEUED)

    assert await _claimed(store, 29) == []
    assert await _claimed(store, 30) == ["msg_1"]


@pytest.mark.parametrize("state", [DeliveryState.ACCEPTED, DeliveryState.FAILED])
async def test_postponing_a_reply_that_is_not_queued_any_more_does_nothing(
    store: MongoStore, new_ticket: NewTicket, state: DeliveryState
) -> None:
    await _replied(store, await new_ticket(), "msg_1", 1)
    await _claimed(store, 0)
    await _became(store, "msg_1", state)

    await store.messages.postpone("msg_1", NOW)

    assert await _claimed(store, 60) == []


async def test_a_postponed_reply_is_due_again_at_its_time(store: MongoStore, new_ticket: NewTicket) -> None:
    await _replied(store, await new_ticket(), "msg_1", 1)
    await _claimed(store, 0)

    await store.messages.postpone("msg_1", NOW + 5 * SECOND)

    assert await _claimed(store, 4) == []
    assert await _claimed(store, 5) == ["msg_1"]
