"""How long to wait before something is tried again."""

import random
from datetime import datetime, timedelta


def jittered(wait: timedelta, least: float = 0.8, most: float = 1.2) -> timedelta:
    """`wait` times something between `least` and `most`: who failed together must not come back together."""
    return wait * random.uniform(least, most)  # noqa: S311


def half_of_age(since: datetime, now: datetime, shortest: timedelta, longest: timedelta) -> timedelta:
    """Half of the time that has passed `since`, within bounds: exponential backoff that needs no counter. No jitter."""
    return min(max((now - since) / 2, shortest), longest)
