"""Where Twilio sends a number's texts, and whether that is to us. Asks nobody.

Rules: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource (a TwiML app makes Twilio ignore the
number's URLs) and https://www.twilio.com/docs/messaging/api/service-resource (so does a messaging service, unless it
uses the webhook on the number).
"""

import ipaddress
from urllib.parse import SplitResult, parse_qsl, urlsplit

from sms_service.domain.phone_number import InboundUrls, PhoneNumber, Route, RoutedNumber
from sms_service.twilio.records import MessagingService
from sms_service.twilio.signature import signed_urls

# What a number has that was just bought: a reply that thanks for the text and says how to set the URL.
_PLACEHOLDER_HOST = "demo.twilio.com"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LOCAL_DOMAINS = (".localhost", ".local", ".internal")


def routed(number: PhoneNumber, service: MessagingService | None, ours: InboundUrls) -> RoutedNumber:
    """`service` is the one that has the number and does not use its webhook, if there is one."""
    if service is None:
        route, trouble = _own_way(number, ours)
        return RoutedNumber(number, route, trouble=trouble)
    route, trouble = _way(service.urls, ours, Route.MESSAGING_SERVICE)
    return RoutedNumber(number, route, service.sid, trouble)


def own_route(number: PhoneNumber, ours: InboundUrls) -> Route:
    """Where the number itself sends its texts, whatever messaging service it may be in."""
    return _own_way(number, ours)[0]


def somebody_elses(number: PhoneNumber, ours: InboundUrls) -> str | None:
    """The host that setting the number up would take texts from (empty for a TwiML app); None when nobody loses
    anything: nothing is set, or our own URLs, or what Twilio puts on every new number."""
    if number.application_sid:
        return ""
    for given in (number.urls.url, number.urls.fallback_url):
        host = host_of(given)
        if given and host != _PLACEHOLDER_HOST and not _leads_to_us(given, ours):
            return host
    return None


def is_out_of_reach(public_url: str, twilio_url: str) -> bool:
    """Whether the Twilio at `twilio_url` is somewhere else than this machine or network, and `public_url` is not."""
    return _is_local(host_of(public_url)) and not _is_local(host_of(twilio_url))


def _own_way(number: PhoneNumber, ours: InboundUrls) -> tuple[Route, str]:
    if number.application_sid:
        return Route.TWIML_APP, ""
    return _way(number.urls, ours, Route.OTHER_WEBHOOK) if number.urls.url else (Route.NONE, "")


def _way(given: InboundUrls, ours: InboundUrls, elsewhere: Route) -> tuple[Route, str]:
    """Where texts go, `elsewhere` if not to us, and what is wrong with the way if it is ours."""
    if not _leads_to_us(given.url, ours):
        return elsewhere, _miss(given.url, ours)
    if trouble := _refusal(given.url, given.method, ours):
        return Route.KEVA_REFUSED, trouble
    if trouble := _fallback_trouble(given, ours):
        return Route.KEVA_INCOMPLETE, f"its fallback URL: {trouble}"
    same = _is_same(given.url, ours.url) and _is_same(given.fallback_url, ours.fallback_url)
    return Route.KEVA if same else Route.KEVA_INCOMPLETE, ""


def _fallback_trouble(given: InboundUrls, ours: InboundUrls) -> str:
    if not given.fallback_url:
        return ""
    if not _leads_to_us(given.fallback_url, ours):
        return _miss(given.fallback_url, ours) or f"it leads to {host_of(given.fallback_url) or 'nobody'}"
    return _refusal(given.fallback_url, given.fallback_method, ours)


def _refusal(given: str, method: str, ours: InboundUrls) -> str:
    """Why our gateway refuses what comes to a URL of its own; empty when it does not. It answers POST alone, and checks
    the signature with its own address, not with the one that Twilio has called and signed."""
    if method != ours.method:
        return f"its method is {method}, and Keva takes {ours.method} alone"
    called, mark, query = _without_fragment(given).partition("?")
    here = [_without_fragment(our) + mark + query for our in (ours.url, ours.fallback_url) if _leads_to(given, our)]
    checked = {form for url in here for form in signed_urls(url)}
    if checked.isdisjoint(signed_urls(called + mark + query)):
        return f"it begins with {_origin(given)}, and KEVA_PUBLIC_URL with {_origin(ours.url)}"
    return ""


def _miss(given: str, ours: InboundUrls) -> str:
    """That it leads to our host, and to no webhook there; empty when it leads elsewhere."""
    try:
        target = _target(urlsplit(given))
    except ValueError:
        return ""
    *place, path = target
    return f"Keva has no webhook at {path or '/'}" if tuple(place) == _target(urlsplit(ours.url))[:2] else ""


def _is_same(given: str, ours: str) -> bool:
    """Whether Twilio calls and signs the same URL, in the same way. It may write the fragment in another form."""
    (url, _, overrides), (our_url, _, our_overrides) = given.partition("#"), ours.partition("#")
    return url == our_url and sorted(parse_qsl(overrides)) == sorted(parse_qsl(our_overrides))


def _leads_to_us(given: str, ours: InboundUrls) -> bool:
    """Either of our addresses takes texts."""
    return _leads_to(given, ours.url) or _leads_to(given, ours.fallback_url)


def _leads_to(given: str, ours: str) -> bool:
    """Whether both lead to the same server and path: signed, repeated or encrypted otherwise, perhaps."""
    try:
        return _target(urlsplit(given)) == _target(urlsplit(ours))
    except ValueError:
        return False


def _target(url: SplitResult) -> tuple[str, int | None, str]:
    standard = url.port in (None, _DEFAULT_PORTS.get(url.scheme))
    return url.hostname or "", None if standard else url.port, url.path


def _without_fragment(url: str) -> str:
    """Twilio neither sends nor signs the fragment."""
    return url.partition("#")[0]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


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
