"""Business hours as a part of a workspace's document."""

from datetime import date

from ticket_service.domain.work.business_hours import BusinessHours, Holiday, Span
from ticket_service.mongo.mapper import Document, Field, Mapper

_SPAN = Mapper(Span)
# A day has no time, and MongoDB no days.
_HOLIDAY = Mapper(Holiday, day=Field(date.isoformat, date.fromisoformat))


def hours_to_document(hours: BusinessHours) -> Document:
    return {
        "time_zone": hours.time_zone,
        "spans": [_SPAN.to_document(span) for span in hours.spans],
        "holidays": [_HOLIDAY.to_document(holiday) for holiday in hours.holidays],
    }


def hours_from_document(document: Document) -> BusinessHours:
    return BusinessHours(
        document["time_zone"],
        tuple(map(_SPAN.from_document, document["spans"])),
        tuple(map(_HOLIDAY.from_document, document["holidays"])),
    )
