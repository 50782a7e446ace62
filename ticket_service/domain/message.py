"""Messages and their delivery."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from ticket_service.domain.audit import Actor
from ticket_service.domain.customer import NOWHERE, Location
from ticket_service.domain.texts.keyword import Keyword

if TYPE_CHECKING:
    # A ticket says something of its last message.
    from ticket_service.domain.ticket import Ticket

# Twilio's limit for one message; longer ones are its error 21617. reply_parts.characters counts them.
MAX_REPLY_CHARACTERS = 1600
MAX_NOTE_CHARACTERS = 10_000


class Direction(Enum):
    """Which way a message went."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"
    NOTE = "NOTE"


class DeliveryState(Enum):
    """How far a reply got, in the order of progress; message.proto says what each means."""

    QUEUED = "QUEUED"
    ACCEPTED = "ACCEPTED"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    READ = "READ"
    SCHEDULED = "SCHEDULED"
    CANCELLED = "CANCELLED"


# No news of a reply leads there, or on from there: Twilio knows nothing of it.
_WITHIN_KEVA = frozenset({DeliveryState.SCHEDULED, DeliveryState.CANCELLED})
_RANK = {
    DeliveryState.QUEUED: 0,
    DeliveryState.ACCEPTED: 1,
    DeliveryState.SENT: 2,
    # Both final: whichever comes first stays. READ may follow DELIVERED.
    DeliveryState.DELIVERED: 3,
    DeliveryState.FAILED: 3,
    DeliveryState.READ: 4,
}


@dataclass(frozen=True)
class DeliveryUpdate:
    """News of a reply; `error_code` 0 and empty strings mean none. It failed because the customer has `opted_out`, or
    for a `temporary` reason. It is `presumed`: of a message that was recognised by its words alone."""

    message_id: str
    state: DeliveryState
    twilio_message_sid: str = ""
    error_code: int = 0
    error_text: str = ""
    segments: int = 0
    opted_out: bool = False
    temporary: bool = False
    presumed: bool = False


@dataclass(frozen=True)
class Delivery:
    """What became of a reply. `segments` are counted by us until Twilio says what it bills. `temporary`: it failed, and
    the same text may arrive when it is sent again later. `presumed`: Twilio's log has its words, which another program
    may have sent."""

    state: DeliveryState
    update_time: datetime
    error_code: int = 0
    error_text: str = ""
    segments: int = 0
    temporary: bool = False
    presumed: bool = False


class MediaState(Enum):
    """Whether Keva has the media of an inbound text; message.proto says what each means."""

    PENDING = "PENDING"
    STORED = "STORED"
    REFUSED = "REFUSED"


@dataclass(frozen=True)
class Media:
    """A picture or file of an MMS. On a reply, `url` is where Twilio fetches it, and `state` None. On an inbound text,
    `content_type` is as Twilio announces it, and `media_id` empty, until it is STORED."""

    url: str
    content_type: str
    state: MediaState | None = None
    media_id: str = ""
    size_bytes: int = 0
    error_text: str = ""


@dataclass(frozen=True)
class Message:
    """One text, inbound or outbound, or an internal note. `ticket_id` is empty for a keyword that started nothing.

    `is_notice`: it only says that a person will answer, and answers nothing itself. `position`: its number among the
    ticket's texts in the order in which they were stored, from 1; a reply that is sent later gets one when it is
    stored, and another one when it leaves. Of a note: that of the text before it. 0 for what versions stored that
    counted none. `scheduled_position`: the first one of a reply that was sent later and has left.
    `recovered`: its webhook never reached us, and it was found in Twilio's log.
    `further_parts`: the ids of the other messages of a reply that was split; on the first of them only.
    `request_digest`: a hash of the request, where the text alone does not identify it (reply_contents.PreparedReply).
    `send_time`: when a reply that is sent later is to leave, or was to. `retry_of`: the FAILED reply that it repeats;
    `retried_by`: the one that repeats it. `consent_basis`: why the customer may be texted, on a first text. `reopens`:
    a first text to be sent later, whose ticket is RESOLVED. `mentions`: the ids of the agents whom a note names.
    """

    message_id: str
    organization_id: str
    workspace_id: str
    ticket_id: str
    customer_id: str
    channel_id: str
    direction: Direction
    author: Actor
    text: str
    message_time: datetime
    create_time: datetime
    account_sid: str = ""
    twilio_message_sid: str = ""
    media: tuple[Media, ...] = ()
    delivery: Delivery | None = None
    request_id: str = ""
    is_notice: bool = False
    position: int = 0
    scheduled_position: int = 0
    recovered: bool = False
    further_parts: tuple[str, ...] = ()
    request_digest: str = ""
    erase_time: datetime | None = None
    send_time: datetime | None = None
    retry_of: str = ""
    retried_by: str = ""
    consent_basis: str = ""
    reopens: bool = False
    mentions: tuple[str, ...] = ()

    @property
    def seen_position(self) -> int:
        """Up to which position somebody has seen the ticket who has seen this: perhaps while it waited for its time, as
        its id is the same before and after."""
        return self.scheduled_position or self.position

    @property
    def waits_for_its_time(self) -> bool:
        """Whether it is SCHEDULED."""
        return self.delivery is not None and self.delivery.state is DeliveryState.SCHEDULED


