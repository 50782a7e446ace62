"""What to do so that Twilio sends a number's texts to Keva."""

from client.words.inbound_routes import is_free
from keva.sms.v1 import sms_service_pb2 as pb


def route_hint(number: pb.PhoneNumber, named: str = "") -> str:
    """What to do about it; empty when all is well, or nothing is known. `named` stands for the number."""
    command = f"keva numbers configure {named or number.phone_number}"
    if number.messaging_service_sid and number.inbound_route != pb.INBOUND_ROUTE_KEVA:
        return (
            f"In Twilio's console, open the messaging service {number.messaging_service_sid}, Integration, and choose "
            f'"Defer to sender\'s webhook"; then: {command}.'
        )
    if number.inbound_route in (pb.INBOUND_ROUTE_KEVA, pb.INBOUND_ROUTE_UNSPECIFIED):
        return ""
    if number.inbound_route == pb.INBOUND_ROUTE_KEVA_INCOMPLETE:
        # The fallback URL may be somebody else's.
        return f"{command}{' --replace' if number.inbound_trouble else ''} makes Twilio repeat texts that fail."
    if is_free(number):
        return f"{command} makes Twilio send its texts to Keva."
    return f"{command} --replace takes its texts over."
