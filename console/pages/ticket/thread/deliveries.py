"""What became of a reply, as it stands below it: a mark, a word, and why it did not arrive."""

from dataclasses import dataclass

from client.words.deliveries import delivery_trouble
from client.words.language import marked, say
from keva.ticket.v1 import message_pb2

_STATES = {
    message_pb2.DELIVERY_STATE_QUEUED: ("clock", marked("Waits to be sent")),
    message_pb2.DELIVERY_STATE_ACCEPTED: ("clock", marked("On its way")),
    message_pb2.DELIVERY_STATE_SENT: ("tick", marked("Sent")),
    message_pb2.DELIVERY_STATE_DELIVERED: ("ticks", marked("Delivered")),
    message_pb2.DELIVERY_STATE_READ: ("ticks", marked("Read")),
    message_pb2.DELIVERY_STATE_FAILED: ("warning", marked("Not delivered")),
    message_pb2.DELIVERY_STATE_SCHEDULED: ("clock", marked("Leaves later")),
    message_pb2.DELIVERY_STATE_CANCELLED: ("close", marked("Cancelled, never sent")),
}
_GOOD = frozenset({message_pb2.DELIVERY_STATE_DELIVERED, message_pb2.DELIVERY_STATE_READ})


# Refused for what stands in them: other words may arrive, the same ones do not (sms_service/twilio/errors.py).
_REWORD = frozenset(
    {11751, 21602, 21604, 21617, 21619, 21620, 21623, 30007, 30019, 30038, 30039, 30044},
)
# Refused for whom they are for: nothing that is sent there arrives. 30024 passes when a carrier has learnt our number.
_NO_WAY = frozenset({21211, 21214, 21217, 21610, 21612, 21614, 21635, 30004, 30005, 30006, 30450})


@dataclass(frozen=True)
class DeliveryWords:
    """`icon` and `word` say how far it got. `trouble` is why it is not there and what can be done, empty when all is
    well. `may_retry`: the same can arrive when it is sent again; `may_reword`: other words can."""

    icon: str
    word: str
    is_good: bool
    has_failed: bool
    trouble: str = ""
    may_retry: bool = False
    may_reword: bool = False


def delivery_words(message: message_pb2.Message) -> DeliveryWords:
    """Of an outbound message."""
    delivery = message.delivery
    icon, word = _STATES.get(delivery.state, ("clock", marked("Unknown")))
    failed = delivery.state == message_pb2.DELIVERY_STATE_FAILED
    if message.retried_by:
        return DeliveryWords(icon, say("Not delivered, sent again"), False, failed, delivery_trouble(delivery))
    return DeliveryWords(
        icon=icon,
        word=say("%(word)s, presumably", word=say(word)) if delivery.presumed else say(word),
        is_good=delivery.state in _GOOD and not delivery.presumed,
        has_failed=failed,
        trouble=delivery_trouble(delivery),
        may_retry=failed and delivery.error_code not in _REWORD | _NO_WAY,
        may_reword=failed and delivery.error_code in _REWORD,
    )
