"""Customers' phones: whose they are, whether they are on, and what becomes of texts to them."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Outcome:
    """What becomes of a message: "delivered", "undelivered", "failed", or "sent" and nothing more."""

    status: str = "delivered"
    error_code: int | None = None

    def __post_init__(self) -> None:
        if self.status not in ("delivered", "undelivered", "failed", "sent"):
            raise ValueError(f"status {self.status!r} is not an outcome of a message")


@dataclass
class Phone:
    """`name` is empty when nobody has named it. `next` is what becomes of the next text to it, once."""

    number: str
    name: str = ""
    next: Outcome | None = None
    _on: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._on.set()

    @property
    def is_on(self) -> bool:
        return self._on.is_set()

    def turn(self, on: bool) -> None:
        """Switches it on or off: a text to a phone that is off waits at the carrier, as "sent"."""
        if on:
            self._on.set()
        else:
            self._on.clear()

    async def until_on(self) -> None:
        await self._on.wait()


# Of the numbers that are kept for stories: nobody has them.
_FIRST = {"+14155550101": "Maya Torres", "+12125550134": "Jonas Weber", "+447700900123": "Priya Shah"}


class Phones:
    """The phones that somebody has named or changed, by number, in that order. Any other number is one that is on."""

    def __init__(self) -> None:
        self._phones: dict[str, Phone] = {}
        self.clear()

    def find(self, number: str) -> Phone:
        """The phone with that number; what is changed about one that is new is kept by `put`."""
        return self._phones.get(number) or Phone(number)

    def put(self, phone: Phone) -> None:
        self._phones[phone.number] = phone

    def take_next(self, number: str) -> Outcome | None:
        """What was to become of the next text to it: the one after it arrives again."""
        phone = self.find(number)
        outcome, phone.next = phone.next, None
        return outcome

    def __iter__(self) -> Iterator[Phone]:
        return iter(self._phones.values())

    def clear(self) -> None:
        """As at the beginning: a few people, whose phones are on."""
        self._phones = {number: Phone(number, name) for number, name in _FIRST.items()}
