"""What became of a reply, as it stands below it: a mark, a word, and what can be done when it failed."""

from dataclasses import dataclass

from client.words.deliveries import delivery_trouble
from keva.ticket.v1 import message_pb2

_STATES = {
    message_pb2.DELIVERY_STATE_QUEUED: ("clock", "Waits to be sent"),
    message_pb2.DELIVERY_STATE_ACCEPTED: ("clock", "On its way"),
    message_pb2.DELIVERY_STATE_SENT: ("tick", "Sent"),
    message_pb2.DELIVERY_STATE_DELIVERED: ("ticks", "Delivered"),
    message_pb2.DELIVERY_STATE_READ: ("ticks", "Read"),
    message_pb2.DELIVERY_STATE_FAILED: ("warning", "Not delivered"),
    message_pb2.DELIVERY_STATE_SCHEDULED: ("clock", "Leaves later"),
    message_pb2.DELIVERY_STATE_CANCELLED: ("close", "Cancelled, never sent"),
}
_GOOD = frozenset({message_pb2.DELIVERY_STATE_DELIVERED, message_pb2.DELIVERY_STATE_READ})
# Twilio's codes for a number that takes no text, now or ever: writing there again changes nothing.
_OTHER_NUMBER = frozenset({21211, 21614, 30005, 30006, 63003})
_OPTED_OUT = 21610


@dataclass(frozen=True)
class DeliveryWords:
    """`icon` and `word` say how far it got. `trouble` is why it is not there, in Twilio's words, and `advice` what can
    be done; both empty when all is well. `may_retry`: the same can be sent again."""

    icon: str
    word: str
    is_good: bool
    has_failed: bool
    trouble: str = ""
    advice: str = ""
    may_retry: bool = False


def delivery_words(message: message_pb2.Message) -> DeliveryWords:
    """Of an outbound message."""
    delivery = message.delivery
    icon, word = _STATES.get(delivery.state, ("clock", "Unknown"))
    failed = delivery.state == message_pb2.DELIVERY_STATE_FAILED
    if message.retried_by:
        return DeliveryWords(icon, "Not delivered, sent again", False, failed, delivery_trouble(delivery))
    return DeliveryWords(
        icon=icon,
        word=word,
        is_good=delivery.state in _GOOD,
        has_failed=failed,
        trouble=delivery_trouble(delivery),
        advice=_advice(delivery) if failed else "",
        may_retry=failed,
    )


def _advice(delivery: message_pb2.Delivery) -> str:
    if delivery.error_code in _OTHER_NUMBER:
        return "Ask for another number."
    if delivery.error_code == _OPTED_OUT:
        return "They must text START to this number first."
    return "It may pass: try again in a while." if delivery.temporary else ""
