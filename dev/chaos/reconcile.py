"""Twilio's log beside the database, both ways: what is lost, doubled, or nobody's."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dev.local_stack.desk import Desk
from dev.twilio_simulator.client import SimulatorClient
from dev.twilio_simulator.records import LoggedMessage
from keva.ticket.v1 import message_pb2

_FINAL = {
    "delivered": message_pb2.DELIVERY_STATE_DELIVERED,
    "undelivered": message_pb2.DELIVERY_STATE_FAILED,
    "failed": message_pb2.DELIVERY_STATE_FAILED,
}


@dataclass(frozen=True)
class Books:
    """What both sides have. Texts are named by MessageSid, replies by message id."""

    texts: int
    stored: int
    recovered: int
    lost: Sequence[str]
    doubled: Sequence[str]
    unknown_texts: Sequence[str]
    out_of_order: int
    replies: int
    sent_once: int
    unsent: Sequence[str]
    sent_twice: Sequence[str]
    unknown_sms: Sequence[str]
    unsettled: Sequence[str]

    @property
    def promises_kept(self) -> bool:
        """Whether nothing is lost, doubled, unsent, sent twice, or on one side only."""
        return not any((self.lost, self.doubled, self.unknown_texts, self.unsent, self.sent_twice, self.unknown_sms))

    @property
    def quiet(self) -> bool:
        """Whether there is nothing left to come."""
        return not (self.lost or self.unsent or self.unsettled)


async def reconcile(desks: Sequence[Desk], simulator: SimulatorClient, accepted: Mapping[str, str]) -> Books:
    """Reads both sides. `accepted` are the texts of the replies that callers were told are stored, by message id; no
    two replies have the same text."""
    log = await simulator.messages()
    conversations = [await desk.messages(ticket) for desk in desks for ticket in await desk.tickets()]
    messages = [message for conversation in conversations for message in conversation]
    inbound = [m for m in messages if m.direction == message_pb2.MESSAGE_DIRECTION_INBOUND]
    outbound = {m.message_id: m for m in messages if m.direction == message_pb2.MESSAGE_DIRECTION_OUTBOUND}
    at_twilio = [entry.sid for entry in log if entry.direction == "inbound"]
    stored = Counter(m.twilio_message_sid for m in inbound)
    sent = Counter(entry.body for entry in log if entry.direction != "inbound")
    texts = {**{m.message_id: m.text for m in outbound.values()}, **accepted}
    return Books(
        texts=len(at_twilio),
        stored=len(inbound),
        recovered=sum(m.recovered for m in inbound),
        lost=[sid for sid in at_twilio if not stored[sid]],
        doubled=[sid for sid, count in stored.items() if count > 1],
        unknown_texts=sorted(stored.keys() - set(at_twilio)),
        out_of_order=sum(map(_out_of_order, conversations)),
        replies=len(texts),
        sent_once=sum(sent[text] == 1 for text in texts.values()),
        unsent=[message_id for message_id, text in texts.items() if not sent[text]],
        sent_twice=[message_id for message_id, text in texts.items() if sent[text] > 1],
        unknown_sms=[entry.sid for entry in log if entry.direction != "inbound" and entry.body not in texts.values()],
        unsettled=_unsettled(outbound, log),
    )


def _out_of_order(conversation: Sequence[message_pb2.Message]) -> int:
    """How many of a customer's texts stand before one that was sent earlier."""
    inbound = [m for m in conversation if m.direction == message_pb2.MESSAGE_DIRECTION_INBOUND]
    numbers = [int(message.text.removeprefix("text ")) for message in inbound]
    return sum(before > after for before, after in pairwise(numbers))


def _unsettled(outbound: Mapping[str, message_pb2.Message], log: Sequence[LoggedMessage]) -> list[str]:
    """Replies whose delivery is not, or not yet, what Twilio has of it."""
    status = {entry.sid: entry.status for entry in log}
    return [
        message_id
        for message_id, message in outbound.items()
        if message.delivery.state != _FINAL.get(status.get(message.twilio_message_sid, ""))
    ]
