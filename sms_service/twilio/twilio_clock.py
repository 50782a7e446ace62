"""What Twilio's clock shows, learned from what it says anyway. Ours may be minutes away from it, and each replica has
its own: so what Twilio's log says of a time is compared with nothing of ours."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeGuard

import structlog

from servicekit.clock import Clock, utc_now
from sms_service.twilio.lines import UNREADABLE

# A quartz that is not corrected is at most so much too fast.
_OUR_PACE = 0.9998
# Nothing of Twilio's is older than Twilio.
_FOUNDED = datetime(2008, 1, 1, tzinfo=UTC)
# A clock of ours that is farther off accepts no certificate of Twilio's: so it is Twilio's date that is wrong.
_FARTHEST = timedelta(days=400)
_log = structlog.get_logger(__name__)


def date_in_utc(value: object) -> datetime | None:
    """A date as a header or a record of Twilio's has it (RFC 2822), or as the twilio package has read it. None where
    there is none that can be read, and where it cannot be true, being from before there was a Twilio."""
    try:
        read = value if isinstance(value, datetime) else parsedate_to_datetime(value)  # type: ignore[arg-type]
        # Twilio's are in UTC, whether they say so or not.
        date = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except UNREADABLE:
        return None
    return date if date >= _FOUNDED else None


@dataclass(frozen=True)
class _Reading:
    """Twilio's clock had reached `shown` when our monotonic one was `at`."""

    shown: datetime
    at: float

    def by(self, now: float) -> datetime:
        return self.shown + timedelta(seconds=(now - self.at) * _OUR_PACE)


class TwilioClock:
    """A time that Twilio's clock has certainly reached: by the dates of its answers, and by the clock of its log, which
    dates messages that it takes. Of the two the one that is behind counts. What no clock can show now is not
    believed."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, ours: Clock = utc_now) -> None:
        """`monotonic` in seconds."""
        self._monotonic = monotonic
        self._ours = ours
        self._complained = False
        self._answered: _Reading | None = None
        self._took: _Reading | None = None

    def answered(self, date: str) -> None:
        """An answer has come whose header Date is `date`; text that is not a date is ignored."""
        shown = date_in_utc(date)
        if self._is_believed(shown):
            self._answered = self._later(self._answered, shown)

    def took(self, create_time: datetime | None) -> None:
        """A message was taken just now, and that is when it was by the log."""
        if self._is_believed(create_time):
            self._took = self._later(self._took, create_time)

    def earliest(self) -> datetime | None:
        """What Twilio's clock shows now, or less; None before anything was learned."""
        now = self._monotonic()
        return min((reading.by(now) for reading in (self._answered, self._took) if reading), default=None)

    def by_answers(self) -> datetime | None:
        """What the dates of Twilio's answers say of now, or less; None before the first."""
        return None if self._answered is None else self._answered.by(self._monotonic())

    def _is_believed(self, shown: datetime | None) -> TypeGuard[datetime]:
        if shown is None or abs(shown - self._ours()) <= _FARTHEST:
            return shown is not None
        if not self._complained:
            self._complained = True
            _log.error("a date of Twilio's is far from now, and is not believed", date=shown.isoformat())
        return False

    def _later(self, known: _Reading | None, shown: datetime) -> _Reading:
        """Dates are cut to the second: the reading that says most is kept."""
        now = self._monotonic()
        return known if known is not None and known.by(now) >= shown else _Reading(shown, now)
