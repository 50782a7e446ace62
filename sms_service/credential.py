"""A Twilio account's credential as this service uses it."""

import re
from dataclasses import dataclass
from datetime import datetime

from servicekit.secret import Secret

_ACCOUNT_SID = re.compile(r"AC[0-9a-fA-F]{32}")


@dataclass(frozen=True)
class Credential:
    """The Auth Tokens of one account, newest first; more than one while Twilio switches over."""

    organization_id: str
    account_sid: str
    auth_tokens: tuple[Secret, ...]


def is_account_sid(text: str) -> bool:
    """Whether `text` has the form of an Account SID."""
    return _ACCOUNT_SID.fullmatch(text) is not None


@dataclass(frozen=True)
class ConnectedAccount:
    """A connected account, without its secrets. `last_four` are of its newest enabled Auth Token."""

    account_sid: str
    organization_id: str
    display_name: str
    last_four: str
    connect_time: datetime
