"""First texts: how many an organization may send within an hour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ticket_service.domain.errors import FirstTextLimitReached

_MINUTE = timedelta(minutes=1)
_MINUTES = 60
_FIRST_MINUTE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class FirstTexts:
    """How many conversations an organization has begun in each of the last minutes, numbered since 1970. `version`
    counts its changes."""

    counts: Mapping[int, int] = field(default_factory=dict)
    version: int = 0

    def one_more(self, limit: int, now: datetime) -> "FirstTexts":
        """With one that begins now. Raises FirstTextLimitReached when that makes more than `limit` in an hour."""
        minute = (now - _FIRST_MINUTE) // _MINUTE
        recent = {m: count for m, count in sorted(self.counts.items()) if m > minute - _MINUTES}
        if sum(recent.values()) >= limit:
            raise FirstTextLimitReached(limit, _room_again(recent, limit))
        return FirstTexts({**recent, minute: recent.get(minute, 0) + 1}, self.version + 1)


def _room_again(recent: Mapping[int, int], limit: int) -> datetime | None:
    """When the first minutes are an hour old, so that there is room for one more; None when there never is."""
    left = sum(recent.values())
    for minute, count in recent.items():
        left -= count
        if left < limit:
            return _FIRST_MINUTE + (minute + _MINUTES) * _MINUTE
    return None
