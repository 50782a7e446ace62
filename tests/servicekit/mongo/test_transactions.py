import asyncio
from typing import Any

import pytest
from pymongo.errors import DuplicateKeyError

from servicekit import errors
from servicekit.mongo.transactions import in_transaction


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
