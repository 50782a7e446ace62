"""Counts at their limits: exact up to a thousand, whatever is snoozed, and from indexes alone."""

from typing import Any

import pytest

from tests.ticket_service.mongo.conftest import NOW
from tests.ticket_service.mongo.inbox.conftest import DANA, chance_tickets
from ticket_service.domain.inbox.ticket_list import MAX_COUNT, TicketCount, TicketFilter
from ticket_service.domain.ticket import NOBODY, TicketState
from ticket_service.mongo.database import Database
from ticket_service.mongo.inbox.store import MongoInbox
from ticket_service.mongo.ticket_documents import assignee_to_document

_OPEN = (TicketState.OPEN,)


async def put(raw: Database, awake: int, snoozed: int) -> None:
    """So many OPEN tickets that nobody has, and one more of Dana's, which is snoozed."""
    documents: list[dict[str, Any]] = list(chance_tickets(awake + snoozed + 1))
    for number, document in enumerate(documents):
        document |= {"state": TicketState.OPEN.value, "assignee": assignee_to_document(NOBODY)}
        document.pop("snooze_until", None)
        if number >= awake:
            document["snooze_until"] = NOW
    documents[-1]["assignee"] = assignee_to_document(DANA)
    await raw.tickets.insert_many(documents)


@pytest.mark.parametrize(
    ("awake", "snoozed", "expected"),
    [
        pytest.param(MAX_COUNT - 2, 5, TicketCount(MAX_COUNT - 2), id="below, more with those that are snoozed"),
        pytest.param(MAX_COUNT, 5, TicketCount(MAX_COUNT), id="as many as are counted"),
        pytest.param(MAX_COUNT + 1, 5, TicketCount(MAX_COUNT, at_least=True), id="one more"),
        pytest.param(0, 5, TicketCount(0), id="all are snoozed"),
        pytest.param(3, MAX_COUNT + 2, TicketCount(3), id="more are snoozed than are counted"),
    ],
)
async def test_those_that_are_not_snoozed_are_counted(
    awake: int, snoozed: int, expected: TicketCount, raw: Database
) -> None:
    await put(raw, awake, snoozed)
    inbox = MongoInbox(raw)

    waiting = TicketFilter("default", states=_OPEN, snoozed=False)
    unassigned = TicketFilter("default", states=_OPEN, assignees=(NOBODY,), snoozed=False)
    of_dana = TicketFilter("default", states=_OPEN, assignees=(DANA,), snoozed=False)

    assert await inbox.count_tickets([waiting, unassigned, of_dana], NOW) == [expected, expected, TicketCount(0)]
