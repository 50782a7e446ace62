"""The contract of ports/customer_data/search.py: pages that are complete together, whichever way a key is looked for,
and customers of the version before."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pymongo
import pytest

from dev.local_stack.mongod import Mongod
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.mongo.conftest import NOW
from ticket_service.background.customer_index import CustomerIndex
from ticket_service.domain.customer import Location, edit, new_customer
from ticket_service.domain.search.customer_keys import asked_keys
from ticket_service.domain.search.customers import CustomerFilter, FoundCustomers
from ticket_service.mongo.customer_data.search import MongoCustomerSearch
from ticket_service.mongo.customers import customer_to_document
from ticket_service.mongo.database import Database
from ticket_service.mongo.store import MongoStore


@pytest.fixture
async def database_of(store: MongoStore, mongod: Mongod, database: str) -> AsyncIterator[Database]:
    """The collections of `store`, to write to past it."""
    client = pymongo.AsyncMongoClient[dict[str, Any]](mongod.uri, tz_aware=True)
    yield Database.of(client, database, AUDIT_KEYS)
    await client.close()


async def put(database: Database, number: int, name: str = "", **changes: Any) -> None:
    """A customer with that number, and with that name if one is given."""
    identity = (f"cus_{number:03}", "default", "default", f"+1555{number:07}")
    customer = new_customer(*identity, Location("SEATTLE", "WA", "US"), NOW)
    named = edit(customer, {"display_name": name}, NOW) if name else customer
    await database.customers.insert_one(customer_to_document(replace(named, **changes)))


async def all_found(
    search: MongoCustomerSearch, query: str, limit: int = 2, **filters: Any
) -> tuple[list[int], list[FoundCustomers]]:
    """The numbers of all customers, and the pages."""
    pages, before = list[FoundCustomers](), ""
    while not pages or before:
        wanted = CustomerFilter("default", asked_keys=tuple(asked_keys(query)), before=before, **filters)
        pages.append(await search.search_customers(wanted, limit))
        assert len(pages[-1].customers) <= limit
        before = pages[-1].before
    return [int(customer.customer_id[4:]) for page in pages for customer in page.customers], pages


@pytest.mark.parametrize("few", [0, 3, 1000])
async def test_pages_are_complete_whichever_way_a_key_is_looked_for(few: int, database_of: Database) -> None:
    for number in range(1, 21):
        blocked = NOW if number % 5 == 0 else None
        await put(database_of, number, "Ann Łukasz" if number % 3 else "Ánnika Berg", blocked_time=blocked)
    await database_of.customers.update_one({"_id": "cus_020"}, {"$set": {"workspace_id": "other"}})
    search = MongoCustomerSearch(database_of, few, most_customers=6, step=3)

    assert (await all_found(search, ""))[0] == list(range(19, 0, -1))
    assert (await all_found(search, "ann"))[0] == list(range(19, 0, -1))
    assert (await all_found(search, "luk ann"))[0] == [n for n in range(19, 0, -1) if n % 3]
    assert (await all_found(search, "berg"))[0] == [n for n in range(19, 0, -1) if not n % 3]
    assert (await all_found(search, "ann 0000007"))[0] == [7]
    assert (await all_found(search, "ann", blocked=True))[0] == [15, 10, 5]
    assert (await all_found(search, "", blocked=True))[0] == [15, 10, 5]
    assert (await all_found(search, "ann", address="+15550000007"))[0] == [7]
    assert (await all_found(search, "zebra ann"))[0] == []


async def test_a_page_looks_through_so_many_customers_and_says_where_it_has_stopped(database_of: Database) -> None:
    await put(database_of, 1, "Zebra")
    for number in range(2, 15):
        await put(database_of, number, "Ann")
    search = MongoCustomerSearch(database_of, 0, most_customers=6, step=3)

    numbers, pages = await all_found(search, "zebra")

    assert numbers == [1]
    assert [(len(page.customers), page.before) for page in pages] == [(0, "cus_009"), (0, "cus_003"), (1, "")]


async def test_customers_of_the_version_before_are_found_once_they_are_indexed(
    store: MongoStore, database_of: Database
) -> None:
    for number in range(1, 4):
        await put(database_of, number, f"Ann {number}")
    await database_of.customers.update_many({}, {"$unset": {"search_keys": ""}})
    assert (await all_found(MongoCustomerSearch(database_of), "ann"))[0] == []

    while await CustomerIndex(store.customer_search).index_older():
        pass

    assert (await all_found(MongoCustomerSearch(database_of), "ann"))[0] == [3, 2, 1]
    assert (await all_found(MongoCustomerSearch(database_of), "0000002"))[0] == [2]
    # Again, when there is nothing to do.
    assert await store.customer_search.index_customers(500) == 0


async def test_customer_without_a_key_is_not_indexed_for_ever(store: MongoStore, database_of: Database) -> None:
    await put(database_of, 1, "Forgotten customer", forget_time=NOW)

    assert await store.customer_search.index_customers(500) == 0
