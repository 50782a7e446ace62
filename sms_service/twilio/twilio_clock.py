"""What Twilio's clock shows, learned from what it says anyway. Ours may be minutes away from it, and each replica has
its own: so what Twilio's log says of a time is compared with nothing of ours."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# A quartz that is not corrected is at most so much too fast.
_OUR_PACE = 0.9998


@dataclass(frozen=True)
class _Reading:
    """Twilio's clock had reached `shown` when our monotonic one was `at`."""

    shown: datetime
    at: float

    def by(self, now: float) -> datetime:
        return self.shown + timedelta(seconds=(now - self.at) * _OUR_PACE)


class TwilioClock:
    """A time that Twilio's clock has certainly reached: by the dates of its answers, and by the clock of its log, which
    dates messages that it takes. Of the two the one that is behind counts."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`monotonic` in seconds."""
        self._monotonic = monotonic
        self._answered: _Reading | None = None
        self._took: _Reading | None = None

    def answered(self, date: str) -> None:
        """An answer has come whose header Date is `date`; text that is not a date is ignored."""
        try:
            shown = parsedate_to_datetime(date)
        except (TypeError, ValueError, OverflowError):
            return
        self._answered = self._later(self._answered, shown if shown.tzinfo else shown.replace(tzinfo=UTC))

    def took(self, create_time: datetime | None) -> None:
        """A message was taken just now, and that is when it was by the log."""
        if create_time is not None:
            self._took = self._later(self._took, create_time)

    def earliest(self) -> datetime | None:
        """What Twilio's clock shows now, or less; None before anything was learned."""
        now = self._monotonic()
        return min((reading.by(now) for reading in (self._answered, self._took) if reading), default=None)

    def by_answers(self) -> datetime | None:
        """What the dates of Twilio's answers say of now, or less; None before the first."""
        return None if self._answered is None else self._answered.by(self._monotonic())

    def _later(self, known: _Reading | None, shown: datetime) -> _Reading:
        """Dates are cut to the second: the reading that says most is kept."""
        now = self._monotonic()
        return known if known is not None and known.by(now) >= shown else _Reading(shown, now)
