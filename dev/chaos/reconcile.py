"""Twilio's log beside the database, both ways: what is lost, doubled, somebody else's, or nobody's."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

from dev.chaos.senders import as_written, is_same
from dev.chaos.stored import Stored
from dev.chaos.unsent import given_up
from dev.chaos.written import Written
from dev.local_stack.desk import Desk
from dev.twilio_simulator.client import SimulatorClient
from dev.twilio_simulator.control.records import LoggedMessage
from dev.twilio_simulator.log import TRIAL_MARK
from keva.ticket.v1 import message_pb2
from servicekit.encodable import encodable

_INBOUND, _OUTBOUND = message_pb2.MESSAGE_DIRECTION_INBOUND, message_pb2.MESSAGE_DIRECTION_OUTBOUND
_CANCELLED = message_pb2.DELIVERY_STATE_CANCELLED
_FINAL = {
    "delivered": message_pb2.DELIVERY_STATE_DELIVERED,
    "undelivered": message_pb2.DELIVERY_STATE_FAILED,
    "failed": message_pb2.DELIVERY_STATE_FAILED,
}


@dataclass(frozen=True)
class Books:
    """What both sides have. Texts are named by MessageSid, replies by message id. `given_up`: replies that ended as is
    documented, and why; they are not among the unsent ones. `not_cancelled`: what somebody was told is cancelled."""

    texts: int
    stored: int
    recovered: int
    lost: Sequence[str]
    doubled: Sequence[str]
    unknown_texts: Sequence[str]
    misplaced: Sequence[str]
    out_of_order: int
    replies: int
    sent_once: int
    unsent: Sequence[str]
    sent_twice: Sequence[str]
    unknown_sms: Sequence[str]
    overtaken: Sequence[str]
    unsettled: Sequence[str]
    given_up: Mapping[str, str] = field(default_factory=dict)
    cancelled: int = 0
    not_cancelled: Sequence[str] = ()
    sent_though_cancelled: Sequence[str] = ()
    crossed: Sequence[str] = ()
    split_threads: Sequence[str] = ()

    @property
    def promises_kept(self) -> bool:
        """Whether nothing is lost, doubled, on another ticket, unsent, sent twice, too early or though cancelled,
        cancelled and something else, crossed unseen, or on one side only."""
        texts = (self.lost, self.doubled, self.unknown_texts, self.misplaced, self.split_threads)
        agents = (self.sent_though_cancelled, self.not_cancelled, self.crossed)
        return not any((*texts, *agents, self.unsent, self.sent_twice, self.unknown_sms, self.overtaken))

    @property
    def quiet(self) -> bool:
        """Whether there is nothing left to come."""
        return not (self.lost or self.unsent or self.unsettled)


async def reconcile(
    desks: Sequence[Desk], simulator: SimulatorClient, written: Written, hasty: Collection[str] = ()
) -> Books:
    """Reads both sides. `written` is what callers were told; `hasty` are the addresses of customers who text again
    before they are answered, so that their texts have no order."""
    # Twilio's side first: what comes in between is too much on ours, and never looks lost.
    log = await simulator.messages()
    conversations = [
        [Stored(ticket, message) for message in await desk.messages(ticket)]
        for desk in desks
        for ticket in await desk.tickets()
    ]
    return compare(log, conversations, written, hasty)


def compare(
    log: Sequence[LoggedMessage],
    conversations: Sequence[Sequence[Stored]],
    written: Written,
    hasty: Collection[str] = (),
) -> Books:
    """The books of Twilio's log, in the order in which Twilio took the messages, and of all conversations."""
    texts = {entry.sid: entry for entry in log if entry.direction == "inbound"}
    sent: defaultdict[str, list[LoggedMessage]] = defaultdict(list)
    for entry in log:
        if entry.direction != "inbound":
            sent[_message_id(entry)].append(entry)
    everything = [stored for conversation in conversations for stored in conversation]
    inbound = [stored for stored in everything if stored.message.direction == _INBOUND]
    outbound = {s.message.message_id: s for s in everything if s.message.direction == _OUTBOUND}
    times = Counter(stored.message.twilio_message_sid for stored in inbound)
    # Where an answer was lost, the agent may not know that it is cancelled.
    cancelled = written.cancelled | {i for i, s in outbound.items() if _is_cancelled(s)}
    replies = (outbound.keys() | written.accepted.keys()) - cancelled
    ended = given_up((s for i, s in outbound.items() if i in replies and not sent[i]), log)
    return Books(
        texts=len(texts),
        stored=len(inbound),
        recovered=sum(stored.message.recovered for stored in inbound),
        lost=[sid for sid in texts if not times[sid]],
        doubled=[sid for sid, count in times.items() if count > 1],
        unknown_texts=sorted(times.keys() - texts.keys()),
        misplaced=[s.message.twilio_message_sid for s in inbound if _is_misplaced(s, texts)],
        out_of_order=sum(_out_of_order(conversation, hasty) for conversation in conversations),
        replies=len(replies),
        sent_once=sum(len(sent[message_id]) == 1 for message_id in replies),
        unsent=[message_id for message_id in replies if not sent[message_id] and message_id not in ended],
        sent_twice=[message_id for message_id in replies if len(sent[message_id]) > 1],
        unknown_sms=[
            entry.sid for i, entries in sent.items() for entry in entries if not _is_of(outbound.get(i), entry)
        ],
        overtaken=[i for conversation in conversations for i in _overtaken(conversation, log)],
        unsettled=_unsettled((s for i, s in outbound.items() if i not in cancelled and i not in ended), log),
        given_up=ended,
        cancelled=len(cancelled),
        not_cancelled=[i for i in sorted(written.cancelled) if not _is_cancelled(outbound.get(i))],
        sent_though_cancelled=sorted(message_id for message_id in cancelled if sent[message_id]),
        crossed=[i for conversation in conversations for i in _crossed(conversation, written)],
        split_threads=_split_threads(conversations),
    )


