"""How a workspace answers: when somebody is there, what is said when nobody is, and how soon an answer is due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ticket_service.domain.work.business_hours import BusinessHours

NO_TARGET = timedelta(0)
NO_LIMIT = 0


@dataclass(frozen=True)
class OutOfOffice:
    """The text for whoever writes while it is closed, and how many segments it takes."""

    text: str
    segments: int


@dataclass(frozen=True)
class Office:
    """What of a workspace concerns a text that comes in. Without `hours` it is always open. A target is zero where
    there is none."""

    hours: BusinessHours | None = None
    out_of_office: OutOfOffice | None = None
    first_answer_target: timedelta = NO_TARGET
    next_answer_target: timedelta = NO_TARGET

    def closed_since(self, now: datetime) -> datetime | None:
        """When it closed, if it is closed now: what names the closed period. None while it is open."""
        if self.hours is None or self.hours.is_open(now):
            return None
        # One that has not been open for a year, if ever, is in one closed period all the time.
        return self.hours.closed_since(now) or datetime(1970, 1, 1, tzinfo=now.tzinfo)

    def due(self, since: datetime, target: timedelta) -> datetime | None:
        """When an answer is due that is waited for since then, by one of the targets; None: at no time."""
        if target == NO_TARGET:
            return None
        return since + target if self.hours is None else self.hours.add(since, target)


ALWAYS_OPEN = Office()


@dataclass(frozen=True)
class Offices:
    """Those of all workspaces. `of` gives a workspace's; `is_person` says of an address whether a text to it can
    arrive, and whether it may be a person's: programs answer each other for ever."""

    of: Callable[[str], Office] = lambda _: ALWAYS_OPEN
    is_person: Callable[[str], bool] = lambda _: True
