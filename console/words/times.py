"""Times as people read them. Pages have them in UTC; a script shows them in the reader's own zone."""

from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp

from client.words.language import say

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _moment(time: Timestamp | datetime) -> datetime:
    if isinstance(time, datetime):
        return time
    # A list has hundreds, and ToDatetime takes four times as long.
    return _EPOCH + timedelta(seconds=time.seconds, microseconds=time.nanos // 1000)


def ago(time: Timestamp | datetime, now: datetime | None = None) -> str:
    """How long it is: `now`, `4 min`, `3 h`, `5 d`."""
    past = (now or datetime.now(UTC)) - _moment(time)
    if past < _MINUTE:
        return say("now")
    if past < _HOUR:
        return say("%(minutes)s min", minutes=past // _MINUTE)
    if past < _DAY:
        return say("%(hours)s h", hours=past // _HOUR)
    return say("%(days)s d", days=past // _DAY)


def past(time: Timestamp | datetime, now: datetime | None = None) -> str:
    """The same where a sentence goes on with it: `just now`, `4 min ago`."""
    now = now or datetime.now(UTC)
    if now - _moment(time) < _MINUTE:
        return say("just now")
    return say("%(time)s ago", time=ago(time, now))


def waited(time: Timestamp | datetime, now: datetime | None = None) -> str:
    """The same of somebody who waits: at least `1 min`."""
    now = now or datetime.now(UTC)
    return ago(min(_moment(time), now - _MINUTE), now)


def clock(time: Timestamp | datetime) -> str:
    """The time of day: 14:05."""
    return f"{_moment(time):%H:%M}"


def moment(time: Timestamp | datetime) -> str:
    """Day and time, of something to come: 24 Dec 2026, 10:00 UTC."""
    return f"{_moment(time).day} {_moment(time):%b %Y, %H:%M} UTC"


def exact(time: Timestamp | datetime) -> str:
    """For programs, and for `<time datetime>`: 2026-11-27T14:05:00+00:00."""
    return _moment(time).isoformat(timespec="seconds")
