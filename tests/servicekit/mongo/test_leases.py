import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from servicekit.clock import utc_now
from servicekit.mongo import leases

NOW = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = NOW + timedelta(minutes=1)


@pytest.fixture
def work(client: Any, database: str) -> Any:
    """A collection of things to do."""
    return client[database].work


def _due(name: str, minutes_ago: float, **fields: Any) -> dict[str, Any]:
    return {"_id": name, "due": NOW - timedelta(minutes=minutes_ago), **fields}


async def test_what_has_waited_the_longest_is_claimed_first(work: Any) -> None:
    await work.insert_many([_due("later", 1), _due("first", 3), _due("second", 2)])

    claimed = [await leases.claim(work, "due", NOW, UNTIL) for _ in range(4)]

    assert [found and found["_id"] for found in claimed] == ["first", "second", "later", None]


async def test_what_is_claimed_is_nobody_elses_until_the_lease_is_over(work: Any) -> None:
    await work.insert_one(_due("thing", 1))

    assert await leases.claim(work, "due", NOW, UNTIL) == {"_id": "thing", "due": UNTIL}
    assert await leases.claim(work, "due", UNTIL - timedelta(milliseconds=1), UNTIL) is None
    assert await leases.claim(work, "due", UNTIL, UNTIL + timedelta(minutes=1)) is not None


async def test_of_many_at_once_each_gets_another_one(work: Any) -> None:
    await work.insert_many([_due(f"thing {number}", number) for number in range(10)])

    claimed = await asyncio.gather(*(leases.claim(work, "due", NOW, UNTIL) for _ in range(20)))

    assert sorted(found["_id"] for found in claimed if found) == [f"thing {number}" for number in range(10)]


async def test_what_is_not_due_or_free_is_passed_over(work: Any) -> None:
    await work.insert_many([_due("not due", -1), {"_id": "done"}, _due("free", 1, lease=leases.FREE)])

    assert await leases.claim(work, "lease", NOW, UNTIL) == _due("free", 1, lease=UNTIL)
    assert await leases.claim(work, "lease", NOW, UNTIL) is None


async def test_more_conditions_another_order_and_more_to_set(work: Any) -> None:
    await work.insert_many(
        [
            _due("b", 5, lease=leases.FREE, is_open=True),
            _due("a", 5, lease=leases.FREE, is_open=True),
            _due("c", 9, lease=leases.FREE, is_open=False),
        ]
    )

    claimed = await leases.claim(
        work, "lease", NOW, UNTIL, where={"is_open": True}, order=("due", "_id"), also={"lease_id": "lse_1"}
    )

    assert claimed == _due("a", 5, lease=UNTIL, is_open=True, lease_id="lse_1")


async def test_time_that_is_further_ahead_than_any_that_is_given_counts_as_over(work: Any) -> None:
    now, hour = utc_now(), timedelta(hours=1)
    soon, wrong = {"_id": "soon", "due": now + 0.9 * hour}, {"_id": "of a clock that is ahead", "due": now + 1.1 * hour}
    await work.insert_many([soon, wrong, {"_id": "done"}])

    claimed = [await leases.claim(work, "due", now, now + hour, longest=hour) for _ in range(2)]

    assert [found and found["_id"] for found in claimed] == ["of a clock that is ahead", None]


async def test_a_replica_that_is_days_behind_takes_nothing_that_is_not_due(work: Any) -> None:
    now, hour = utc_now(), timedelta(hours=1)
    behind = now - timedelta(days=4)
    await work.insert_one({"_id": "not due", "due": now + 0.1 * hour})

    assert await leases.claim(work, "due", behind, behind + hour, longest=hour) is None


async def test_what_is_claimed_is_found_by_its_index_alone(work: Any, client: Any, database: str) -> None:
    having = {"due": {"$exists": True}}
    await work.create_index("due", name="due", partialFilterExpression=having)
    await work.insert_many([_due(f"not due {number}", -1) for number in range(50)] + [_due("due", 1)])
    await client[database].command("profile", 2)

    await leases.claim(work, "due", NOW, UNTIL, longest=timedelta(hours=1))

    await client[database].command("profile", 0)
    seen = await client[database]["system.profile"].find_one({"op": "command", "command.findAndModify": "work"})
    assert (seen["docsExamined"], seen.get("hasSortStage", False)) == (1, False)
