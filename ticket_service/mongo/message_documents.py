"""Messages as documents, and their indexes."""

from collections.abc import Sequence
from dataclasses import replace

from pymongo import ASCENDING, IndexModel

from ticket_service.domain.message import Delivery, DeliveryState, Direction, Media, MediaState, Message
from ticket_service.mongo.audit_documents import ACTOR
from ticket_service.mongo.mapper import KEY, LIST, Document, Field, Mapper, enum, nested, sparse

# The words of a text, by which it is searched. A message that an earlier version has stored has none yet.
WORDS, WORDS_INDEX = "words", "search"
# What earlier versions searched by.
OLD_WORDS_INDEX = "words"
_EXISTS = {"$exists": True}
INDEXES = [
    IndexModel(
        [("account_sid", ASCENDING), ("twilio_message_sid", ASCENDING)],
        name="one_message_per_message_sid",
        unique=True,
        partialFilterExpression={"twilio_message_sid": _EXISTS},
    ),
    IndexModel(
        [("workspace_id", ASCENDING), ("request_id", ASCENDING)],
        name="one_message_per_request_id",
        unique=True,
        partialFilterExpression={"request_id": _EXISTS},
    ),
    IndexModel([("ticket_id", ASCENDING), ("message_time", ASCENDING), ("_id", ASCENDING)], name="conversation"),
    IndexModel(
        [("outbox_due", ASCENDING), ("_id", ASCENDING)],
        name="outbox",
        partialFilterExpression={"outbox_due": _EXISTS},
    ),
    IndexModel(
        [("ticket_id", ASCENDING), ("position", ASCENDING)],
        name="outbox_of_ticket",
        partialFilterExpression={"outbox_due": _EXISTS},
    ),
    IndexModel([("outbox_behind", ASCENDING)], name="behind", partialFilterExpression={"outbox_behind": _EXISTS}),
    IndexModel([("workspace_id", ASCENDING), (WORDS, ASCENDING)], name=WORDS_INDEX),
    IndexModel(
        [("workspace_id", ASCENDING), ("erase_time", ASCENDING), ("create_time", ASCENDING)],
        name="without_ticket",
        partialFilterExpression={"ticket_id": ""},
    ),
    IndexModel(
        [("customer_id", ASCENDING), ("erase_time", ASCENDING)],
        name="without_ticket_of_customer",
        partialFilterExpression={"ticket_id": ""},
    ),
]
_MEDIA = Mapper(
    Media,
    state=sparse(None, enum(MediaState)),
    media_id=sparse(""),
    size_bytes=sparse(0),
    error_text=sparse(""),
)


def media_to_document(media: Sequence[Media]) -> list[Document]:
    """One that is awaited has no state."""
    awaited = [replace(item, state=None) if item.state is MediaState.PENDING else item for item in media]
    return [_MEDIA.to_document(item) for item in awaited]


def _media_from_document(documents: Sequence[Document]) -> tuple[Media, ...]:
    return tuple(_MEDIA.from_document(document) for document in documents)


_MESSAGES = Mapper(
    Message,
    message_id=KEY,
    direction=enum(Direction),
    author=ACTOR,
    twilio_message_sid=sparse(""),
    media=Field(media_to_document, _media_from_document),
    delivery=sparse(None, nested(Mapper(Delivery, state=enum(DeliveryState), temporary=sparse(False)))),
    request_id=sparse(""),
    is_notice=sparse(False),
    position=sparse(0),
    recovered=sparse(False),
    further_parts=sparse((), LIST),
    request_digest=sparse(""),
    erase_time=sparse(None),
)
message_to_document = _MESSAGES.to_document


def message_from_document(document: Document) -> Message:
    """An inbound attachment without a state is awaited: those of a version that fetched none, too."""
    message = _MESSAGES.from_document(document)
    if message.direction is not Direction.INBOUND:
        return message
    return replace(message, media=tuple(replace(m, state=m.state or MediaState.PENDING) for m in message.media))
