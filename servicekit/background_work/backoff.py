"""How long to wait before something is tried again."""

import random
from datetime import datetime, timedelta


def jittered(wait: timedelta, least: float = 0.8, most: float = 1.2) -> timedelta:
    """`wait` times something between `least` and `most`: who failed together must not come back together."""
    return wait * random.uniform(least, most)  # noqa: S311


def half_of_age(since: datetime, now: datetime, shortest: timedelta, longest: timedelta) -> timedelta:
    """Half of the time that has passed `since`, within bounds: exponential backoff that needs no counter. No jitter."""
    return min(max((now - since) / 2, shortest), longest)


def doubled(failures: int, shortest: timedelta, longest: timedelta) -> timedelta:
    """`shortest` after the first of so many failures in a row, twice as long after each further one, at most `longest`;
    jittered. For work that has no age."""
    return jittered(min(shortest * 2.0 ** min(failures - 1, 30), longest))
