"""Where Twilio sends a number's texts, and whether that is to us. Asks nobody.

Rules: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource (a TwiML app makes Twilio ignore the
number's URLs) and https://www.twilio.com/docs/messaging/api/service-resource (so does a messaging service, unless it
uses the webhook on the number).
"""

import ipaddress
from urllib.parse import SplitResult, parse_qsl, urlsplit

from sms_service.domain.phone_number import InboundUrls, PhoneNumber, Route, RoutedNumber
from sms_service.twilio.records import MessagingService

# What a number has that was just bought: a reply that thanks for the text and says how to set the URL.
_PLACEHOLDER_HOST = "demo.twilio.com"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LOCAL_DOMAINS = (".localhost", ".local", ".internal")


def routed(number: PhoneNumber, service: MessagingService | None, ours: InboundUrls) -> RoutedNumber:
    """`service` is the one that has the number and does not use its webhook, if there is one."""
    if service is None:
        return RoutedNumber(number, own_route(number, ours))
    to_us = _leads_to(service.urls.url, ours.url)
    route = _completeness(service.urls, ours) if to_us else Route.MESSAGING_SERVICE
    return RoutedNumber(number, route, service.sid)


def own_route(number: PhoneNumber, ours: InboundUrls) -> Route:
    """Where the number itself sends its texts, whatever messaging service it may be in."""
    if number.application_sid:
        return Route.TWIML_APP
    if not number.urls.url:
        return Route.NONE
    return _completeness(number.urls, ours) if _leads_to(number.urls.url, ours.url) else Route.OTHER_WEBHOOK


def somebody_elses(number: PhoneNumber, ours: InboundUrls) -> str | None:
    """The host that setting the number up would take texts from (empty for a TwiML app); None when nobody loses
    anything: nothing is set, or our own URLs, or what Twilio puts on every new number."""
    if number.application_sid:
        return ""
    for given, our in ((number.urls.url, ours.url), (number.urls.fallback_url, ours.fallback_url)):
        host = host_of(given)
        if given and host != _PLACEHOLDER_HOST and not _leads_to(given, our):
            return host
    return None


def is_out_of_reach(public_url: str, twilio_url: str) -> bool:
    """Whether the Twilio at `twilio_url` is somewhere else than this machine or network, and `public_url` is not."""
    return _is_local(host_of(public_url)) and not _is_local(host_of(twilio_url))


def _completeness(given: InboundUrls, ours: InboundUrls) -> Route:
    methods = given.method, given.fallback_method
    same = _is_same(given.url, ours.url) and _is_same(given.fallback_url, ours.fallback_url)
    return Route.KEVA if same and methods == (ours.method, ours.fallback_method) else Route.KEVA_INCOMPLETE


def _is_same(given: str, ours: str) -> bool:
    """Whether Twilio calls and signs the same URL, in the same way. It may write the fragment in another form."""
    (url, _, overrides), (our_url, _, our_overrides) = given.partition("#"), ours.partition("#")
    return url == our_url and sorted(parse_qsl(overrides)) == sorted(parse_qsl(our_overrides))


def _leads_to(given: str, ours: str) -> bool:
    """Whether both lead to the same server and path: signed, repeated or encrypted otherwise, perhaps."""
    try:
        return _target(urlsplit(given)) == _target(urlsplit(ours))
    except ValueError:
        return False


def _target(url: SplitResult) -> tuple[str, int | None, str]:
    standard = url.port in (None, _DEFAULT_PORTS.get(url.scheme))
    return url.hostname or "", None if standard else url.port, url.path


def host_of(url: str) -> str:
    """The host of a webhook; empty when there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_local(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        # A name without a dot is one of a cluster, of Compose, or of this machine.
        return "." not in host.rstrip(".") or host.endswith(_LOCAL_DOMAINS)