@dataclass(frozen=True)
class InboundText:
    """A verified text on its way in."""

    organization_id: str
    account_sid: str
    twilio_message_sid: str
    customer_address: str
    channel_address: str
    text: str
    location: Location = NOWHERE
    media: tuple[Media, ...] = ()
    opt_out_type: Keyword | None = None
    sent_time: datetime | None = None
    recovered: bool = False
    fallback_error_code: int = 0


def record_media(message: Message, news: Media) -> Message:
    """The text after news of its media at that URL; what is STORED or REFUSED stays."""
    after = (news if known.url == news.url and known.state is MediaState.PENDING else known for known in message.media)
    return replace(message, media=tuple(after))


def advance(message: Message, update: DeliveryUpdate, now: datetime) -> Message:
    """The reply after `update`. A delivery never moves backwards, and what is final stays: late and repeated news
    change nothing but a MessageSid that was not known yet, a segment count that was our own, and a failure without an
    error code, which gets the one that comes late. What is certain takes the place of what is presumed."""
    if message.delivery is None:
        return message
    delivery, sid = message.delivery, message.twilio_message_sid
    is_certain = delivery.presumed and not update.presumed and bool(update.twilio_message_sid)
    was_anothers = is_certain and update.twilio_message_sid != sid
    if was_anothers or _moves_on(delivery.state, update.state) or _explains(delivery, update):
        reason = (update.error_code, update.error_text)
        # What is certain stays so, whatever comes late.
        presumed = update.presumed and (delivery.presumed or delivery.state is DeliveryState.QUEUED)
        delivery = Delivery(update.state, now, *reason, delivery.segments, update.temporary, presumed)
    elif is_certain:
        delivery = replace(delivery, presumed=False, update_time=now)
    if update.segments:
        delivery = replace(delivery, segments=update.segments)
    sid = update.twilio_message_sid if was_anothers else sid or update.twilio_message_sid
    return replace(message, delivery=delivery, twilio_message_sid=sid)


def _moves_on(before: DeliveryState, after: DeliveryState) -> bool:
    if before is DeliveryState.FAILED or {before, after} & _WITHIN_KEVA:
        return False
    return _RANK[after] > _RANK[before]


def _explains(delivery: Delivery, update: DeliveryUpdate) -> bool:
    failed = delivery.state is update.state is DeliveryState.FAILED
    return failed and bool(update.error_code) and not delivery.error_code


@dataclass(frozen=True)
class QueuedReply:
    """A reply that waits for sending, with its ticket. `segments_per_second`: how fast its number may send, 0 for what
    its kind may."""

    message: Message
    ticket: "Ticket"
    segments_per_second: float
    followed: bool = False


@dataclass(frozen=True)
class ClaimedReplies:
    """What a look at the outbox gave. `replies`: claimed now, those of one ticket together and in the order in which
    they leave. `followed`: ids of replies behind which others were found waiting. `more`: whether others are due that
    were not looked at. `next_due`: when the next one is, if that is known."""

    replies: tuple[QueuedReply, ...] = ()
    followed: frozenset[str] = frozenset()
    more: bool = False
    next_due: datetime | None = None


@dataclass(frozen=True)
class Wait:
    """Claimed replies of one ticket, in their order: the first is due again at `due`, each of the others once the one
    before has left. Without `due` they are given back: the first is due at once, whatever any replica's clock says."""

    message_ids: Sequence[str]
    due: datetime | None = None
