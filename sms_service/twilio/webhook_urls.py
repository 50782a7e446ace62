"""The addresses that Twilio is given for its webhooks, and what one of them says when it comes back."""

from urllib.parse import parse_qs, urlencode, urlsplit

from sms_service.domain.phone_number import InboundUrls

WEBHOOK_PATH = "/api/webhooks/twilio"
FALLBACK_PATH = "/api/webhooks/twilio/fallback"
STATUS_CALLBACK_PATH = "/api/webhooks/twilio/status"
# Twilio's connection overrides (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides). By itself
# Twilio repeats a webhook only when it got no connection, and gives up a status callback that was answered with 503.
# This way it tries again also after a 5xx or silence, for 15 s, its longest. The gateway answers within 3 s: after 4 s
# it will not any more, and another replica may.
CONNECTION_OVERRIDES = "rc=5&rp=ct,rt,5xx&rt=4000&tt=15000"


def our_urls(public_url: str) -> InboundUrls:
    """What a number is given when it is set up."""
    webhook, fallback = (f"{public_url}{path}#{CONNECTION_OVERRIDES}" for path in (WEBHOOK_PATH, FALLBACK_PATH))
    return InboundUrls(webhook, "POST", fallback, "POST")


def status_callback(public_url: str, message_id: str) -> str:
    """Where Twilio reports on the message with that id."""
    query = urlencode({"message_id": message_id})
    return f"{public_url}{STATUS_CALLBACK_PATH}?{query}#{CONNECTION_OVERRIDES}"


def path_of(url: str) -> str:
    """A webhook's URL without what follows its path."""
    return url.partition("?")[0].partition("#")[0]


def with_other_scheme(url: str) -> str:
    """The same URL with http for https, or the other way round."""
    scheme, separator, rest = url.partition("://")
    return f"{'http' if scheme == 'https' else 'https'}{separator}{rest}"


def message_id_in(status_callback_url: str) -> str:
    """The id of the message that a status callback is about; empty when its URL has none."""
    try:
        return parse_qs(urlsplit(status_callback_url).query).get("message_id", [""])[0]
    except ValueError:
        return ""
