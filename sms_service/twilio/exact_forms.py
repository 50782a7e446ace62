"""The exact forms of the parameters that decide which message a webhook is about, and whose.

Twilio signs names and values without anything between them. Whoever has captured a webhook can cut the signed text into
other names and values, and the signature still fits: `NumMedia=0` behind `MessageSid=SM…` is also the one parameter
`MessageSid=SM…NumMedia0`, of a message that nobody knows. So each of them must look exactly as Twilio writes it, and no
part of the signed text that looks like one of them may be hidden in another one. What people write is free: only a
message's text may say whatever it likes, and what others say in it never counts.
"""

import re
from collections import defaultdict
from collections.abc import Mapping

from sms_service.domain.credential import is_account_sid
from sms_service.domain.message import is_message_sid
from sms_service.domain.webhook import Parameters, WebhookRefused

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_SAME_MESSAGE = ("MessageSid", "SmsSid", "SmsMessageSid")
_STATUS = re.compile(r"[A-Za-z_-]{1,32}")
# Where a parameter may be left empty, its form says so.
_FORMS: Mapping[str, re.Pattern[str]] = {
    "ErrorCode": re.compile(r"[0-9]{0,8}"),
    "ApiVersion": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "MessagingServiceSid": re.compile(r"(MG[0-9a-fA-F]{32})?"),
    "NumMedia": re.compile(r"[0-9]{0,2}"),
    "NumSegments": re.compile(r"[0-9]{0,3}"),
    "OptOutType": re.compile(r"[A-Za-z_-]{0,32}"),
    "MessageStatus": _STATUS,
    "SmsStatus": _STATUS,
}
# One value each: a second one would mean one thing here and another one elsewhere.
_SINGLE = {"AccountSid", "From", "To", "Body", *_SAME_MESSAGE, *_FORMS}

_FREE = "Body"
# What channels say of themselves, in JSON.
_STRUCTURED = ("AddOns", "ChannelMetadata", "FlowData", "InteractiveData")
_JSON = re.compile(r"|[{\[].*[}\]]", re.DOTALL)
# Names that stand in nothing else that Twilio sends, without the short ones that are words.
_TELLING = re.compile(
    "AccountSid|ApiVersion|MessageSid|MessageStatus|MessagingServiceSid|NumMedia|NumSegments|SmsSid|SmsStatus"
    "|MediaUrl[0-9]|MediaContentType[0-9]|(?:From|To)(?:City|Country|State|Zip)"
)
_NUMBERED = re.compile(r"Media(?:Url|ContentType)[0-9]{1,2}")
_DECIDING = re.compile(r"(?P<name>AccountSid|MessageSid|From|To)(?P<value>(?:AC|SM|MM)[0-9a-fA-F]{32}|\+[0-9]{7,15})")


def require_exact_forms(parameters: Parameters) -> None:
    """Raises WebhookRefused FIELD_INVALID, with the name of the first parameter that is not as Twilio writes it."""
    values: dict[str, set[str]] = defaultdict(set)
    has_text = any(name == _FREE for name, _ in parameters)
    for name, value in parameters:
        _require(_is_name(name), name)
        _require(name in (_FREE, *_STRUCTURED) or not _TELLING.search(value), name)
        _require(name not in _STRUCTURED or bool(_JSON.fullmatch(value)), name)
        # The text itself may be missing, but not be the end of its own name.
        _require(not name.startswith(_FREE) or name == _FREE or has_text, name)
        values[name].add(value)
    for name, several in values.items():
        _require(len(several) == 1 or name not in _SINGLE, name)
        form = _FORMS.get(name)
        _require(form is None or all(map(form.fullmatch, several)), name)
    _require_one_message(values)
    _require_nothing_hidden(values)


def _require(holds: bool, name: str) -> None:
    if not holds:
        raise WebhookRefused("FIELD_INVALID", name)


def _is_name(name: str) -> bool:
    """Whether it is a name, and not one with a value behind it. Twilio makes new ones at any time, also of others
    (`OriginalRepliedMessageSid`)."""
    found = _TELLING.search(name)
    return bool(_NAME.fullmatch(name)) and (
        found is None or found.end() == len(name) or bool(_NUMBERED.fullmatch(name))
    )


def _require_one_message(values: Mapping[str, set[str]]) -> None:
    named = {name: next(iter(values[name])) for name in _SAME_MESSAGE if name in values}
    for name, sid in named.items():
        # An empty one is what others say is missing.
        _require(not sid or is_message_sid(sid), name)
        _require(sid == named.get("MessageSid", sid), name)
    for sid in values.get("AccountSid", ()):
        _require(is_account_sid(sid), "AccountSid")


def _require_nothing_hidden(values: Mapping[str, set[str]]) -> None:
    """Whatever in the signed text reads as an account, a message or a number of either side is one, or stands in what
    the customer wrote: it may have been cut so that a name ends in one parameter and its value begins in the next."""
    signed, begins, written = "", set(), range(0)
    for name, value in sorted((name, value) for name, several in values.items() for value in several):
        begin = len(signed) + len(name)
        signed += name + value
        begins.add(begin)
        if name == _FREE:
            written = range(begin, len(signed))
    for found in _DECIDING.finditer(signed):
        _require(found.start("value") in begins or found.start("value") in written, found["name"])
