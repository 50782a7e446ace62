"""The exact forms of the parameters that decide which message a webhook is about, and whose.

Twilio signs names and values without anything between them. Whoever has captured a webhook can cut the signed text into
other names and values, and the signature still fits: `NumMedia=0` behind `MessageSid=SM…` is also the one parameter
`MessageSid=SM…NumMedia0`, of a message that nobody knows. So each of them must look exactly as Twilio writes it, and no
part of the signed text that looks like one of them may be hidden in another one. What people write is free: only a
message's text may say whatever it likes, and what others say in it never counts.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from sms_service.domain.message import MESSAGE_SID
from sms_service.domain.webhook import Parameters, WebhookRefused

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_STATUS = re.compile(r"[A-Za-z_-]{0,32}")
# What channels say of themselves.
_JSON = re.compile(r"|[{\[].*[}\]]", re.DOTALL)
_SAME_MESSAGE = ("SmsSid", "SmsMessageSid")
# Each of them may be empty: then others say that it is missing.
_FORMS: Mapping[str, re.Pattern[str]] = {
    "AccountSid": re.compile(r"(?:AC[0-9a-fA-F]{32})?"),
    **dict.fromkeys(("MessageSid", *_SAME_MESSAGE), re.compile(f"(?:{MESSAGE_SID})?")),
    "MessagingServiceSid": re.compile(r"(?:MG[0-9a-fA-F]{32})?"),
    "ApiVersion": re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2})?"),
    "NumMedia": re.compile(r"[0-9]{0,2}"),
    "NumSegments": re.compile(r"[0-9]{0,3}"),
    "ErrorCode": re.compile(r"[0-9]{0,8}"),
    **dict.fromkeys(("MessageStatus", "SmsStatus", "OptOutType"), _STATUS),
    **dict.fromkeys(("AddOns", "ChannelMetadata", "FlowData", "InteractiveData"), _JSON),
}
_FREE = "Body"
# One value each: a second one would mean one thing here and another one elsewhere.
_SINGLE = {"From", "To", _FREE, *_FORMS}
# Names that stand in nothing else that Twilio sends, without the short ones that are words.
_TELLING = re.compile(
    "AccountSid|ApiVersion|MessageSid|MessageStatus|MessagingServiceSid|NumMedia|NumSegments|SmsSid|SmsStatus"
    "|MediaUrl[0-9]|MediaContentType[0-9]|(?:From|To)(?:City|Country|State|Zip)"
)
_NUMBERED = re.compile(r"Media(?:Url|ContentType)[0-9]{1,2}")
_DECIDING = re.compile(r"(?P<name>AccountSid|MessageSid|From|To)(?P<value>(?:AC|SM|MM)[0-9a-fA-F]{32}|\+[0-9]{7,15})")
_NAMES_KEPT = 1000


def require_exact_forms(parameters: Parameters) -> None:
    """Raises WebhookRefused FIELD_INVALID, with the name of a parameter that is not as Twilio writes it."""
    pairs = sorted(set(parameters))
    values = dict(pairs)
    for name, value in pairs:
        if not _is_name(name) or not _is_value(name, value):
            raise WebhookRefused("FIELD_INVALID", name)
        if value != values[name] and name in _SINGLE:
            raise WebhookRefused("FIELD_INVALID", name)
        # A text may be missing, but not be the end of its own name.
        if name.startswith(_FREE) and _FREE not in values:
            raise WebhookRefused("FIELD_INVALID", name)
    sid = values.get("MessageSid", "")
    for name in _SAME_MESSAGE:
        # Which one is missing is for others to say.
        if sid and values.get(name, "") not in ("", sid):
            raise WebhookRefused("FIELD_INVALID", name)
    _require_nothing_hidden(pairs)


@lru_cache(maxsize=_NAMES_KEPT)
def _is_name(name: str) -> bool:
    """Whether it is a name, and not one with a value behind it. Twilio makes new ones at any time, also of others
    (`OriginalRepliedMessageSid`)."""
    found = _TELLING.search(name)
    is_whole = found is None or found.end() == len(name) or _NUMBERED.fullmatch(name) is not None
    return is_whole and _NAME.fullmatch(name) is not None


def _is_value(name: str, value: str) -> bool:
    form = _FORMS.get(name)
    if form is not None:
        return form.fullmatch(value) is not None
    return name == _FREE or _TELLING.search(value) is None


def _require_nothing_hidden(pairs: Iterable[tuple[str, str]]) -> None:
    """Whatever in the signed text reads as an account, a message or a number of either side is one, or stands in what
    the customer wrote: it may have been cut so that a name ends in one parameter and its value begins in the next."""
    signed, begins, written = "", set(), range(0)
    for name, value in pairs:
        begin = len(signed) + len(name)
        signed += name + value
        begins.add(begin)
        if name == _FREE:
            written = range(begin, len(signed))
    for found in _DECIDING.finditer(signed):
        if found.start("value") not in begins and found.start("value") not in written:
            raise WebhookRefused("FIELD_INVALID", found["name"])
