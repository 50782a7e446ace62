"""Use cases: follow what happens, live or page by page."""

import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from servicekit.clock import Clock
from servicekit.paging import page_size
from ticket_service import errors
from ticket_service.domain.audit import AuditRecord
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.events.event import EventFilter, Passage, PlaceUnknown, Position
from ticket_service.domain.message import Message
from ticket_service.domain.ticket import Ticket
from ticket_service.metrics import EVENT_WATCHERS, EVENTS_SENT
from ticket_service.ports.events import EventStore
from ticket_service.use_cases.audit.trail import ACTIONS_OF_OTHERS
from ticket_service.use_cases.events.errors import resume_token_expired, too_many_watchers
from ticket_service.use_cases.events.resume_tokens import ResumeTokens
from ticket_service.use_cases.events.stored_events import StoredEvents, position_at

_MOST_TYPES = 100
_PER_RESPONSE = 100
# Of a page: how many records are looked through at once, and how often, for those that are wanted.
_LOOKED_THROUGH, _LOOKS = 1000, 10
# How far clocks may be apart, together with how long a commit takes.
_SKEW = timedelta(minutes=5)


@dataclass(frozen=True)
class Wish:
    """Which events, from where on (a token, else a time, else now), and what of each is wanted besides."""

    events: EventFilter
    resume_token: str = ""
    start_time: datetime | None = None
    tickets: bool = False
    messages: bool = False


@dataclass(frozen=True)
class Progress:
    """Events, and the token to go on with behind them; tickets and messages as they are now, by id."""

    events: Sequence[AuditRecord]
    resume_token: str
    more: bool = False
    tickets: Mapping[str, Ticket] = field(default_factory=dict)
    messages: Mapping[str, Message] = field(default_factory=dict)


class Following:
    """Gives events of one organization or workspace to whoever asks for them."""

    def __init__(
        self, store: EventStore, tokens: ResumeTokens, clock: Clock, heartbeat_seconds: float, most_watchers: int
    ) -> None:
        self._store = store
        self._stored = StoredEvents(store)
        self._tokens = tokens
        self._clock = clock
        self._heartbeat = heartbeat_seconds
        self._most = most_watchers
        self._watchers = 0

    async def watch(self, wish: Wish) -> AsyncGenerator[Progress, None]:
        """Events as they happen; without any, a heartbeat at first and now and then. Raises FIELD_INVALID,
        RESUME_TOKEN_INVALID, RESUME_TOKEN_EXPIRED, OVERLOADED."""
        _check(wish)
        if self._watchers >= self._most:
            raise too_many_watchers(self._most)
        self._count(1)
        try:
            async with self._store.following():
                position = await self._begin(wish)
                yield await self._progress(wish, [], position)
                said = time.monotonic()
                while True:
                    patience = max(said + self._heartbeat - time.monotonic(), 0)
                    records, position, _ = await self._next(wish.events, position, _PER_RESPONSE, patience)
                    if records or time.monotonic() - said >= self._heartbeat:
                        yield await self._progress(wish, records, position)
                        said = time.monotonic()
        finally:
            self._count(-1)

    async def list_events(self, wish: Wish, size: int) -> Progress:
        """The next ones. Raises as `watch` does, save OVERLOADED."""
        _check(wish)
        left, found, more = page_size(size), list[AuditRecord](), True
        position = await self._begin(wish)
        for _ in range(_LOOKS):
            records, position, more = await self._next(wish.events, position, left, 0, _LOOKED_THROUGH)
            found += records
            left -= len(records)
            if left <= 0 or not more:
                break
        return await self._progress(wish, found, position, more)

    def _count(self, one: int) -> None:
        self._watchers += one
        EVENT_WATCHERS.set(self._watchers)

    async def _begin(self, wish: Wish) -> Position:
        if wish.resume_token:
            return self._tokens.open(wish.resume_token, wish.events)
        if wish.start_time and wish.start_time > self._clock() + _SKEW:
            raise errors.invalid("start_time", "must not be in the future")
        passage = await self._store.now()
        now = Position(passage.place, passage.time)
        return position_at(wish.start_time, now) if wish.start_time else now

    async def _next(
        self, events: EventFilter, position: Position, limit: int, patience: float, looked_through: int = 0
    ) -> tuple[list[AuditRecord], Position, bool]:
        """At most `limit` of the events behind the position, the position behind them, and whether there may be
        more already."""
        if position.stored:
            records, position = await self._stored.page(events, position, limit)
            return list(filter(events.has, records)), position, True
        try:
            passage = await self._store.read(position.place, looked_through or limit, patience)
        except PlaceUnknown:
            raise resume_token_expired(position.time - _SKEW) from None
        return _wanted(events, passage, limit, position)

    async def _progress(
        self, wish: Wish, events: Sequence[AuditRecord], position: Position, more: bool = False
    ) -> Progress:
        EVENTS_SENT.inc(len(events))
        found = await self._store.tickets_and_messages(events, wish.tickets, wish.messages)
        return Progress(events, self._tokens.seal(position, wish.events), more, *found)


def _wanted(
    events: EventFilter, passage: Passage, limit: int, position: Position
) -> tuple[list[AuditRecord], Position, bool]:
    found: list[AuditRecord] = []
    for happened in passage.happened:
        if events.has(happened.record):
            found.append(happened.record)
            if len(found) == limit:
                return found, replace(position, place=happened.place, time=happened.time), True
    return found, replace(position, place=passage.place, time=passage.time), passage.more


def _check(wish: Wish) -> None:
    """Raises FIELD_INVALID."""
    if len(wish.events.types) > _MOST_TYPES:
        raise errors.invalid("types", f"may have at most {_MOST_TYPES} entries")
    known = set(AuditAction)
    for action in sorted(wish.events.types):
        if action not in known and not action.startswith(ACTIONS_OF_OTHERS):
            raise errors.invalid("types", "has an entry that is not an audit action; docs/audit.md lists them")
