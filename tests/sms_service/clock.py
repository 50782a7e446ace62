"""A clock that the test sets."""

from datetime import datetime, timedelta

from servicekit.clock import utc_now


class SetClock:
    """Stands still until the test moves it."""

    def __init__(self) -> None:
        # MongoDB keeps milliseconds.
        self.now = utc_now().replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        """Lets time pass."""
        self.now += timedelta(**time)
