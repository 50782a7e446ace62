"""How mongod answers what lists, counts and searches ask: by an index and in its order, whatever filters are combined,
and for no more work when there are more tickets."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pymongo
import pytest

from dev.local_stack.mongod import Mongod
from tests.ticket_service.mongo.conftest import NOW
from tests.ticket_service.mongo.inbox.conftest import chance_tickets
from tests.ticket_service.mongo.inbox.test_lists import combined
from tests.ticket_service.mongo.test_indexes import profile, profiling
from ticket_service.domain.inbox.ticket_list import (
    LIVE_STATES,
    ListPosition,
    TicketCount,
    TicketFilter,
    TicketOrder,
)
from ticket_service.domain.search.wanted import Wanted, in_all, in_messages
from ticket_service.domain.search.words import words_of
from ticket_service.domain.ticket import TicketState
from ticket_service.mongo.database import Database
from ticket_service.mongo.inbox.listing import Limits
from ticket_service.mongo.inbox.store import MongoInbox
from ticket_service.mongo.search.store import MongoSearch

_BY_INDEX = {"IXSCAN", "IDHACK", "COUNT_SCAN", "DISTINCT_SCAN"}
_PAGE = 10


@dataclass
class Desk:
    """A database with tickets, whose mongod notes how it answers."""

    raw: Database
    database: Any

    async def noted(self, *asked: Callable[[], Awaitable[object]]) -> list[dict[str, Any]]:
        """How it answered each command."""
        with profiling(self.database):
            for ask in asked:
                await ask()
        return profile(self.database)


@pytest.fixture
async def desk(raw: Database, database: str, mongod: Mongod) -> AsyncIterator[Desk]:
    """200 tickets, each with a text."""
    await fill(raw, 200)
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        yield Desk(raw, client[database])


async def fill(raw: Database, count: int, first: int = 0) -> None:
    """Tickets with a text each, of fifty customers."""
    tickets = list(chance_tickets(count, first))
    await raw.tickets.insert_many(tickets)
    await raw.messages.insert_many(
        {
            "_id": f"msg_{ticket['_id']}",
            "workspace_id": "default",
            "ticket_id": ticket["_id"],
            "message_time": NOW,
            "words": words_of(f"my order {ticket['number']} is late"),
        }
        for ticket in tickets
    )
    if not first:
        await raw.customers.insert_many(
            {
                "_id": f"cus_{i}",
                "workspace_id": "default",
                "address": f"+1555{i:07}",
                "search_keys": ["ada", f"#1555{i:07}", f"#{i:07}"],
            }
            for i in range(50)
        )


def wrong(noted: list[dict[str, Any]]) -> list[Any]:
    """Answers that were not found by an index, or sorted by mongod."""
    return [
        (entry["planSummary"], entry["command"])
        for entry in noted
        if entry["planSummary"].split()[0] not in _BY_INDEX or entry.get("hasSortStage")
    ]


@pytest.mark.parametrize(
    "limits", [pytest.param(Limits(few=0, most=40), id="walking"), pytest.param(Limits(), id="few of them")]
)
async def test_no_filter_and_order_needs_a_scan_or_a_sort(limits: Limits, desk: Desk) -> None:
    inbox, seen = MongoInbox(desk.raw, limits), 0
    for filters in combined(8):
        wanted = TicketFilter("default", **filters)
        after = ListPosition(0, None, "tkt_0000150")
        noted = await desk.noted(
            *(partial(inbox.list_tickets, wanted, order, None, _PAGE, NOW) for order in TicketOrder),
            partial(inbox.list_tickets, wanted, TicketOrder.CREATION, after, _PAGE, NOW),
            partial(inbox.count_tickets, [wanted], NOW),
        )
        assert not wrong(noted), filters
        if not limits.few:
            # Of what is walked along no more is read than that; counting has a limit of its own.
            walks = [e for e in noted if not re.search(r"\$(group|count)", str(e["command"]))]
            # After each time that it let others pass, mongod may read a document again.
            read = [entry["docsExamined"] - entry.get("numYield", 0) for entry in walks]
            assert max(read, default=0) <= limits.most, filters
        seen += len(noted)
    assert seen > 500


async def test_where_nothing_can_match_mongod_is_asked_nothing(desk: Desk) -> None:
    inbox = MongoInbox(desk.raw, Limits(few=0, most=40))
    # A closed ticket is unread to nobody.
    wanted = TicketFilter("default", states=(TicketState.CLOSED,), unread_by="dana")

    noted = await desk.noted(
        *(partial(inbox.list_tickets, wanted, order, None, _PAGE, NOW) for order in TicketOrder),
        partial(inbox.count_tickets, [wanted], NOW),
    )

    assert not noted
    assert await inbox.count_tickets([wanted], NOW) == [TicketCount(0)]


async def test_tickets_that_are_not_snoozed_are_counted_without_reading_one(desk: Desk) -> None:
    inbox = MongoInbox(desk.raw)
    views = [
        TicketFilter("default", states=(TicketState.OPEN,), snoozed=False),
        TicketFilter("default", states=LIVE_STATES, channel_id="chn_1", snoozed=False),
    ]
    await desk.raw.tickets.update_many({}, {"$unset": {"snooze_until": ""}})

    noted = await desk.noted(partial(inbox.count_tickets, views, NOW))

    assert noted
    assert sum(entry["docsExamined"] for entry in noted) == 0


async def test_where_most_tickets_match_a_page_reads_few_others(desk: Desk) -> None:
    inbox, wanted = MongoInbox(desk.raw), TicketFilter("default", snoozed=False)

    noted = await desk.noted(
        *(partial(inbox.list_tickets, wanted, order, None, _PAGE, NOW) for order in TicketOrder),
    )

    assert len(noted) == len(TicketOrder)
    assert max(entry["docsExamined"] for entry in noted) <= 2 * (_PAGE + 1)


@pytest.mark.parametrize(
    ("filters", "commands"),
    [
        pytest.param({"number": 17}, 1, id="a number"),
        pytest.param({"customer_address": "+15550000007"}, 1, id="a customer"),
        pytest.param({"customer_address": "+15550000007", "states": (TicketState.OPEN,)}, 2, id="their open ones"),
    ],
)
async def test_the_few_tickets_of_somebody_are_read_at_once(filters: Any, commands: int, desk: Desk) -> None:
    inbox, wanted = MongoInbox(desk.raw), TicketFilter("default", **filters)

    noted = await desk.noted(partial(inbox.list_tickets, wanted, TicketOrder.CREATION, None, _PAGE, NOW))

    assert len(noted) == commands
    assert not wrong(noted)


async def test_next_pages_of_every_order_go_on_in_its_index(desk: Desk) -> None:
    inbox = MongoInbox(desk.raw, Limits(few=0, most=40))
    for order in TicketOrder:
        for unread_by in ("", "dana"):
            wanted, pages = TicketFilter("default", unread_by=unread_by), list[ListPosition | None]([None])

            async def next_page() -> None:
                page = await inbox.list_tickets(wanted, order, pages[-1], _PAGE, NOW)  # noqa: B023
                pages.append(page.rest)  # noqa: B023

            while len(pages) == 1 or pages[-1]:
                noted = await desk.noted(next_page)
                assert not wrong(noted), (order, pages[-2])
            assert len(pages) > 4


@pytest.mark.parametrize("few", [0, 2000])
@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(in_messages("order late"), id="words of texts"),
        pytest.param(in_all("order"), id="a word"),
        pytest.param(in_all("ada 17"), id="a name, and a word"),
        pytest.param(in_all("555-0000007"), id="a part of a number"),
    ],
)
async def test_no_search_needs_a_scan_or_a_sort(few: int, wanted: Wanted, desk: Desk) -> None:
    search = MongoSearch(desk.raw, few, few_customers=few)
    for filters in combined(0):
        tickets = TicketFilter("default", **filters)
        noted = await desk.noted(
            partial(search.search_tickets, tickets, wanted, "", _PAGE, NOW),
            partial(search.search_tickets, tickets, wanted, "tkt_0000150", _PAGE, NOW),
        )
        assert not wrong(noted), filters


async def test_the_messages_of_a_page_are_found_by_their_tickets(desk: Desk) -> None:
    search, ids = MongoSearch(desk.raw), [f"tkt_{number:07}" for number in range(20)]

    noted = await desk.noted(partial(search.newest_having, ids, in_messages("order late")))

    assert not wrong(noted)
    assert sum(entry["docsExamined"] for entry in noted) <= 2 * len(ids)


async def test_of_a_word_that_all_have_no_more_than_a_page_is_read(desk: Desk) -> None:
    search = MongoSearch(desk.raw, few=0)

    noted = await desk.noted(
        partial(search.search_tickets, TicketFilter("default"), in_messages("order"), "", _PAGE, NOW)
    )

    read = [entry["docsExamined"] for entry in noted if entry["ns"].endswith(".tickets")]
    assert sum(read) <= 2 * _PAGE


@pytest.mark.parametrize("few", [0, 2000])
async def test_which_tickets_have_a_word_comes_in_one_document(few: int, desk: Desk) -> None:
    search = MongoSearch(desk.raw, few)

    noted = await desk.noted(
        partial(search.search_tickets, TicketFilter("default"), in_messages("order late"), "", _PAGE, NOW)
    )

    of_messages = [entry for entry in noted if entry["ns"].endswith(".messages")]
    assert of_messages
    assert {entry["nreturned"] for entry in of_messages} == {1}


async def test_a_page_costs_no_more_when_there_are_more_tickets(desk: Desk) -> None:
    inbox, search = MongoInbox(desk.raw, Limits(few=20, most=100)), MongoSearch(desk.raw, 50, 300, 50, 20)
    asked: dict[str, Callable[[], Awaitable[object]]] = {
        f"{order.name} {filters}": partial(
            inbox.list_tickets, TicketFilter("default", **filters), order, None, _PAGE, NOW
        )
        for order in TicketOrder
        for filters in combined(0)
        if len(filters) < 2
    }
    for query in ("order", "ada late"):
        asked[query] = partial(search.search_tickets, TicketFilter("default"), in_all(query), "", _PAGE, NOW)

    async def cost() -> dict[str, int]:
        noted = {name: await desk.noted(ask) for name, ask in asked.items()}
        return {name: sum(e["keysExamined"] + e["docsExamined"] for e in found) for name, found in noted.items()}

    with_few = await cost()
    await fill(desk.raw, 3000, first=200)
    with_many = await cost()

    # Where few tickets matched, some of the index is walked along now: up to `most` keys and tickets in each part of
    # the order, and to find where it has ended.
    most = {name: (8 if name.startswith("PRIORITY") else 2) * 400 + 20 for name in asked}
    assert not {name: (with_few[name], with_many[name]) for name in asked if with_many[name] > most[name]}
    plain = [f"{order.name} {{}}" for order in TicketOrder]
    assert [with_many[name] for name in plain] <= [with_few[name] + 8 for name in plain]
