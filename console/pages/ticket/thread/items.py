"""What a conversation shows, one below the other. `kind` chooses how."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.pages.ticket.articles import NamedArticle
from console.pages.ticket.thread.deliveries import DeliveryWords
from console.pages.ticket.thread.happenings import Happening
from console.words.texts import Folded
from keva.ticket.v1 import message_pb2


@dataclass(frozen=True)
class Day:
    """Above the first of a day."""

    words: str
    kind: str = "day"


@dataclass(frozen=True)
class Unseen:
    """Above the first text that the reader has not seen."""

    kind: str = "unseen"


@dataclass(frozen=True)
class Happenings:
    """What happened between two texts; folded when it is much."""

    all: Sequence[Happening]
    is_folded: bool
    kind: str = "happenings"


@dataclass(frozen=True)
class Attachment:
    """One of the media of a message. `url` is where a browser gets it, empty while there is none; `show` is image,
    audio, video, contact, file, or link where it is not with us; `size` and `trouble` are words, and
    `contact_url` is where a contact is shown."""

    url: str
    show: str
    media_type: str
    size: str
    trouble: str = ""
    contact_url: str = ""


@dataclass(frozen=True)
class Bubble:
    """A text or a note. `side`: theirs, ours or note. `author` stands below the first of a run, and is empty below the
    others. `articles` are those that the AI's answer rests on."""

    message: message_pb2.Message
    time: datetime
    side: str
    author: str
    is_ai: bool
    begins_run: bool
    text: Folded
    attachments: Sequence[Attachment]
    delivery: DeliveryWords | None
    articles: Sequence[NamedArticle]
    mentions_reader: bool
    kind: str = "bubble"


@dataclass(frozen=True)
class Scheduled:
    """A reply that waits for its time."""

    message: message_pb2.Message
    text: Folded


Item = Day | Unseen | Happenings | Bubble
