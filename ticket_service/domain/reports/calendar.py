"""What a day is in a workspace, and how long somebody has waited there."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from ticket_service.domain.work.business_hours import BusinessHours


@dataclass(frozen=True)
class Calendar:
    """A workspace's days and hours: those of its business hours, else those of UTC, around the clock."""

    hours: BusinessHours | None = None

    @property
    def zone(self) -> tzinfo:
        """The time zone."""
        return ZoneInfo(self.hours.time_zone) if self.hours else UTC

    def day_of(self, time: datetime) -> str:
        """The day on which `time` is there, such as 2026-01-31."""
        return time.astimezone(self.zone).date().isoformat()

    def waited(self, begin: datetime, end: datetime) -> timedelta:
        """For how long somebody who should answer was there from `begin` to `end`; no time where the clocks of replicas
        say that it ended before it began."""
        if end <= begin:
            return timedelta(0)
        return self.hours.open_time(begin, end) if self.hours else end - begin

    def __str__(self) -> str:
        return self.hours.time_zone if self.hours else "UTC"
