"""Where Twilio sends a number's texts, in words."""

from urllib.parse import urlsplit

from client.words.language import marked, say
from keva.sms.v1 import sms_service_pb2 as pb

_PLACEHOLDER_HOST = "demo.twilio.com"
_ROUTE_TEXTS = {
    pb.INBOUND_ROUTE_NONE: marked("nowhere"),
    pb.INBOUND_ROUTE_KEVA: marked("Keva"),
    pb.INBOUND_ROUTE_KEVA_INCOMPLETE: marked("Keva, set up in part"),
    pb.INBOUND_ROUTE_KEVA_REFUSED: marked("Keva, which refuses them"),
    pb.INBOUND_ROUTE_TWIML_APP: marked("a TwiML app"),
}


def route_text(number: pb.PhoneNumber) -> str:
    """`Keva`, `nowhere`, the host of another webhook, …; and what is wrong with the way there, if it is ours."""
    return ": ".join(filter(None, (_place(number), number.inbound_trouble)))


def _place(number: pb.PhoneNumber) -> str:
    if number.inbound_route == pb.INBOUND_ROUTE_OTHER_WEBHOOK:
        return _host(number.sms_url) or say("another webhook")
    if number.inbound_route == pb.INBOUND_ROUTE_MESSAGING_SERVICE:
        return say("messaging service %(sid)s", sid=number.messaging_service_sid)
    # An older sms_service says no more than the URL.
    known = _ROUTE_TEXTS.get(number.inbound_route)
    return say(known) if known else number.sms_url or "-"


def reaches_keva(number: pb.PhoneNumber) -> bool:
    """Whether its texts come to Keva, as far as is known."""
    return number.inbound_route in (
        pb.INBOUND_ROUTE_KEVA,
        pb.INBOUND_ROUTE_KEVA_INCOMPLETE,
        pb.INBOUND_ROUTE_UNSPECIFIED,
    )


def is_wrong(number: pb.PhoneNumber, answered: bool) -> bool:
    """Whether texts are lost: on their way to Keva or, of a number that it answers, because they go elsewhere."""
    return bool(number.inbound_trouble) or (answered and not reaches_keva(number))


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
