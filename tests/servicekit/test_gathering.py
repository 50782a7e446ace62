import asyncio
from collections.abc import Callable
from typing import Literal

import pytest

from servicekit import errors
from servicekit.gathering import AGAIN, Again, Failed, Gatherer

Answered = str | Failed | Literal[Again.AGAIN]


class Trips:
    """Shared trips that end when the test says so."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.may_end = asyncio.Event()
        self.in_flight = 0
        self.most_in_flight = 0
        self.answer: Callable[[list[int]], list[Answered]] = lambda items: [f"{item}!" for item in items]

    async def run(self, items: list[int]) -> list[Answered]:
        self.batches.append(items)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await self.may_end.wait()
            return self.answer(items)
        finally:
            self.in_flight -= 1


async def settle() -> None:
    """Lets everything run that can run now."""
    for _ in range(10):
        await asyncio.sleep(0)


def submit(gatherer: Gatherer[int, str], *items: int) -> list[asyncio.Task[str]]:
    return [asyncio.create_task(gatherer.submit(item)) for item in items]


async def test_an_item_that_finds_nothing_in_flight_leaves_at_once() -> None:
    trips = Trips()
    tasks = submit(Gatherer(trips.run, max_items=10), 1)

    await settle()

    assert trips.batches == [[1]]
    trips.may_end.set()
    assert await asyncio.gather(*tasks) == ["1!"]


async def test_what_arrives_meanwhile_travels_together_in_order() -> None:
    trips = Trips()
    gatherer = Gatherer(trips.run, max_items=10)
    tasks = submit(gatherer, 0)
    await settle()

    tasks += submit(gatherer, *range(1, 24))
    await settle()
    trips.may_end.set()

    assert await asyncio.gather(*tasks) == [f"{number}!" for number in range(24)]
    assert trips.batches == [[0], [*range(1, 11)], [*range(11, 21)], [21, 22, 23]]
    assert trips.most_in_flight == 1


async def test_what_is_submitted_at_the_same_time_travels_together() -> None:
    trips = Trips()
    trips.may_end.set()

    await asyncio.gather(*submit(Gatherer(trips.run, max_items=3), *range(8)))

    assert trips.batches == [[0, 1, 2], [3, 4, 5], [6, 7]]


async def test_a_trip_that_is_not_full_waits_for_the_one_before_it() -> None:
    trips = Trips()
    gatherer = Gatherer(trips.run, max_items=3, max_in_flight=2, beside_after_seconds=3600)
    tasks = submit(gatherer, 0)
    await settle()

    tasks += submit(gatherer, 1, 2)
    await settle()

    assert trips.batches == [[0]]
    tasks += submit(gatherer, 3, 4)
    await settle()
    assert trips.batches == [[0], [1, 2, 3]]
    trips.may_end.set()
    assert await asyncio.gather(*tasks) == [f"{number}!" for number in range(5)]
    assert trips.batches == [[0], [1, 2, 3], [4]]


async def test_a_trip_that_hangs_does_not_hold_up_the_next_one() -> None:
    trips = Trips()
    gatherer = Gatherer(trips.run, max_items=3, max_in_flight=2, beside_after_seconds=0.001)
    tasks = submit(gatherer, 0)
    await settle()
    tasks += submit(gatherer, 1)

    while len(trips.batches) < 2:  # noqa: ASYNC110 - a trip says nothing when it leaves
        await asyncio.sleep(0.001)

    assert trips.batches == [[0], [1]]
    trips.may_end.set()
    assert await asyncio.gather(*tasks) == ["0!", "1!"]


async def test_at_most_so_many_trips_at_a_time() -> None:
    trips = Trips()
    tasks = submit(Gatherer(trips.run, max_items=2, max_in_flight=3), *range(20))
    await settle()

    assert trips.in_flight == 3
    trips.may_end.set()
    assert len(await asyncio.gather(*tasks)) == 20
    assert trips.most_in_flight == 3


async def test_a_failed_trip_fails_its_callers_and_nobody_else() -> None:
    trips = Trips()

    def answer(items: list[int]) -> list[Answered]:
        if 2 in items:
            raise errors.Unavailable("STORE_UNAVAILABLE", "no")
        return [str(item) for item in items]

    trips.answer = answer
    gatherer = Gatherer(trips.run, max_items=2)
    tasks = submit(gatherer, 0)
    await settle()
    tasks += submit(gatherer, 1, 2, 3, 4)
    trips.may_end.set()

    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert [outcome if isinstance(outcome, str) else type(outcome).__name__ for outcome in outcomes] == [
        "0",
        "Unavailable",
        "Unavailable",
        "3",
        "4",
    ]


async def test_a_trip_with_too_few_outcomes_fails() -> None:
    trips = Trips()
    trips.answer = lambda _: []
    trips.may_end.set()

    with pytest.raises(RuntimeError, match="1 items got 0 outcomes"):
        await Gatherer(trips.run, max_items=2).submit(1)


async def test_a_caller_that_gave_up_while_waiting_costs_no_work() -> None:
    trips = Trips()
    gatherer = Gatherer(trips.run, max_items=10)
    (first,) = submit(gatherer, 0)
    await settle()
    waiting = submit(gatherer, 1, 2, 3)
    await settle()

    waiting[1].cancel()
    trips.may_end.set()

    assert await asyncio.gather(*[first, waiting[0], waiting[2]]) == ["0!", "1!", "3!"]
    assert trips.batches == [[0], [1, 3]]


async def test_a_caller_that_gave_up_on_the_way_does_not_disturb_the_others() -> None:
    trips = Trips()
    gatherer = Gatherer(trips.run, max_items=10, max_in_flight=1)
    (first,) = submit(gatherer, 0)
    await settle()
    others = submit(gatherer, 1, 2)
    await settle()

    first.cancel()
    trips.may_end.set()

    assert await asyncio.gather(*others) == ["1!", "2!"]
    assert first.cancelled()


async def test_when_all_who_waited_gave_up_the_next_still_travels() -> None:
    trips = Trips()
    gatherer = Gatherer(trips.run, max_items=10)
    (first,) = submit(gatherer, 0)
    await settle()
    waiting = submit(gatherer, 1, 2)
    await settle()
    for task in waiting:
        task.cancel()
    trips.may_end.set()
    await first

    assert await gatherer.submit(3) == "3!"
    assert trips.batches == [[0], [3]]


async def test_overload_is_refused_at_once_and_passes() -> None:
    trips = Trips()
    gatherer = Gatherer(trips.run, max_items=1, max_waiting=2)
    tasks = submit(gatherer, 0, 1, 2)
    await settle()

    with pytest.raises(errors.Unavailable) as refused:
        await gatherer.submit(3)

    assert refused.value.reason == "OVERLOADED"
    trips.may_end.set()
    assert await asyncio.gather(*tasks) == ["0!", "1!", "2!"]
    assert await gatherer.submit(4) == "4!"


async def test_an_item_that_failed_fails_alone() -> None:
    trips = Trips()
    trips.answer = lambda items: [Failed(KeyError(item)) if item == 2 else "fine" for item in items]
    trips.may_end.set()

    outcomes = await asyncio.gather(*submit(Gatherer(trips.run, max_items=10), 1, 2, 3), return_exceptions=True)

    assert [type(outcome).__name__ for outcome in outcomes] == ["str", "KeyError", "str"]


async def test_what_could_not_travel_is_the_first_on_the_next_trip() -> None:
    trips = Trips()
    trips.answer = lambda items: [AGAIN if item in (2, 3) and 1 in items else "fine" for item in items]
    gatherer = Gatherer(trips.run, max_items=3)
    tasks = submit(gatherer, 0)
    await settle()
    tasks += submit(gatherer, 1, 2, 3, 4)
    trips.may_end.set()

    assert await asyncio.gather(*tasks) == ["fine"] * 5
    assert trips.batches == [[0], [1, 2, 3], [2, 3, 4]]


async def test_nobody_waits_longer_than_the_longest_time_and_who_travels_is_waited_for() -> None:
    trips = Trips()
    gatherer = Gatherer(trips.run, max_items=1, longest_wait_seconds=0.01)
    travelling, waiting = submit(gatherer, 1, 2)

    with pytest.raises(errors.Unavailable) as refused:
        await waiting

    assert refused.value.reason == errors.OVERLOADED
    assert not travelling.done()
    trips.may_end.set()
    assert await travelling == "1!"
    assert trips.batches == [[1]]


async def test_what_comes_again_waits_no_longer_than_the_longest_time_either() -> None:
    trips = Trips()
    trips.answer = lambda items: ["fine" if item == items[0] else AGAIN for item in items]
    gatherer = Gatherer(trips.run, max_items=4, longest_wait_seconds=0.01)
    submit(gatherer, 0)
    await settle()
    fine, _, _, last = submit(gatherer, 1, 2, 3, 4)
    trips.may_end.set()
    await fine
    trips.may_end.clear()

    with pytest.raises(errors.Unavailable) as refused:
        await last

    assert refused.value.reason == errors.OVERLOADED
    assert trips.batches == [[0], [1, 2, 3, 4], [2, 3]]


def one_at_a_time(trips: Trips) -> None:
    """The first item of each trip alone can travel, and the next trip hangs until the test lets it end."""

    def answer(items: list[int]) -> list[Answered]:
        trips.may_end.clear()
        return ["fine" if item == items[0] else AGAIN for item in items]

    trips.answer = answer


async def test_what_comes_again_from_the_first_trip_does_not_wait_for_ever() -> None:
    trips = Trips()
    one_at_a_time(trips)
    gatherer = Gatherer(trips.run, max_items=4, longest_wait_seconds=0.01)
    fine, _, _, last = submit(gatherer, 1, 2, 3, 4)
    trips.may_end.set()
    await fine

    with pytest.raises(errors.Unavailable) as refused:
        await asyncio.wait_for(last, 90)

    assert refused.value.reason == errors.OVERLOADED
    assert trips.batches == [[1, 2, 3, 4], [2, 3]]


async def test_what_comes_again_from_a_trip_that_took_long_does_not_wait_for_ever() -> None:
    trips = Trips()
    one_at_a_time(trips)
    gatherer = Gatherer(trips.run, max_items=4, longest_wait_seconds=0.01)
    first = submit(gatherer, 0)
    await settle()
    fine, _, _, last = submit(gatherer, 1, 2, 3, 4)
    trips.may_end.set()
    await asyncio.gather(*first)
    # They travel, and their time runs out meanwhile: of two timers the earlier one fires first.
    await asyncio.sleep(0.03)
    trips.may_end.set()
    await fine

    with pytest.raises(errors.Unavailable) as refused:
        await asyncio.wait_for(last, 90)

    assert refused.value.reason == errors.OVERLOADED
    assert trips.batches == [[0], [1, 2, 3, 4], [2, 3]]


async def test_what_is_in_each_others_way_is_not_in_everybodys() -> None:
    """Each of the even ones can only travel alone among its kind."""
    trips = Trips()

    def answer(items: list[int]) -> list[Answered]:
        even = [item for item in items if item % 2 == 0]
        return [AGAIN if item in even[1:] else "fine" for item in items]

    trips.answer = answer
    gatherer = Gatherer(trips.run, max_items=4)
    tasks = submit(gatherer, *range(0, 40, 2))
    await settle()
    odd = submit(gatherer, *range(1, 21, 2))
    trips.may_end.set()
    await asyncio.gather(*odd)

    # Two of those that come again a trip, beside two of the others: else there would be 26.
    assert len(trips.batches) <= 16
    assert await asyncio.gather(*tasks) == ["fine"] * 20
