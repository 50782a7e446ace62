"""Who texts in a run: phones, and some senders as networks write them too."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

# One in so many is odd: a phone that was renumbered and is written in both forms, or something that is not a phone.
_ONE_ODD_IN = 5
_OLD_FORM, _NEW_FORM = "+521", "+52"


@dataclass(frozen=True)
class Senders:
    """`addresses`: whose customers are known by; to the first `answered` of them something can be sent."""

    addresses: Sequence[str]
    answered: int


def make_senders(dice: random.Random, count: int) -> Senders:
    """`count` of them, the same for the same dice."""
    odd = max(count // _ONE_ODD_IN, 2)
    phones = [f"+1555{number}" for number in dice.sample(range(2_000_000, 10_000_000), count - odd)]
    # No area code of Mexico begins with 1, by which the old form is told from the new one.
    renumbered = [f"{_OLD_FORM}{number}" for number in dice.sample(range(2 * 10**9, 10**10), odd - odd // 2)]
    return Senders([*phones, *renumbered, *map(_no_phone, range(odd // 2))], count - odd // 2)


def _no_phone(number: int) -> str:
    """A name with an apostrophe, a number that no table has, a name in other letters, more digits than a short code."""
    kinds = (f"Macy's {number}", f"+26669{number:04d}", f"МТС-{number}", f"123456{number:03d}")
    return kinds[number % len(kinds)]


def as_written(address: str, text: int) -> str:
    """What stands as From on a customer's `text`th text."""
    if not address.startswith(_OLD_FORM) or text % 2 == 0:
        return address
    return _NEW_FORM + address.removeprefix(_OLD_FORM)


def is_same(one: str, other: str) -> bool:
    """Whether two addresses are one customer's."""
    return one == other or as_written(one, 1) == as_written(other, 1)
