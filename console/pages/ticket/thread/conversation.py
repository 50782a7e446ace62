"""A window of messages and records as a conversation: days, runs of one writer, and what happened in between."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from console.pages.ticket.articles import articles_of_trail
from console.pages.ticket.thread.attachments import attachments_of
from console.pages.ticket.thread.deliveries import delivery_words
from console.pages.ticket.thread.happenings import Happening, Known, articles_of, happening
from console.pages.ticket.thread.items import Bubble, Day, Happenings, Item, Scheduled, Unseen
from console.pages.ticket.thread.reading import Window, time_of
from console.words.texts import folded
from console.words.zones import day_words
from keva.ticket.v1 import actor_pb2, message_pb2

_RUN = timedelta(minutes=10)
_FOLDED_FROM = 10
_SCHEDULED_LINES, _SCHEDULED_CHARACTERS = 4, 240
_SIDES = {
    message_pb2.MESSAGE_DIRECTION_INBOUND: "theirs",
    message_pb2.MESSAGE_DIRECTION_OUTBOUND: "ours",
    message_pb2.MESSAGE_DIRECTION_NOTE: "note",
}


@dataclass(frozen=True)
class Reader:
    """Who reads, where and when: `read_message_id` is the last message that they had seen, empty when nothing is new to
    them."""

    known: Known
    zone: tzinfo
    now: datetime
    media_url: Callable[[message_pb2.Message, str], str]
    read_message_id: str = ""


def conversation(window: Window, reader: Reader) -> list[Item]:
    """What is shown of it, in its order."""
    moments: list[tuple[datetime, message_pb2.Message | Happening]] = [(time_of(m), m) for m in window.messages]
    happened = (happening(record, reader.known) for record in window.records)
    moments += [(each.time, each) for each in happened if each is not None]
    # What happened at the time of a text follows from it.
    moments.sort(key=lambda moment: (moment[0], isinstance(moment[1], Happening)))
    seen = next((m.position for m in window.messages if m.message_id == reader.read_message_id), None)
    return list(_Builder(reader, articles_of(list(window.records)), seen).build(moments))


class _Builder:
    def __init__(self, reader: Reader, articles: Mapping[str, str], seen: int | None) -> None:
        self._reader = reader
        self._articles = articles
        self._seen = seen
        self._day: date | None = None
        self._run: tuple[str, str, datetime] | None = None
        self._waiting: list[Happening] = []

    def build(self, moments: Sequence[tuple[datetime, message_pb2.Message | Happening]]) -> Iterator[Item]:
        for time, what in moments:
            day = time.astimezone(self._reader.zone).date()
            if day != self._day:
                yield from self._happened()
                self._day, self._run = day, None
                yield Day(day_words(day, self._reader.now.astimezone(self._reader.zone).date()))
            if isinstance(what, Happening):
                self._waiting.append(what)
            else:
                yield from self._happened()
                yield from self._said(what)
        yield from self._happened()

    def _happened(self) -> Iterator[Item]:
        if self._waiting:
            yield Happenings(tuple(self._waiting), len(self._waiting) >= _FOLDED_FROM)
            self._waiting, self._run = [], None

    def _said(self, message: message_pb2.Message) -> Iterator[Item]:
        inbound = message.direction == message_pb2.MESSAGE_DIRECTION_INBOUND
        if self._seen is not None and inbound and message.position > self._seen:
            self._seen, self._run = None, None
            yield Unseen()
        yield self._bubble(message)

    def _bubble(self, message: message_pb2.Message) -> Bubble:
        time, side = time_of(message), _SIDES.get(message.direction, "note")
        begins = not self._continues(side, message.author.id, time)
        self._run = (side, message.author.id, time)
        is_ai = message.author.kind == actor_pb2.ACTOR_KIND_AI
        return Bubble(
            message=message,
            time=time,
            side=side,
            author=self._reader.known.actor(message.author) if begins and side != "theirs" else "",
            is_ai=is_ai,
            begins_run=begins,
            text=folded(message.text),
            attachments=attachments_of(message, self._reader.media_url),
            delivery=delivery_words(message) if side == "ours" else None,
            articles=articles_of_trail(self._articles.get(message.message_id, "")) if is_ai else (),
            mentions_reader=self._reader.known.reader_id in message.mentions,
        )

    def _continues(self, side: str, author_id: str, time: datetime) -> bool:
        if self._run is None:
            return False
        known_side, known_author, last = self._run
        return (known_side, known_author) == (side, author_id) and time - last < _RUN


def scheduled(window: Window) -> list[Scheduled]:
    """What waits for its time: each takes little room until somebody wants all of it."""
    return [
        Scheduled(message, folded(message.text, _SCHEDULED_LINES, _SCHEDULED_CHARACTERS))
        for message in window.scheduled
    ]


def last_seen_id(messages: Sequence[message_pb2.Message]) -> str:
    """Of what is shown, what waits for its time included, the text that a reply names as seen. Notes are not
    compared. Empty when there is none."""
    texts = [message for message in messages if message.direction != message_pb2.MESSAGE_DIRECTION_NOTE]
    return max(texts, key=lambda message: (message.seen_position, time_of(message))).message_id if texts else ""
