"""Plans of texts as the tests make them: from a database of one number, one thread and one customer."""

from collections.abc import Sequence
from datetime import timedelta

from tests.ticket_service.domain.examples import ACCOUNT, NOW, channel, counted_ids
from ticket_service.domain import ingest_planner
from ticket_service.domain.ai_turn import Patience
from ticket_service.domain.channel import Channel
from ticket_service.domain.customer import Customer
from ticket_service.domain.ingest_plan import IngestPlan, Snapshot, StoredText
from ticket_service.domain.message import InboundText
from ticket_service.domain.ticket import Ticket
from ticket_service.words.lists import PHRASES

PATIENCE = Patience(timedelta(seconds=3), timedelta(seconds=20))


def snapshot(
    live: Ticket | None = None,
    known: Customer | None = None,
    subscribed: Channel | None = None,
    stored: Sequence[tuple[str, str]] = (),
) -> Snapshot:
    """The database: OUR_NUMBER, its thread's live ticket, a customer, and (MessageSid, ticket id) of earlier texts."""
    ours = subscribed or channel()
    return Snapshot(
        channels={(ours.account_sid, ours.phone_number): ours},
        messages={(ACCOUNT, sid): StoredText(f"msg_of_{sid}", "default", ticket_id) for sid, ticket_id in stored},
        live_tickets={(live.channel_id, live.customer_address): live} if live else {},
        customers={(known.workspace_id, known.address): known} if known else {},
    )


def plan(found: Snapshot, *texts: InboundText) -> IngestPlan:
    return ingest_planner.plan(texts, found, counted_ids(), NOW, PATIENCE, PHRASES)


def actions(planned: IngestPlan) -> list[str]:
    return [record.entry.action for record in planned.records]


def one_ticket(planned: IngestPlan) -> Ticket:
    """The only ticket that is written."""
    (written,) = (*planned.new_tickets.values(), *planned.changed_tickets.values())
    return written


def one_customer(planned: IngestPlan) -> Customer:
    """The only customer that is written."""
    (written,) = (*planned.new_customers.values(), *planned.changed_customers.values())
    return written
