"""Messages as documents, and their indexes."""

from collections.abc import Sequence
from dataclasses import replace

from pymongo import ASCENDING, DESCENDING, IndexModel

from ticket_service.domain.message import Delivery, DeliveryState, Direction, Media, MediaState, Message
from ticket_service.mongo.audit_documents import ACTOR
from ticket_service.mongo.mapper import KEY, LIST, Document, Field, Mapper, enum, nested, sparse

# The words of a text, by which it is searched. A message that an earlier version has stored has none yet.
WORDS, WORDS_INDEX = "words", "search"
TEXTS_WITHOUT_TICKET_INDEX = "texts_without_ticket"
# What earlier versions searched by, and found texts without a ticket by.
OLD_INDEXES = ("words", "without_ticket_of_customer")
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
        [("customer_id", ASCENDING), ("erase_time", ASCENDING), ("message_time", DESCENDING), ("_id", DESCENDING)],
        name=TEXTS_WITHOUT_TICKET_INDEX,
        partialFilterExpression={"ticket_id": ""},
    ),
    IndexModel(
        [("schedule_due", ASCENDING), ("_id", ASCENDING)],
        name="schedule_due",
        partialFilterExpression={"schedule_due": _EXISTS},
    ),
    IndexModel(
        [("workspace_id", ASCENDING), ("send_time", ASCENDING), ("_id", ASCENDING)],
        name="scheduled",
        partialFilterExpression={"schedule_due": _EXISTS},
    ),
]
# What only a reply has that waits for its time: when somebody has to see to it, which is also a lease. It is in no
# outbox.
SCHEDULE_FIELDS = ("schedule_due", "schedule_lease")
# Replicas of a version that cannot send later know neither state. They see a reply that is in no outbox, and one that
# failed; `schedule` says what is meant.
_SCHEDULES = {
    DeliveryState.SCHEDULED: ("WAITING", DeliveryState.QUEUED),
    DeliveryState.CANCELLED: ("CANCELLED", DeliveryState.FAILED),
}
# Of a reply that is sent later nothing has been said, before it leaves or when it never does.
IS_SAID: Document = {"schedule": None}
NOT_CANCELLED: Document = {"schedule": {"$ne": "CANCELLED"}}
WAITS_FOR_ITS_TIME: Document = {"schedule": "WAITING"}
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
    delivery=sparse(
        None, nested(Mapper(Delivery, state=enum(DeliveryState), temporary=sparse(False), presumed=sparse(False)))
    ),
    request_id=sparse(""),
    is_notice=sparse(False),
    position=sparse(0),
    scheduled_position=sparse(0),
    recovered=sparse(False),
    further_parts=sparse((), LIST),
    request_digest=sparse(""),
    mentions=sparse((), LIST),
    erase_time=sparse(None),
    send_time=sparse(None),
    retry_of=sparse(""),
    retried_by=sparse(""),
    consent_basis=sparse(""),
    reopens=sparse(False),
)


def message_to_document(message: Message) -> Document:
    """As replicas of every version read it."""
    document = _MESSAGES.to_document(message)
    if message.delivery is not None and message.delivery.state in _SCHEDULES:
        document["schedule"], state = _SCHEDULES[message.delivery.state]
        document["delivery"]["state"] = state.value
        if message.waits_for_its_time:
            document["schedule_due"] = message.send_time
    return document


def message_from_document(document: Document) -> Message:
    """An inbound attachment without a state is awaited: those of a version that fetched none, too."""
    message = _with_schedule(_MESSAGES.from_document(document), document.get("schedule"))
    if message.direction is not Direction.INBOUND:
        return message
    return replace(message, media=tuple(replace(m, state=m.state or MediaState.PENDING) for m in message.media))


def _with_schedule(message: Message, schedule: str | None) -> Message:
    """What was ended by a replica of such a version, because it is being erased, is what that one made of it."""
    for state, meant in _SCHEDULES.items():
        if message.delivery is not None and (schedule, message.delivery.state) == meant:
            return replace(message, delivery=replace(message.delivery, state=state))
    return message


def as_it_stands(message: Message) -> Document:
    """That message, while its delivery is where it was read."""
    if message.delivery is None:
        return {"_id": message.message_id}
    schedule, state = _SCHEDULES.get(message.delivery.state, ("", message.delivery.state))
    waits = {"schedule": schedule} if schedule else {}
    return {"_id": message.message_id, "delivery.state": state.value, **waits}


def stored_behind(seen: Message) -> Document:
    """Messages of its ticket that came behind that one, and were not scheduled before it. Where it has no position, by
    when they were stored."""
    if seen.position:
        known = {"$not": {"$gt": 0, "$lte": seen.seen_position}}
        return {"ticket_id": seen.ticket_id, "position": {"$gt": seen.seen_position}, "scheduled_position": known}
    return {"ticket_id": seen.ticket_id, "create_time": {"$gt": seen.create_time}}
