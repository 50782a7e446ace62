"""What became of a reply at Twilio."""

from client.words.enums import enum_name
from client.words.language import say
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


def delivery_state(delivery: message_pb2.Delivery) -> str:
    """QUEUED, SENT, DELIVERED, …"""
    return enum_name(message_pb2.DeliveryState, delivery.state)


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
        return ""
    code = say("Twilio's error %(code)s", code=delivery.error_code) if delivery.error_code else ""
    return ": ".join(part for part in (what, code, delivery.error_text) if part)
