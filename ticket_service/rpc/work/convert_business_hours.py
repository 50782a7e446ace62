"""Business hours: times of a clock as `HH:MM`, days as `YYYY-MM-DD`."""

import re
from datetime import date

from keva.ticket.v1 import business_hours_pb2 as pb
from servicekit.rpc.proto_values import enum_from_proto
from ticket_service import errors
from ticket_service.domain.work.business_hours import BusinessHours, Holiday, Span

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_END_OF_DAY = "24:00"
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def business_hours_to_proto(hours: BusinessHours | None) -> pb.BusinessHours | None:
    if hours is None:
        return None
    return pb.BusinessHours(
        time_zone=hours.time_zone,
        spans=[
            pb.OpenSpan(
                weekday=pb.Weekday.values()[span.weekday + 1],
                opens=_clock_to_text(span.opens),
                closes=_clock_to_text(span.closes),
            )
            for span in hours.spans
        ],
        holidays=[pb.Holiday(date=holiday.day.isoformat(), name=holiday.name) for holiday in hours.holidays],
    )


def business_hours_from_proto(hours: pb.BusinessHours) -> BusinessHours:
    """Raises FIELD_REQUIRED and FIELD_INVALID for values that are neither a day nor a time of day."""
    return BusinessHours(hours.time_zone, tuple(map(_span, hours.spans)), tuple(map(_holiday, hours.holidays)))


def _span(span: pb.OpenSpan) -> Span:
    weekday = enum_from_proto(pb.Weekday, span.weekday, lambda _: span.weekday - 1, "business_hours.spans.weekday")
    opens = _clock_from_text(span.opens, "business_hours.spans.opens")
    if span.closes == _END_OF_DAY:
        return Span(weekday, opens, 24 * 60)
    return Span(weekday, opens, _clock_from_text(span.closes, "business_hours.spans.closes"))


def _holiday(holiday: pb.Holiday) -> Holiday:
    try:
        if _DAY.fullmatch(holiday.date):
            return Holiday(date.fromisoformat(holiday.date), holiday.name)
    except ValueError:
        # As a day it may still be none, such as the 30th of February.
        pass
    raise errors.invalid("business_hours.holidays.date", "must be a day such as 2026-12-25")


def _clock_from_text(text: str, field: str) -> int:
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise errors.invalid(field, "must be a time such as 09:00 or 17:30")
    return int(match[1]) * 60 + int(match[2])


def _clock_to_text(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
