"""Dates as Twilio writes them. One that cannot be true counts as none: what would be known without it is used in its
place."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from sms_service.twilio.lines import UNREADABLE

# Nothing of Twilio's is older than Twilio.
_FOUNDED = datetime(2008, 1, 1, tzinfo=UTC)
# A clock of ours that is farther off accepts no certificate of Twilio's: so it is Twilio's date that is wrong.
_FARTHEST = timedelta(days=400)


def in_utc(value: object) -> datetime | None:
    """A date as a header or a record has it (RFC 2822), or as the twilio package has read it; None where there is none
    that can be read, and where it is from before Twilio was founded."""
    try:
        time = value if isinstance(value, datetime) else parsedate_to_datetime(value)  # type: ignore[arg-type]
        # Twilio's are in UTC, whether they say so or not.
        time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except UNREADABLE:
        return None
    return time if time >= _FOUNDED else None


def may_be_now(time: datetime, ours: datetime) -> bool:
    """Whether Twilio's clock may show `time` while ours shows `ours`, which may be wrong as well."""
    return abs(time - ours) <= _FARTHEST
