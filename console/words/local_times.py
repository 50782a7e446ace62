"""What time it is where somebody lives."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import timezone

_UNKNOWN = "Etc/Unknown"


def zone_of_number(address: str) -> ZoneInfo | None:
    """The time zone of a phone number; None when its prefix is spread over several, or it is not a phone number."""
    try:
        zones = timezone.time_zones_for_number(phonenumbers.parse(address))
    except phonenumbers.NumberParseException:
        return None
    if len(zones) != 1 or zones[0] == _UNKNOWN:
        return None
    try:
        return ZoneInfo(zones[0])
    except ZoneInfoNotFoundError:
        return None


def local_time(address: str, now: datetime | None = None) -> str:
    """The time of day there, such as 14:05; empty when it is not known."""
    zone = zone_of_number(address)
    return f"{(now or datetime.now(UTC)).astimezone(zone):%H:%M}" if zone else ""
