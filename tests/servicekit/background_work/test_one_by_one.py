import pytest

from servicekit.background_work.one_by_one import one_by_one
from servicekit.errors import Unavailable


async def test_one_that_fails_stops_nobody() -> None:
    done: list[int] = []

    async def work(number: int) -> None:
        if number % 2:
            raise ValueError(number)
        done.append(number)

    assert await one_by_one(range(5), work, "number", str) == 3
    assert done == [0, 2, 4]


async def test_what_is_away_for_all_is_asked_once() -> None:
    asked: list[int] = []

    async def work(number: int) -> None:
        asked.append(number)
        raise Unavailable("STORE_UNAVAILABLE", "away")

    with pytest.raises(Unavailable):
        await one_by_one(range(5), work, "number", str)
    assert asked == [0]
