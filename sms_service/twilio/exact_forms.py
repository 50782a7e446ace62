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
# One word in one case: `deliveredSms` is the beginning of the next name, too.
_STATUS = re.compile(r"[a-z_-]{0,32}|[A-Z_-]{0,32}")
# What channels say of themselves.
_OBJECTS = ("AddOns", "ChannelMetadata", "FlowData", "InteractiveData")
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
    **dict.fromkeys(_OBJECTS, _JSON),
}
_FREE, _SENDER = "Body", "From"
# One value each: a second one would mean one thing here and another one elsewhere.
_SINGLE = {_SENDER, "To", _FREE, *_FORMS}
# Names that stand in nothing else that Twilio sends, without the short ones that are words.
_TELLING = re.compile(
    "AccountSid|ApiVersion|MessageSid|MessageStatus|MessagingServiceSid|NumMedia|NumSegments|SmsSid|SmsStatus"
    "|OptOutType|ErrorCode(?=[0-9]|$)|MediaUrl[0-9]|MediaContentType[0-9]|(?:From|To)(?:City|Country|State|Zip)"
)
# The same in the signed text, where the numbers may have two digits.
_TOLD = re.compile(_TELLING.pattern.replace("[0-9]|", "[0-9]{1,2}|"))
_OF_SENDER = (_SENDER, "FromCity", "FromCountry", "FromState", "FromZip")
_NUMBERED = re.compile(r"Media(?:Url|ContentType)[0-9]{1,2}")
_DECIDING = re.compile(
    r"(?:AccountSid|MessageSid)(?P<sid>(?:AC|SM|MM)[0-9a-fA-F]{32})"
    r"|From(?P<sender>(?:[a-z]{2,20}:)?\+?[0-9]{3,15})|To(?P<receiver>(?:[a-z]{2,20}:)?\+[0-9]{7,15})"
)
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
    # Nothing else stands between From and FromCity: a second sender would have to be hidden in such a one.
    return not name.startswith(_SENDER) or name in _OF_SENDER or _SENDER not in value


def _require_nothing_hidden(pairs: Iterable[tuple[str, str]]) -> None:
    """Whatever in the signed text reads as an account, a message or a number of either side is one, and whatever reads
    as a telling name is one, or stands in what the customer wrote: it may have been cut so that it begins in one
    parameter and ends in the next."""
    signed, begins, sender = "", dict[int, str](), -1
    # Where whatever is written may look like a name: as whole objects they cannot be cut.
    written, objects = range(0), list[range]()
    for name, value in pairs:
        sender = len(signed) if name == _SENDER else sender
        begin = len(signed) + len(name)
        signed += name + value
        begins[begin] = name
        if name == _FREE:
            written = range(begin, len(signed) + 1)
        elif name in _OBJECTS:
            objects.append(range(begin, len(signed)))
    # There are senders called CityBank. If that From has been cut, what stood there before is in the text.
    if _SENDER in signed[written.start : written.stop]:
        sender = -1
    told = (found.span() for found in _TOLD.finditer(signed) if found.end() not in begins and found.start() != sender)
    decided = (found.span(found.lastgroup or 0) for found in _DECIDING.finditer(signed))
    hidden = [span for span in told if not _is_within(span, objects)]
    hidden += [span for span in decided if span[0] not in begins]
    for span in hidden:
        if not _is_within(span, [written]):
            raise WebhookRefused("FIELD_INVALID", _parameter_at(begins, span[0]))


def _is_within(span: tuple[int, int], ranges: Iterable[range]) -> bool:
    return any(span[0] in one and span[1] in one for one in ranges)


def _parameter_at(begins: Mapping[int, str], place: int) -> str:
    """The parameter whose value, or else whose name, is at that place of the signed text."""
    before = [name for begin, name in begins.items() if begin <= place]
    return before[-1] if before else next(iter(begins.values()))
