"""A store on a database of its own, as one replica opens it, and what the tests put into it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import pytest

from dev.local_stack.mongod import Mongod
from servicekit.ids import new_id
from tests.mongo_clients import client_of_services
from tests.ticket_service.audit_keys import AUDIT_KEYS
from ticket_service.domain.ai_turn import TurnStart
from ticket_service.domain.audit import Actor, ActorKind, AuditEntry, AuditRecord
from ticket_service.domain.customer import NOWHERE, new_customer
from ticket_service.domain.ingest_plan import IngestPlan, StoredText
from ticket_service.domain.message import InboundText
from ticket_service.domain.ticket import NOBODY, Assignee, Priority, Ticket, TicketState
from ticket_service.mongo.store import MongoStore

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DANA = Actor(ActorKind.AGENT, "dana")
NewTicket = Callable[..., Awaitable[Ticket]]


@pytest.fixture
async def store(mongod: Mongod, database: str) -> AsyncIterator[MongoStore]:
    """A store with its indexes, and nothing in it but the default workspace."""
    store = MongoStore(mongod.uri, database, AUDIT_KEYS, shared=client_of_services(mongod.uri))
    await store.prepare(NOW)
    yield store
    store.close()


@pytest.fixture
def new_ticket(store: MongoStore) -> NewTicket:
    """Stores a ticket of a new customer, with the AI's turn if one is given."""

    async def stored(turn: TurnStart | None = None, assignee: Assignee = NOBODY) -> Ticket:
        ticket_id, customer_id = new_id("tkt"), new_id("cus")
        address = f"+1555{ticket_id[-7:]}"
        ticket = Ticket(
            ticket_id=ticket_id,
            organization_id="default",
            workspace_id="default",
            number=0,
            state=TicketState.OPEN,
            subject="hello",
            priority=Priority.HIGH,
            assignee=assignee,
            channel_id="chn_1",
            account_sid="AC1",
            channel_address="+15550001000",
            customer_id=customer_id,
            customer_address=address,
            create_time=NOW,
            update_time=NOW,
            audit_sequence=1,
        )
        entry = AuditEntry("ticket.created", ticket_id, DANA, NOW)
        plan = IngestPlan(
            outcomes=[StoredText("msg_1", "default", ticket_id)],
            new_customers={customer_id: new_customer(customer_id, "default", "default", address, NOWHERE, NOW)},
            new_tickets={ticket_id: ticket},
            records=[AuditRecord(new_id("aud"), "default", "default", ticket_id, 1, entry)],
            ai_turns={ticket_id: turn} if turn else {},
        )
        text = InboundText("default", "AC1", "SM1", address, "+15550001000", "hello")
        await store.ingest.ingest(text, lambda _, __: plan)
        return await store.tickets.get_ticket("default", ticket_id)

    return stored
