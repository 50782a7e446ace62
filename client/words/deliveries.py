"""What became of a reply at Twilio."""

from client.words.enums import enum_name
from client.words.language import marked, say
from keva.ticket.v1 import message_pb2

# Nothing comes after these.
FINAL_STATES = frozenset(
    {
        message_pb2.DELIVERY_STATE_DELIVERED,
        message_pb2.DELIVERY_STATE_FAILED,
        message_pb2.DELIVERY_STATE_READ,
        message_pb2.DELIVERY_STATE_CANCELLED,
    }
)
# What to think of a reply that was recognised in Twilio's log by its words alone.
PRESUMED = marked(
    "Presumably: Twilio's answer was lost, and its log has these words, without a report on this reply. "
    "Another program may have sent them"
)


def delivery_state(delivery: message_pb2.Delivery) -> str:
    """QUEUED, SENT, DELIVERED, …; with a question mark where that is presumed."""
    name = enum_name(message_pb2.DeliveryState, delivery.state)
    return f"{name}?" if delivery.presumed else name


def delivery_trouble(delivery: message_pb2.Delivery) -> str:
    """What went wrong, with Twilio's code and its sentence; empty when nothing did. A reply that waits, for its next
    attempt or for one of Keva's own services, may have something too."""
    if delivery.state == message_pb2.DELIVERY_STATE_FAILED:
        what = say("Not delivered")
    elif delivery.error_code:
        what = say("The last attempt failed, the next one follows")
    elif delivery.error_text:
        what = say("Not sent yet")
    else:
        return say(PRESUMED) if delivery.presumed else ""
    code = say("Twilio's error %(code)s", code=delivery.error_code) if delivery.error_code else ""
    return ": ".join(part for part in (what, code, delivery.error_text) if part)