def _is_cancelled(stored: Stored | None) -> bool:
    return stored is not None and stored.message.delivery.state == _CANCELLED


def _message_id(entry: LoggedMessage) -> str:
    """Which reply an SMS was sent for, as its status callback says; empty when it has none."""
    return parse_qs(urlsplit(entry.status_callback).query).get("message_id", [""])[0]


def _is_misplaced(stored: Stored, texts: Mapping[str, LoggedMessage]) -> bool:
    """Whether a text is on somebody else's ticket, or not what was sent."""
    entry = texts.get(stored.message.twilio_message_sid)
    if entry is None:
        return False
    # Half of a character, as a carrier leaves it, is kept as what stands for it.
    said = (stored.ticket.channel_address, stored.message.text) == (entry.to, encodable(entry.body))
    return not said or not is_same(stored.ticket.customer_address, entry.from_)


def _is_of(stored: Stored | None, entry: LoggedMessage) -> bool:
    """Whether an SMS is that reply, to that customer."""
    if stored is None:
        return False
    written = (stored.ticket.channel_address, stored.ticket.customer_address, stored.message.text)
    return written == (entry.from_, entry.to, entry.body.removeprefix(TRIAL_MARK))


def _out_of_order(conversation: Sequence[Stored], hasty: Collection[str]) -> int:
    """How many of a customer's texts stand before one that was sent earlier."""
    ordered = [stored for stored in conversation if stored.ticket.customer_address not in hasty]
    inbound = [stored.message for stored in ordered if stored.message.direction == _INBOUND]
    numbers = [int(message.text.split()[1]) for message in inbound if message.text.startswith("text ")]
    return sum(before > after for before, after in pairwise(numbers))


def _overtaken(conversation: Sequence[Stored], log: Sequence[LoggedMessage]) -> Iterator[str]:
    """Replies that Twilio took after one which was written later."""
    places = {entry.sid: place for place, entry in enumerate(log)}
    outbound = [stored.message for stored in conversation if stored.message.direction == _OUTBOUND]
    # Not by their times, which two of them may share.
    outbound.sort(key=lambda message: message.position)
    known = [message for message in outbound if message.twilio_message_sid in places]
    for before, after in pairwise(known):
        if places[before.twilio_message_sid] > places[after.twilio_message_sid]:
            yield before.message_id


def _crossed(conversation: Sequence[Stored], written: Written) -> Iterator[str]:
    """Replies between which and what their writers had seen last somebody said something that was not planned when they
    looked."""
    said = [stored.message for stored in conversation if stored.message.direction in (_INBOUND, _OUTBOUND)]
    for message in said:
        seen = written.seen.get(message.message_id)
        if seen is None:
            continue
        between = [other for other in said if seen < other.position < message.position]
        # Of one whose writer got no answer, ticket_service alone knows that it was planned.
        planned = (written.scheduled.get(o.message_id) or o.seen_position or o.position for o in between)
        if any(position > seen for position in planned):
            yield message.message_id


def _split_threads(conversations: Sequence[Sequence[Stored]]) -> list[str]:
    """The tickets of threads that have several, though nobody has closed one."""
    threads: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for stored in (stored for conversation in conversations for stored in conversation):
        ticket = stored.ticket
        threads[ticket.channel_address, as_written(ticket.customer_address, 1)].add(ticket.ticket_id)
    return [ticket_id for tickets in threads.values() if len(tickets) > 1 for ticket_id in sorted(tickets)]


def _unsettled(outbound: Iterable[Stored], log: Sequence[LoggedMessage]) -> list[str]:
    """Replies whose delivery is not, or not yet, what Twilio has of it."""
    status = {entry.sid: entry.status for entry in log}
    return [
        stored.message.message_id
        for stored in outbound
        if stored.message.delivery.state != _FINAL.get(status.get(stored.message.twilio_message_sid, ""))
    ]
