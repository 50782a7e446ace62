"""What stands in the form of a new conversation, and what is wrong with it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Self

from client.failure import Failure, unusable
from client.words.language import say
from console.words.zones import time_of_field
from keva.ticket.v1 import ticket_service_pb2 as pb

# What is about whom to text.
_ABOUT_THEM = frozenset(
    {
        *("PHONE_NUMBER_INVALID", "RECIPIENT_OPTED_OUT", "RECIPIENT_WANTS_NO_TEXTS", "RECIPIENT_CANNOT_RECEIVE"),
        *("CUSTOMER_BLOCKED", "THREAD_HAS_LIVE_TICKET", "CUSTOMER_FORGOTTEN"),
    }
)
_FIELDS_OF_RPC = {"address": "to", "consent_basis": "consent_basis", "send_time": "send_time", "channel_id": "channel"}


@dataclass(frozen=True)
class FirstText:
    """`to` is a number as it was typed, `send_time` as a browser's field gives it, in the reader's zone. Under
    `request_id` it is sent once, however often the form is. `wrong` has an error by the name of its field. `split`: a
    long text may leave as several."""

    to: str = ""
    channel: str = ""
    name: str = ""
    text: str = ""
    consent_basis: str = ""
    send_time: str = ""
    split: str = ""
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    wrong: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> Self:
        """From what was typed, or from an address."""
        names = ("to", "channel", "name", "text", "consent_basis", "send_time", "split", "request_id")
        said = {name: fields.get(name, "").strip() for name in names}
        # Browsers send line ends as CR LF, which would cost a character each.
        said["text"] = said["text"].replace("\r\n", "\n")
        return cls(**{name: value for name, value in said.items() if value})  # type: ignore[arg-type]

    def asked(self, workspace_id: str, zone: tzinfo, do: str) -> pb.StartConversationRequest:
        """What the button `do` asks for: now, later or look. Raises Failure."""
        request = pb.StartConversationRequest(
            workspace_id=workspace_id,
            channel_id=self.channel,
            address=self.to,
            text=self.text,
            request_id=self.request_id,
            split=bool(self.split) or do == "look",
            consent_basis=self.consent_basis,
            validate_only=do == "look",
        )
        if do == "later":
            request.send_time.FromDatetime(_time(self.send_time, zone))
        return request

    def with_failure(self, failure: Failure) -> Self:
        """The form with what is wrong beside the field that it is about."""
        about = failure.metadata.get("field", "")
        name = "to" if failure.reason in _ABOUT_THEM else _FIELDS_OF_RPC.get(about, "text")
        if failure.reason == "CHANNEL_NOT_FOUND":
            name = "channel"
        reused = failure.reason == "REQUEST_ID_REUSED"
        again = replace(self, request_id=str(uuid.uuid4())) if reused else self
        return replace(again, wrong={name: f"{failure.message} {failure.advice}".strip()})


def _time(text: str, zone: tzinfo) -> datetime:
    try:
        return time_of_field(text, zone)
    except ValueError:
        failure = unusable(say("This is not a valid time."), say("Choose a day and a time, or send it now."))
        failure.metadata = {"field": "send_time"}
        raise failure from None
