"""A provider account's credential, and what is known of a connected account."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

_ACCOUNT_SID = re.compile(r"AC[0-9a-fA-F]{32}")


class Secret(Protocol):
    """Text that no print, log line or traceback shows; equal when the texts are. servicekit.secret.Secret is one."""

    def reveal(self) -> str:
        """The text. Never keep it, and put it into no message."""

    def __bool__(self) -> bool: ...


@dataclass(frozen=True)
class SharedKey:
    """A key that the provider signs webhooks with in place of the Auth Token. `algorithm` is Twilio's word."""

    shared_key_id: str
    algorithm: str
    secret: Secret


@dataclass(frozen=True)
class Credential:
    """The Auth Tokens of one account, the one in use first; more than one while Twilio switches over. Those that cannot
    be decrypted are not among them: how many there are, and the ids of such SharedKeys, is in `unreadable_…`."""

    organization_id: str
    account_sid: str
    auth_tokens: tuple[Secret, ...]
    shared_keys: tuple[SharedKey, ...] = ()
    unreadable_tokens: int = 0
    unreadable_shared_keys: tuple[str, ...] = ()


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


@dataclass(frozen=True)
class StoredTokens:
    """The enabled Auth Tokens of an account, newest first, and how many more there are that cannot be decrypted."""

    tokens: Sequence[AuthToken]
    unreadable: int = 0


@dataclass(frozen=True)
class ProviderAccount:
    """An account as the provider describes it; `active` unless it is suspended or closed."""

    account_sid: str
    display_name: str
    active: bool


def is_account_sid(text: str) -> bool:
    """Whether `text` has the form of an Account SID."""
    return _ACCOUNT_SID.fullmatch(text) is not None
