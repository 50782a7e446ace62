"""Many tickets, written straight into a database: of every state, assignee, priority and so on, in all combinations
that chance makes of them."""

import random
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from dev.local_stack.mongod import Mongod
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.mongo.conftest import NOW
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.inbox.last_message import LastMessage
from ticket_service.domain.message import Direction
from ticket_service.domain.ticket import NOBODY, THE_AI, Assignee, AssigneeKind, Priority, Ticket, TicketState
from ticket_service.mongo.database import Database
from ticket_service.mongo.store import MongoStore
from ticket_service.mongo.ticket_documents import ticket_to_document

DANA, LEE = (Assignee(AssigneeKind.AGENT, name) for name in ("dana", "lee"))
_STATES = [*TicketState, TicketState.OPEN, TicketState.OPEN]


def chance_tickets(count: int, first: int = 0, seed: str = "inbox") -> Iterator[dict[str, Any]]:
    """Documents of tickets. Some have waited since the same moment, and some are of a version that kept nothing for
    lists."""
    dice = random.Random(f"{seed} {first}")
    for number in range(first, first + count):
        state = dice.choice(_STATES)
        time = NOW - timedelta(seconds=dice.randrange(count))
        ticket = Ticket(
            ticket_id=f"tkt_{number:07}",
            organization_id="default",
            workspace_id="default",
            number=number + 1,
            state=state,
            subject="hello",
            priority=dice.choice(list(Priority)),
            assignee=dice.choice([NOBODY, THE_AI, DANA, LEE]),
            channel_id=f"chn_{dice.randrange(3)}",
            account_sid="AC1",
            channel_address="+15550001000",
            customer_id=f"cus_{number % 50}",
            customer_address=f"+1555{number % 50:07}",
            create_time=time,
            update_time=time,
            tags=tuple(sorted(dice.sample(["late", "refund", "vip"], dice.choice([0, 0, 1, 2])))),
            hand_off_reason=dice.choice([None, None, HandOffReason.UPSET]),
            holds_thread=False,
            waiting_since=time if state is TicketState.OPEN else None,
            last_message=LastMessage(NOW - timedelta(seconds=dice.randrange(count)), Direction.INBOUND, "hi"),
            customer_display_name="Ada",
            inbound_position=dice.choice([0, 1]),
            failed_reply=dice.random() < 0.1 and state is not TicketState.CLOSED,
            read_by=tuple(dice.sample(["dana", "lee"], dice.randrange(3))),
        )
        document = ticket_to_document(ticket)
        if dice.random() < 0.2:
            document["snooze_until"] = NOW + timedelta(hours=1)
        if dice.random() < 0.05:
            for name in ("waiting_since", "last_message", "customer_display_name"):
                document.pop(name, None)
        yield document


@pytest.fixture
async def raw(store: MongoStore, mongod: Mongod, database: str) -> AsyncIterator[Database]:
    """The collections of `store`, to write to past it."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongod.uri, tz_aware=True)
    yield Database.of(client, database, AUDIT_KEYS)
    client.close()
