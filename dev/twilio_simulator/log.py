"""Twilio's message log: every text in or out, with every request that the simulator made to the product about it."""

import asyncio
import bisect
import itertools
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from dev.twilio_simulator.segments import count_segments

# Stands before what a trial account sends, in the log as on the phone.
TRIAL_MARK = "Sent from your Twilio trial account - "


def now() -> datetime:
    """The present, in UTC and whole seconds: Twilio's resources know nothing finer."""
    return datetime.now(UTC).replace(microsecond=0)


def new_sid(prefix: str) -> str:
    return prefix + uuid.uuid4().hex


@dataclass(frozen=True)
class Attempt:
    """One HTTP request to the product. `status` is None when no answer came; `error_code` is Twilio's."""

    url: str
    status: int | None
    content_type: str | None = None
    body: str = ""
    error_code: int | None = None

    @property
    def accepted(self) -> bool:
        """Whether Twilio would take the answer as a success."""
        return self.error_code is None and self.status is not None and self.status < 300


@dataclass
class Callback:
    """One status callback. It is settled once it is answered, given up, or lost on purpose."""

    message_status: str
    lost: bool = False
    settled: bool = False
    attempts: list[Attempt] = field(default_factory=list)


@dataclass(frozen=True)
class Media:
    sid: str
    account_sid: str
    message_sid: str
    content_type: str
    content: bytes
    date_created: datetime


@dataclass
class Message:
    """One text. `date_sent` is None until it leaves Twilio, as in the REST API. `logged_at` is the monotonic time at
    which the log got it."""

    sid: str
    account_sid: str
    direction: str
    sender: str
    to: str
    body: str
    status: str
    date_created: datetime
    sequence: int = 0
    logged_at: float = 0.0
    date_sent: datetime | None = None
    date_updated: datetime | None = None
    error_code: int | None = None
    status_callback: str = ""
    num_media: int = 0
    media_urls: list[str] = field(default_factory=list)  # of an outbound one: where Twilio would fetch them
    num_segments: int = field(init=False)
    media: list[Media] = field(default_factory=list)
    callbacks: list[Callback] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    history: list[str] = field(init=False)

    def __post_init__(self) -> None:
        # Counted once: a redacted message keeps the size that it was billed for.
        self.num_segments = count_segments(self.body)
        self.history = [self.status]

    def reach(self, status: str) -> None:
        self.status = status
        self.history.append(status)
        self.date_updated = now()

    @property
    def position(self) -> tuple[datetime, int]:
        """Where the message stands in the log, oldest first."""
        return self.date_created, self.sequence


class MessageLog:
    """All messages of all accounts, oldest first, and a way to wait for a change of any of them."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Message] = {}
        self._by_account: defaultdict[str, list[Message]] = defaultdict(list)
        self._sequence = itertools.count(1)
        self._changed = asyncio.Event()
        self._run, self._changes = uuid.uuid4().hex, 0

    @property
    def version(self) -> str:
        """Another one after each change, and in each run."""
        return f"{self._run}-{self._changes}"

    def add(self, message: Message) -> None:
        message.sequence = next(self._sequence)
        message.logged_at = time.monotonic()
        message.date_updated = message.date_updated or message.date_created
        self._by_sid[message.sid] = message
        bisect.insort(self._by_account[message.account_sid], message, key=lambda m: m.position)
        self.notify()

    def remove(self, message: Message) -> None:
        del self._by_sid[message.sid]
        self._by_account[message.account_sid].remove(message)
        self.notify()

    def find(self, sid: str) -> Message | None:
        return self._by_sid.get(sid)

    def newest_first(self, account_sid: str) -> Iterable[Message]:
        return reversed(self._by_account[account_sid])

    def __iter__(self) -> Iterator[Message]:
        return iter(self._by_sid.values())

    def clear(self) -> None:
        self._by_sid.clear()
        self._by_account.clear()
        self.notify()

    def notify(self) -> None:
        """Wake everybody who waits: a message has changed, or something else that is shown beside messages."""
        self._changes += 1
        waiting, self._changed = self._changed, asyncio.Event()
        waiting.set()

    async def wait_until(self, condition: Callable[[], bool], seconds: float) -> None:
        """Return once the condition holds. Raises TimeoutError when it does not within `seconds`."""
        async with asyncio.timeout(seconds):
            while not condition():
                await self._changed.wait()
