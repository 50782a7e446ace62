"""Marks of texts to numbers that are not subscribed: each is recorded once, however often its webhook comes. They stand
among the single values of `counters`."""

from ticket_service.domain.ingest_plan import RefusedKey
from ticket_service.mongo.mapper import Document


def mark_of_refusal(refused: RefusedKey) -> Document:
    """What says that it is recorded; a second one has the same id."""
    organization_id, message_sid = refused
    return {
        "_id": f"refused:{organization_id}:{message_sid}",
        "organization_id": organization_id,
        "twilio_message_sid": message_sid,
    }


def refusal_of_mark(mark: Document) -> RefusedKey:
    """What a mark is of."""
    return mark["organization_id"], mark["twilio_message_sid"]
