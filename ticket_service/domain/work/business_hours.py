"""When a workspace is open: spans of its own clock on each day of the week, but on holidays.

A clock's time becomes an instant by the rules of its time zone. A time that the clock skips in spring is the moment at
which it skips; of a time that it shows twice in autumn, the first counts. So a span is never turned round, and one that
lies within the hour that is skipped is empty. A span belongs to the day on which it begins: a holiday leaves out those
that begin on it, and one that began the evening before goes on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ticket_service.domain.errors import FieldInvalid

MINUTES_OF_A_DAY = 24 * 60
MAX_SPANS = 50
MAX_HOLIDAYS = 400
MAX_HOLIDAY_NAME_CHARACTERS = 100
# How many days are searched for when it is open next, or was last: what is farther off counts as never.
_HORIZON = 400
_DAY = timedelta(days=1)
# Names that stand for what a machine is set to.
_NO_ZONES = ("localtime", "posixrules", "Factory")

# From the first instant to the second, which does not belong to it.
Period = tuple[datetime, datetime]


@dataclass(frozen=True)
class Span:
    """From `opens` to `closes`, in minutes since midnight, on `weekday` (0 is Monday). One that closes no later than it
    opens does so on the day after."""

    weekday: int
    opens: int
    closes: int

    @property
    def minutes(self) -> int:
        """How long it is by the clock: a day at most."""
        return self.closes - self.opens if self.closes > self.opens else self.closes + MINUTES_OF_A_DAY - self.opens


@dataclass(frozen=True)
class Holiday:
    """A day on which nothing begins."""

    day: date
    name: str = ""


@dataclass(frozen=True)
class BusinessHours:
    """The hours, by the clock of `time_zone` (IANA, such as Europe/Berlin)."""

    time_zone: str
    spans: tuple[Span, ...]
    holidays: tuple[Holiday, ...] = ()

    def is_open(self, now: datetime) -> bool:
        """Whether somebody is there at that moment."""
        return any(opens <= now < closes for opens, closes in self._periods(self._day(now) - 2 * _DAY, 4))

    def opens_after(self, now: datetime) -> datetime | None:
        """When it opens next, if it is closed now; None: not within a year."""
        later = self._periods(self._day(now) - 2 * _DAY, _HORIZON)
        return next((opens for opens, _ in later if opens > now), None)

    def closed_since(self, now: datetime) -> datetime | None:
        """When it closed last, if it is closed now; None: not within a year."""
        for day in (self._day(now) + (1 - back) * _DAY for back in range(_HORIZON)):
            if any(closes <= now for _, closes in self._periods(day, 1)):
                # One that began on the day before may end later.
                return max(closes for _, closes in self._periods(day - _DAY, 3) if closes <= now)
        return None

    def add(self, since: datetime, open_time: timedelta) -> datetime | None:
        """When it will have been open for that long since then; None: not within a year."""
        left = open_time
        for opens, closes in self._periods(self._day(since) - 2 * _DAY, _HORIZON):
            begins = max(opens, since)
            if closes - begins >= left:
                return begins + left
            left -= max(closes - begins, timedelta(0))
        return None

    def open_time(self, since: datetime, until: datetime) -> timedelta:
        """For how long it was open between two moments."""
        first = self._day(since) - 2 * _DAY
        periods = self._periods(first, (self._day(until) - first).days + 2)
        parts = (min(closes, until) - max(opens, since) for opens, closes in periods)
        return sum((part for part in parts if part > timedelta(0)), timedelta(0))

    def _day(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.time_zone)).date()

    def _periods(self, first: date, days: int) -> Iterator[Period]:
        """The periods of the spans that begin on these days, in order, none in another one. What follows on another
        without a break is a period of its own."""
        zone, holidays = ZoneInfo(self.time_zone), {holiday.day for holiday in self.holidays}
        free_from = datetime.min.replace(tzinfo=UTC)
        for day in (first + number * _DAY for number in range(days)):
            if day in holidays:
                continue
            for span in sorted((s for s in self.spans if s.weekday == day.weekday()), key=lambda s: s.opens):
                opens = max(_instant(day, span.opens, zone), free_from)
                closes = _instant(day, span.opens + span.minutes, zone)
                if opens < closes:
                    free_from = closes
                    yield opens, closes


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The first moment at which the clock shows that time, or a later one."""
    wall = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    after = wall.replace(tzinfo=zone).astimezone(UTC)
    if _shown(after, zone) == wall:
        return after
    # The clock skips it, between these two.
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if _shown(middle, zone) >= wall:
            after = middle
        else:
            before = middle
    return after


def _shown(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the clock shows then."""
    return moment.astimezone(zone).replace(tzinfo=None)


def require_hours(hours: BusinessHours) -> None:
    """Raises FieldInvalid."""
    _require_zone(hours.time_zone)
    if not 0 < len(hours.spans) <= MAX_SPANS:
        raise FieldInvalid("business_hours.spans", f"must be 1 to {MAX_SPANS}")
    if len(hours.holidays) > MAX_HOLIDAYS:
        raise FieldInvalid("business_hours.holidays", f"may be at most {MAX_HOLIDAYS}")
    if any(len(holiday.name) > MAX_HOLIDAY_NAME_CHARACTERS for holiday in hours.holidays):
        raise FieldInvalid("business_hours.holidays", f"have names of at most {MAX_HOLIDAY_NAME_CHARACTERS} characters")


def _require_zone(name: str) -> None:
    try:
        if name and name not in _NO_ZONES:
            ZoneInfo(name)
            return
    except (KeyError, ValueError, OSError):
        # A text that names no zone may name a folder, or nothing that can be a file.
        pass
    raise FieldInvalid("business_hours.time_zone", "must be an IANA time zone, such as Europe/Berlin")
