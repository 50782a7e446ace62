"""Places in the line of messages that are to leave from a number."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Place:
    """A place in a line: when it is by the store's clock, and how long from now."""

    time: datetime
    wait: timedelta
