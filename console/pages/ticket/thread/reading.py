"""What a conversation is made of, as the services have it: a window of messages, and what happened meanwhile."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from client.paging import one_page
from client.session import Session
from console.pages.customer.side import KnownTickets
from keva.ticket.v1 import audit_service_pb2, message_pb2, ticket_service_pb2

_MESSAGES = 60
_RECORDS = 200
# So many pages at most for one window: of messages that came while it was open, of records of so many deliveries.
_MOST_PAGES = 10
_OLDER_TICKETS = 20
_EVER, _NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_SCHEDULED = message_pb2.DELIVERY_STATE_SCHEDULED


@dataclass(frozen=True)
class Window:
    """`messages` in the order of the conversation; `scheduled` wait for their time; `records` of the same time.
    `earlier` stands for what came before; empty at the beginning."""

    messages: Sequence[message_pb2.Message]
    scheduled: Sequence[message_pb2.Message]
    records: Sequence[audit_service_pb2.AuditRecord]
    earlier: str = ""


@dataclass(frozen=True)
class _Before:
    """Where an earlier window ends: tokens of the two lists, and the time of the first message behind it."""

    messages: str = ""
    records: str = ""
    time: datetime = field(default=_NEVER)

    @classmethod
    def read(cls, text: str) -> "_Before":
        """What `write` gave; the end of the conversation for anything else. The tokens are checked by the services."""
        messages, _, rest = text.partition(".")
        records, _, time = rest.partition(".")
        try:
            return cls(messages, records, datetime.fromtimestamp(int(time) / 1e6, UTC))
        except (ValueError, OverflowError, OSError):
            return cls()

    def write(self) -> str:
        return f"{self.messages}.{self.records}.{round(self.time.timestamp() * 1e6)}"


def time_of(message: message_pb2.Message) -> datetime:
    """When it was said."""
    return message.message_time.ToDatetime(UTC)


async def read_window(
    session: Session, ticket: ticket_service_pb2.Ticket, before: str = "", first_id: str = ""
) -> Window:
    """The end of the conversation, or what is before the window whose `earlier` is given; from the message `first_id`
    on, if that is given: what a page shows grows at its end, and does not move. Raises Failure."""
    end = _Before.read(before)
    (messages, token), first = await asyncio.gather(
        _messages(session, ticket, end.messages, first_id), _records(session, ticket, end.records)
    )
    messages.reverse()
    begins = time_of(messages[0]) if messages and (token or first_id) else _EVER
    found, record_token = await _records_since(session, ticket, begins, first, end.records)
    within = [record for record in reversed(found) if begins <= record.record_time.ToDatetime(UTC) < end.time]
    earlier = _Before(token, record_token, begins).write() if token else ""
    said = [message for message in messages if message.delivery.state != _SCHEDULED]
    scheduled = [message for message in messages if message.delivery.state == _SCHEDULED]
    return Window(said, scheduled, within, earlier)


async def _messages(
    session: Session, ticket: ticket_service_pb2.Ticket, token: str, first_id: str
) -> tuple[list[message_pb2.Message], str]:
    """The newest first, and the token of the next page; none when it ends at `first_id`."""
    request = ticket_service_pb2.ListMessagesRequest(
        workspace_id=ticket.workspace_id, ticket_id=ticket.ticket_id, newest_first=True
    )
    rpc, found = session.services.tickets.ListMessages, list[message_pb2.Message]()
    for _ in range(_MOST_PAGES if first_id else 1):
        page, token = await one_page(session, rpc, request, lambda page: page.messages, size=_MESSAGES, token=token)
        found += page
        at = next((index for index, message in enumerate(found) if message.message_id == first_id), None)
        if at is not None:
            return found[: at + 1], ""
        if not token:
            break
    return found, token


async def _records(
    session: Session, ticket: ticket_service_pb2.Ticket, token: str
) -> audit_service_pb2.ListAuditRecordsResponse:
    request = audit_service_pb2.ListAuditRecordsRequest(
        organization_id=session.organization_id,
        workspace_id=ticket.workspace_id,
        ticket_id=ticket.ticket_id,
        page_size=_RECORDS,
        page_token=token,
    )
    return await session.ask(session.services.audit.ListAuditRecords, request)


async def _records_since(
    session: Session,
    ticket: ticket_service_pb2.Ticket,
    begins: datetime,
    page: audit_service_pb2.ListAuditRecordsResponse,
    token: str,
) -> tuple[list[audit_service_pb2.AuditRecord], str]:
    """The newest first, from `page`, which `token` gave, to that which goes beyond that time; and its token."""
    found = list(page.audit_records)
    for _ in range(_MOST_PAGES):
        if not page.next_page_token or found[-1].record_time.ToDatetime(UTC) < begins:
            break
        token = page.next_page_token
        page = await _records(session, ticket, token)
        found += page.audit_records
    return found, token


async def older_tickets(
    session: Session, ticket: ticket_service_pb2.Ticket, known: KnownTickets
) -> list[ticket_service_pb2.Ticket]:
    """The thread's tickets before this one, the oldest first, and of very many the newest. They are asked for if not
    all of the customer's are `known`. Raises Failure."""
    if known.are_all:
        found = [other for other in known.newest if other.channel_id == ticket.channel_id][:_OLDER_TICKETS]
    else:
        found = await _of_thread(session, ticket)
    return [older for older in reversed(found) if older.number < ticket.number]


async def _of_thread(session: Session, ticket: ticket_service_pb2.Ticket) -> list[ticket_service_pb2.Ticket]:
    request = ticket_service_pb2.ListTicketsRequest(
        workspace_id=ticket.workspace_id,
        channel_id=ticket.channel_id,
        customer=ticket.customer_id,
        page_size=_OLDER_TICKETS,
    )
    return list((await session.ask(session.services.tickets.ListTickets, request)).tickets)
