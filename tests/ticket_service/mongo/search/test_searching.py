"""The contract of ports/search.py: pages that are complete together, whichever way a word is looked for, and messages
of the version before."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from dev.local_stack.mongod import Mongod
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.mongo.conftest import NOW
from ticket_service.background.word_index import WordIndex
from ticket_service.domain.inbox.ticket_list import TicketFilter
from ticket_service.domain.search.found import Found
from ticket_service.domain.search.wanted import in_messages
from ticket_service.domain.search.words import words_of
from ticket_service.domain.ticket import NOBODY, Priority, Ticket, TicketState
from ticket_service.mongo.database import Database
from ticket_service.mongo.search.store import MongoSearch
from ticket_service.mongo.store import MongoStore
from ticket_service.mongo.ticket_documents import ticket_to_document


@pytest.fixture
async def database_of(store: MongoStore, mongod: Mongod, database: str) -> AsyncIterator[Database]:
    """The collections of `store`, to write to past it."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongod.uri, tz_aware=True)
    yield Database.of(client, database, AUDIT_KEYS)
    client.close()


async def put(database: Database, number: int, *texts: str, **changes: Any) -> str:
    """A ticket with these texts; its id."""
    ticket = Ticket(
        ticket_id=f"tkt_{number:03}",
        organization_id="default",
        workspace_id="default",
        number=number,
        state=TicketState.OPEN,
        subject="hello",
        priority=Priority.NORMAL,
        assignee=NOBODY,
        channel_id="chn_1",
        account_sid="AC1",
        channel_address="+15550001000",
        customer_id=f"cus_{number}",
        customer_address=f"+1555{number:07}",
        create_time=NOW,
        update_time=NOW,
    )
    await database.tickets.insert_one({**ticket_to_document(ticket), **changes})
    for i, text in enumerate(texts):
        message = {"_id": f"msg_{number}_{i}", "ticket_id": ticket.ticket_id, "workspace_id": "default", "text": text}
        await database.messages.insert_one({**message, "words": words_of(text)})
    return ticket.ticket_id


async def all_found(search: MongoSearch, query: str, limit: int = 2, **filters: Any) -> tuple[list[int], list[Found]]:
    """The numbers of all tickets, and the pages."""
    pages, before = list[Found](), ""
    while not pages or before:
        tickets = TicketFilter("default", **filters)
        pages.append(await search.search_tickets(tickets, in_messages(query), before, limit, NOW))
        assert len(pages[-1].tickets) <= limit
        before = pages[-1].before
    return [ticket.number for page in pages for ticket in page.tickets], pages


@pytest.mark.parametrize("few", [0, 3, 1000])
async def test_pages_are_complete_whichever_way_a_word_is_looked_for(few: int, database_of: Database) -> None:
    for number in range(1, 21):
        texts = ["My order is late"] if number % 3 else ["Where is it", "the order", "late again"]
        await put(database_of, number, *texts, state="OPEN" if number % 2 else "CLOSED")
    search = MongoSearch(database_of, few, most_tickets=6, step=3)

    assert (await all_found(search, "order"))[0] == list(range(20, 0, -1))
    assert (await all_found(search, "ord", states=(TicketState.OPEN,)))[0] == list(range(19, 0, -2))
    # In one text, both words.
    assert (await all_found(search, "order late"))[0] == [n for n in range(20, 0, -1) if n % 3]
    assert (await all_found(search, "again"))[0] == [n for n in range(20, 0, -1) if not n % 3]
    assert (await all_found(search, "zebra order"))[0] == []
    assert (await all_found(search, "order", customer_address="+15550000007"))[0] == [7]


async def test_a_page_looks_through_so_many_tickets_and_says_where_it_has_stopped(database_of: Database) -> None:
    await put(database_of, 1, "the zebra")
    for number in range(2, 15):
        await put(database_of, number, "an order")
    search = MongoSearch(database_of, 0, most_tickets=6, step=3)

    numbers, pages = await all_found(search, "zebra")

    assert numbers == [1]
    assert [(len(page.tickets), page.before) for page in pages] == [(0, "tkt_009"), (0, "tkt_003"), (1, "")]


async def test_texts_without_a_ticket_and_other_workspaces_are_not_found(database_of: Database) -> None:
    await put(database_of, 1, "my order")
    await put(database_of, 2, "my order", workspace_id="other")
    await database_of.messages.insert_one(
        {"_id": "msg_x", "ticket_id": "", "workspace_id": "default", "words": ["order"]}
    )
    await database_of.messages.update_many({"ticket_id": "tkt_002"}, {"$set": {"workspace_id": "other"}})

    for few in (0, 1000):
        assert (await all_found(MongoSearch(database_of, few), "order"))[0] == [1]


async def test_messages_of_the_version_before_are_found_once_they_are_indexed(
    store: MongoStore, database_of: Database
) -> None:
    for number in range(1, 4):
        await put(database_of, number, "Meine Bestellung 4711", "", state="OPEN")
    await database_of.messages.update_many({}, {"$unset": {"words": ""}})
    # Erased while it waits.
    await database_of.messages.update_one({"_id": "msg_2_0"}, {"$set": {"text": "", "words": []}})
    # What the version before searched by.
    await database_of.messages.create_index([("workspace_id", 1), ("text", "text")], name="words")
    assert (await all_found(MongoSearch(database_of), "bestellung"))[0] == []

    while await WordIndex(store.search).index_older():
        pass

    assert (await all_found(MongoSearch(database_of), "bestellung"))[0] == [3, 1]
    assert "words" not in await database_of.messages.index_information()
    # Again, when there is nothing to do.
    assert not await WordIndex(store.search).index_older()
