"""The contract of ports/inbox.py: any filter in any order gives the same as sorting all tickets would, page by page,
whichever way it is read."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import pytest

from tests.ticket_service.mongo.conftest import NOW
from tests.ticket_service.mongo.inbox.conftest import DANA, LEE, chance_tickets
from ticket_service.domain.inbox.ticket_list import LIVE_STATES, ListPosition, TicketFilter, TicketOrder
from ticket_service.domain.ticket import NOBODY, THE_AI, Priority, Ticket, TicketState
from ticket_service.mongo.database import Database
from ticket_service.mongo.inbox.listing import Limits
from ticket_service.mongo.inbox.store import MongoInbox
from ticket_service.mongo.ticket_documents import ticket_from_document

_COUNT = 120
_RANK = [Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW]
# One value or two of each filter.
FILTERS: dict[str, list[Any]] = {
    "states": [(TicketState.OPEN,), (TicketState.PENDING, TicketState.CLOSED)],
    "assignees": [(DANA,), (NOBODY, THE_AI, LEE)],
    "channel_id": ["chn_1"],
    "customer_address": ["+15550000007"],
    "priorities": [(Priority.HIGH,), (Priority.LOW, Priority.URGENT)],
    "tags": [("late",), ("late", "vip")],
    "unread_by": ["dana"],
    "waiting_longer_than": [timedelta(seconds=_COUNT // 2)],
    "has_failed_reply": [True],
    "handed_off": [True],
    "snoozed": [True, False],
}
WAYS = [
    pytest.param(Limits(few=1000, most=2000), id="few of them"),
    pytest.param(Limits(few=0, most=17), id="walking, in short pages"),
    pytest.param(Limits(few=30, most=50), id="either"),
]


def combined(most: int) -> Iterator[dict[str, Any]]:
    """No filter, each alone, and all pairs; and as many of several as chance makes, up to `most`."""
    dice = random.Random("filters")
    for count in (0, 1, 2):
        for names in combinations(FILTERS, count):
            yield {name: dice.choice(FILTERS[name]) for name in names}
    for _ in range(most):
        names = tuple(dice.sample(list(FILTERS), dice.randint(3, len(FILTERS))))
        yield {name: dice.choice(FILTERS[name]) for name in names}


def matches(document: dict[str, Any], ticket: Ticket, wanted: TicketFilter) -> bool:
    """What ticket_service.proto says of the filters, in Python."""
    longer, snoozed = wanted.waiting_longer_than, "snooze_until" in document
    checks = [
        not wanted.states or ticket.state in wanted.states,
        not wanted.assignees or ticket.assignee in wanted.assignees,
        wanted.channel_id in ("", ticket.channel_id),
        wanted.customer_address in ("", ticket.customer_address),
        not wanted.priorities or ticket.priority in wanted.priorities,
        set(wanted.tags) <= set(ticket.tags),
        not wanted.unread_by or ticket.is_unread_by(wanted.unread_by),
        longer is None or (ticket.waiting_since is not None and ticket.waiting_since <= NOW - longer),
        not wanted.has_failed_reply or ticket.failed_reply,
        not wanted.handed_off or ticket.hand_off_reason is not None,
        wanted.snoozed in (None, snoozed),
    ]
    return all(checks)


def _key(order: TicketOrder, ticket: Ticket) -> tuple[Any, ...]:
    last = datetime.timestamp
    waits = (ticket.waiting_since is None, last(ticket.waiting_since) if ticket.waiting_since else 0)
    activity = (ticket.last_message is None, -last(ticket.last_message.time) if ticket.last_message else 0)
    keys = {
        TicketOrder.CREATION: (),
        TicketOrder.WAITING: waits,
        TicketOrder.LAST_ACTIVITY: activity,
        TicketOrder.PRIORITY: (_RANK.index(ticket.priority), *waits),
    }
    return (*keys[order], -ticket.number)


async def all_pages(inbox: MongoInbox, wanted: TicketFilter, order: TicketOrder, size: int) -> list[str]:
    """The ids of all tickets; no page has more than asked for."""
    found: list[str] = []
    after: ListPosition | None = None
    while True:
        page = await inbox.list_tickets(wanted, order, after, size, NOW)
        assert len(page.tickets) <= size
        found += [ticket.ticket_id for ticket in page.tickets]
        if page.rest is None:
            return found
        assert page.rest != after
        after = page.rest


@pytest.mark.parametrize("limits", WAYS)
async def test_any_filter_in_any_order_is_as_if_all_tickets_were_sorted(limits: Limits, raw: Database) -> None:
    documents = list(chance_tickets(_COUNT))
    await raw.tickets.insert_many(documents)
    tickets = [(document, ticket_from_document(document)) for document in documents]
    inbox, seen = MongoInbox(raw, limits), 0
    for filters in combined(12):
        wanted = TicketFilter("default", **filters)
        matching = [ticket for document, ticket in tickets if matches(document, ticket, wanted)]
        counted = (await inbox.count_tickets([wanted], NOW))[0]
        assert (counted.count, counted.at_least) == (len(matching), False), filters
        for order in TicketOrder:
            expected = [t.ticket_id for t in sorted(matching, key=lambda t: _key(order, t))]
            assert await all_pages(inbox, wanted, order, 25) == expected, (order, filters)
        seen += len(matching)
    # The filters leave something to compare.
    assert seen > _COUNT * 3
    assert set(LIVE_STATES) < {ticket.state for _, ticket in tickets}
