import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import errors as pymongo_errors
from pymongo.errors import DuplicateKeyError, OperationFailure, PyMongoError

from dev.local_stack.mongod import Mongod
from dev.local_stack.ports import free_port
from servicekit import errors
from servicekit.mongo.transactions import CLIENT_OPTIONS, as_keva_error, in_transaction
from servicekit.mongo.turnstile import Turnstile


@pytest.fixture
async def client(mongod: Mongod) -> AsyncIterator[Any]:
    """A client as the services open it."""
    client: Any = AsyncIOMotorClient(mongod.uri, **CLIENT_OPTIONS)
    yield client
    client.close()


@pytest.fixture
async def things(client: Any, database: str) -> AsyncIterator[Any]:
    """A collection in which names are unique."""
    collection = client[database].things
    await collection.create_index("name", unique=True)
    yield collection
    await client.drop_database(database)


async def test_a_duplicate_key_runs_the_work_again_which_sees_the_winner(client: Any, things: Any) -> None:
    attempts = []
    # All look before anybody inserts.
    together = asyncio.Barrier(5)

    async def find_or_create(session: Any) -> tuple[str, Any]:
        attempts.append(1)
        found = await things.find_one({"name": "x"}, session=session)
        if len(attempts) <= 5:
            await together.wait()
        if found:
            return "found", found["_id"]
        return "created", (await things.insert_one({"name": "x"}, session=session)).inserted_id

    outcomes = await asyncio.gather(*(in_transaction(client, find_or_create) for _ in range(5)))

    assert sorted(what for what, _ in outcomes) == ["created"] + ["found"] * 4
    assert len({thing for _, thing in outcomes}) == 1
    assert len(attempts) >= 9


async def test_concurrent_updates_are_all_made(client: Any, things: Any) -> None:
    await things.insert_one({"name": "counter", "value": 0})

    async def increase(session: Any) -> None:
        counter = await things.find_one({"name": "counter"}, session=session)
        await things.update_one({"name": "counter"}, {"$set": {"value": counter["value"] + 1}}, session=session)

    await asyncio.gather(*(in_transaction(client, increase) for _ in range(6)))

    assert (await things.find_one({"name": "counter"}))["value"] == 6


async def test_work_that_fails_leaves_nothing(client: Any, things: Any) -> None:
    async def fail(session: Any) -> None:
        await things.insert_one({"name": "x"}, session=session)
        raise errors.NotFound("TICKET_NOT_FOUND", "no")

    with pytest.raises(errors.NotFound):
        await in_transaction(client, fail)

    assert await things.count_documents({}) == 0


async def test_work_that_loses_every_race_is_aborted(client: Any) -> None:
    attempts = []

    async def lose(_: Any) -> None:
        attempts.append(1)
        raise DuplicateKeyError("somebody was first")

    with pytest.raises(errors.Aborted) as lost:
        await in_transaction(client, lose)

    assert (lost.value.reason, len(attempts)) == ("CONCURRENT_UPDATE", 12)


async def test_a_database_that_is_away_is_an_outage() -> None:
    client: Any = AsyncIOMotorClient(
        f"mongodb://127.0.0.1:{free_port()}/?replicaSet=keva", **{**CLIENT_OPTIONS, "serverSelectionTimeoutMS": 100}
    )

    async def work(session: Any) -> None:
        await client.test.things.find_one({}, session=session)

    with pytest.raises(PyMongoError) as failed:
        await in_transaction(client, work)

    client.close()
    known = as_keva_error(failed.value)
    assert isinstance(known, errors.Unavailable)
    assert known.reason == "STORE_UNAVAILABLE"


def _labelled(error: PyMongoError) -> PyMongoError:
    error._add_error_label("TransientTransactionError")
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (pymongo_errors.ServerSelectionTimeoutError("x"), "STORE_UNAVAILABLE"),
        (pymongo_errors.AutoReconnect("x"), "STORE_UNAVAILABLE"),
        (pymongo_errors.NotPrimaryError("x"), "STORE_UNAVAILABLE"),
        (pymongo_errors.NetworkTimeout("x"), "STORE_UNAVAILABLE"),
        (pymongo_errors.ExecutionTimeout("x"), "STORE_UNAVAILABLE"),
        (pymongo_errors.WTimeoutError("x"), "STORE_UNAVAILABLE"),
        (OperationFailure("not primary", 10107), "STORE_UNAVAILABLE"),
        (_labelled(OperationFailure("write conflict", 112)), "CONCURRENT_UPDATE"),
        (OperationFailure("unknown operator", 2), None),
        (DuplicateKeyError("x", 11000), None),
        (ValueError("x"), None),
    ],
)
def test_which_errors_mean_that_it_is_down(error: Exception, reason: str | None) -> None:
    known = as_keva_error(error)

    assert (known.reason if known else None) == reason


async def test_so_many_transactions_at_once_and_the_rest_wait_their_turn(client: Any, things: Any) -> None:
    turnstile = Turnstile(at_once=2)
    running, most = 0, 0

    async def work(session: Any) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await things.find_one({}, session=session)
        running -= 1

    await asyncio.gather(*(in_transaction(client, work, turnstile=turnstile) for _ in range(10)))

    assert most == 2


async def test_transaction_whose_caller_gave_up_keeps_its_place_until_it_ends(client: Any) -> None:
    turnstile = Turnstile(at_once=1, longest_wait_seconds=0.05)
    began, go_on = asyncio.Event(), asyncio.Event()

    async def work(session: Any) -> None:
        began.set()
        await go_on.wait()

    given_up = asyncio.create_task(in_transaction(client, work, turnstile=turnstile))
    await began.wait()
    given_up.cancel()

    with pytest.raises(errors.Unavailable, match="too many changes"):
        await turnstile.enter()
    go_on.set()
    async with asyncio.timeout(10):
        while True:
            try:
                return await turnstile.enter()
            except errors.Unavailable:
                continue


async def test_too_many_that_wait_are_refused_at_once() -> None:
    turnstile = Turnstile(at_once=1, waiting=1, longest_wait_seconds=60)
    await turnstile.enter()
    waiting = asyncio.create_task(turnstile.enter())
    await asyncio.sleep(0)

    with pytest.raises(errors.Unavailable) as refused:
        await turnstile.enter()

    assert refused.value.reason == "OVERLOADED"
    turnstile.leave()
    await waiting
