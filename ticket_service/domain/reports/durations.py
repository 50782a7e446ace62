"""Many durations, as how many of them are about so long: those of several days, channels or agents add up, and median
and percentiles are known within 1 %."""

import math
from collections.abc import Mapping
from datetime import timedelta

# Each bucket ends 2 % above the one before: from its middle, every duration in it is less than 1 % away.
_GROWTH = 1.02
_LOG = math.log(_GROWTH)
_MIDDLE = 2 / (1 + _GROWTH)


def bucket_of(duration: timedelta) -> int:
    """The bucket of a duration; 0 is for what took less than a second."""
    seconds = duration.total_seconds()
    return 0 if seconds < 1 else 1 + math.ceil(math.log(seconds) / _LOG - 1e-9)


def percentile(buckets: Mapping[int, int], share: float) -> timedelta | None:
    """The shortest duration that `share` of them do not exceed (nearest rank), within 1 %, and within a second for what
    took less than that; None when there are none."""
    wanted = max(1, math.ceil(share * sum(buckets.values()) - 1e-9))
    seen = 0
    for bucket in sorted(buckets):
        seen += buckets[bucket]
        if seen >= wanted:
            return _middle(bucket)
    return None


def _middle(bucket: int) -> timedelta:
    return timedelta(seconds=_GROWTH ** (bucket - 1) * _MIDDLE) if bucket else timedelta(0)
