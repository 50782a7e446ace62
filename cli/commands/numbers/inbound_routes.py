"""Where a number's texts go, in words, and what to do so that they come to Keva."""

from urllib.parse import urlsplit

from keva.sms.v1 import sms_service_pb2 as pb

_PLACEHOLDER_HOST = "demo.twilio.com"
_WORDS = {
    pb.INBOUND_ROUTE_NONE: "nowhere",
    pb.INBOUND_ROUTE_KEVA: "Keva",
    pb.INBOUND_ROUTE_KEVA_INCOMPLETE: "Keva, set up in part",
    pb.INBOUND_ROUTE_TWIML_APP: "a TwiML app",
}


def words(number: pb.PhoneNumber) -> str:
    """Where Twilio sends the number's texts."""
    if number.inbound_route == pb.INBOUND_ROUTE_OTHER_WEBHOOK:
        return _host(number.sms_url) or "another webhook"
    if number.inbound_route == pb.INBOUND_ROUTE_MESSAGING_SERVICE:
        return f"messaging service {number.messaging_service_sid}"
    # An older sms_service says no more than the URL.
    return _WORDS.get(number.inbound_route) or number.sms_url or "-"


def advice(number: pb.PhoneNumber, named: str = "") -> str:
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
        return f"{command} makes Twilio repeat texts that fail."
    if is_free(number):
        return f"{command} makes Twilio send its texts to Keva."
    return f"{command} --replace takes its texts over."


def reaches_keva(number: pb.PhoneNumber) -> bool:
    """Whether its texts come to Keva, as far as is known."""
    return number.inbound_route in (
        pb.INBOUND_ROUTE_KEVA,
        pb.INBOUND_ROUTE_KEVA_INCOMPLETE,
        pb.INBOUND_ROUTE_UNSPECIFIED,
    )


def is_free(number: pb.PhoneNumber) -> bool:
    """Whether nobody loses texts when they come to Keva: they go nowhere, or to the sample that Twilio puts on every
    new number, or to Keva already."""
    if number.inbound_route == pb.INBOUND_ROUTE_OTHER_WEBHOOK:
        return _host(number.sms_url) == _PLACEHOLDER_HOST
    return number.inbound_route not in (pb.INBOUND_ROUTE_TWIML_APP, pb.INBOUND_ROUTE_MESSAGING_SERVICE)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
