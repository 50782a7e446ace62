"""How long to wait before something is tried again."""

import random
from datetime import datetime, timedelta

# Replicas that failed together must not come back together.
_LEAST, _MOST = 0.8, 1.2


def jittered(wait: timedelta) -> timedelta:
    """`wait`, up to a fifth longer or shorter."""
    return wait * random.uniform(_LEAST, _MOST)  # noqa: S311


def half_of_age(since: datetime, now: datetime, shortest: timedelta, longest: timedelta) -> timedelta:
    """Half of the time that has passed `since`, within bounds: exponential backoff that needs no counter. No jitter."""
    return min(max((now - since) / 2, shortest), longest)
