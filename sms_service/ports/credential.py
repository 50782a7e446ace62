"""A Twilio account's credential as this service uses it."""

import re
from dataclasses import dataclass
from datetime import datetime

from servicekit.secret import Secret

_ACCOUNT_SID = re.compile(r"AC[0-9a-fA-F]{32}")


@dataclass(frozen=True)
class SharedKey:
    """A key that Twilio signs webhooks with in place of the Auth Token. `algorithm` is Twilio's word."""

    shared_key_id: str
    algorithm: str
    secret: Secret


@dataclass(frozen=True)
class Credential:
    """The Auth Tokens of one account, the one in use first; more than one while Twilio switches over."""

    organization_id: str
    account_sid: str
    auth_tokens: tuple[Secret, ...]
    shared_keys: tuple[SharedKey, ...] = ()


def is_account_sid(text: str) -> bool:
    """Whether `text` has the form of an Account SID."""
    return _ACCOUNT_SID.fullmatch(text) is not None


@dataclass(frozen=True)
class StoredSharedKey:
    """A SharedKey without its secret."""

    shared_key_id: str
    algorithm: str
    create_time: datetime


@dataclass(frozen=True)
class ConnectedAccount:
    """A connected account, without its secrets. `last_four` are of the Auth Token in use; `next_last_four` of the one
    to come since `rotation_time`, while there is one."""

    account_sid: str
    organization_id: str
    display_name: str
    last_four: str
    connect_time: datetime
    next_last_four: str = ""
    rotation_time: datetime | None = None
    shared_keys: tuple[StoredSharedKey, ...] = ()


@dataclass(frozen=True)
class AuthToken:
    """One enabled Auth Token of an account; `primary`: the one in use."""

    version: int
    auth_token: Secret
    primary: bool
