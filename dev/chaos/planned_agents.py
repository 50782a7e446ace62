"""What agents are to send later, and whom they are to text first, in one run."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

# No reply is begun in the last part of a run, so that what is sent later leaves while there is trouble.
_MOSTLY = 0.8


@dataclass(frozen=True)
class PlannedLater:
    """An agent's `number`th answer to a customer, written not before `at`, to be sent `seconds` later. `cancelled`: so
    many seconds after it was written somebody tries to cancel it; None: nobody does."""

    at: float
    customer: int
    number: int
    seconds: float
    cancelled: float | None


@dataclass(frozen=True)
class PlannedFirstText:
    """Somebody who never texted gets a first text from our number at that place, not before `at`, and texts it at the
    same moment. `seconds`: it is sent so many seconds later, 0: at once."""

    at: float
    number: int
    address: str
    ours: int
    seconds: float


def plan_later(dice: random.Random, seconds: float, customers: Sequence[int]) -> list[PlannedLater]:
    """One answer to each of the customers, over so many seconds. Half of them somebody tries to cancel, most at about
    the moment at which they leave."""
    planned = []
    for number, customer in enumerate(customers):
        later = dice.uniform(4, 9)
        cancelled = later + dice.uniform(-1, 0.5) if number % 2 else None
        planned.append(PlannedLater(dice.uniform(0, seconds * _MOSTLY), customer, number, later, cancelled))
    return planned


def plan_first_texts(dice: random.Random, seconds: float, numbers: int, count: int) -> list[PlannedFirstText]:
    """So many, from any of our numbers, over so many seconds; every third one leaves later. Their addresses are nobody
    else's."""
    return [
        PlannedFirstText(
            dice.uniform(0, seconds * _MOSTLY),
            number,
            f"+1333{address}",
            dice.randrange(numbers),
            dice.uniform(4, 9) if number % 3 == 1 else 0,
        )
        for number, address in enumerate(dice.sample(range(1_000_000, 10_000_000), count))
    ]
