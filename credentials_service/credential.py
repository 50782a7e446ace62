"""Credentials, their versions and their SharedKeys. Standard library only."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from credentials_service import errors
from servicekit.limits import ACCOUNT_NAME_CHARACTERS
from servicekit.secret import Secret, require_well_formed

_ACCOUNT_SID = re.compile(r"AC[0-9a-fA-F]{32}\Z")
_SHARED_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,100}\Z")
MAX_SHARED_KEYS = 20


@dataclass(frozen=True)
class Sealed:
    """An encrypted secret: nothing in it is secret without the key-encryption key `key_id`.

    `bound_key_id` is the key that was active when it was encrypted: the ciphertext is bound to it for good, while the
    data key may be wrapped with another one since.
    """

    key_id: str
    wrapped_data_key: bytes = field(repr=False)
    ciphertext: bytes = field(repr=False)
    bound_key_id: str


@dataclass(frozen=True)
class Version:
    """One Auth Token. A disabled one has no ciphertext any more."""

    version: int
    last_four: str = field(repr=False)
    key_id: str
    create_time: datetime
    sealed: Sealed | None = field(repr=False)

    @property
    def enabled(self) -> bool:
        """Whether it is used."""
        return self.sealed is not None


class SigningAlgorithm(Enum):
    """What a signature is made with, in Twilio's words."""

    HMAC_SHA1 = "HMAC_SHA1"
    HMAC_SHA256 = "HMAC_SHA256"


@dataclass(frozen=True)
class SharedKey:
    """A key that Twilio signs webhooks with in place of the Auth Token. `shared_key_id` is Twilio's."""

    shared_key_id: str
    algorithm: SigningAlgorithm
    key_id: str
    create_time: datetime
    sealed: Sealed = field(repr=False)


@dataclass(frozen=True)
class Credential:
    """A Twilio account's credential. `revision` rises with every change."""

    credential_id: str
    organization_id: str
    account_sid: str
    display_name: str
    versions: tuple[Version, ...]
    create_time: datetime
    update_time: datetime
    revision: int = 1
    shared_keys: tuple[SharedKey, ...] = ()

    @property
    def enabled(self) -> list[Version]:
        """The versions in use, newest first."""
        return [version for version in reversed(self.versions) if version.enabled]

    @property
    def primary_version(self) -> int:
        """The one in use: of the enabled versions the oldest. The others are to come. 0 when none is enabled."""
        return min((version.version for version in self.enabled), default=0)

    @property
    def next_version(self) -> int:
        """What the next version is numbered."""
        return max((version.version for version in self.versions), default=0) + 1

    def with_version(self, version: Version, now: datetime) -> "Credential":
        """One Auth Token more."""
        return replace(self, versions=(*self.versions, version), update_time=now)

    def without_version(self, number: int, now: datetime) -> "Credential":
        """The version disabled and its secret erased; the same credential when it was disabled already.

        Raises NotFound CREDENTIAL_VERSION_NOT_FOUND, FailedPrecondition LAST_ENABLED_VERSION.
        """
        known = next((version for version in self.versions if version.version == number), None)
        if known is None:
            raise errors.version_not_found(number)
        if not known.enabled:
            return self
        if len(self.enabled) == 1:
            raise errors.last_enabled_version()
        versions = tuple(replace(v, sealed=None) if v.version == number else v for v in self.versions)
        return replace(self, versions=versions, update_time=now)

    def with_only(self, number: int, now: datetime) -> "Credential":
        """All enabled versions but that one, which must be enabled too, disabled and their secrets erased; the same
        credential when there are none."""
        if [version.version for version in self.enabled] == [number]:
            return self
        versions = tuple(v if v.version == number else replace(v, sealed=None) for v in self.versions)
        return replace(self, versions=versions, update_time=now)

    def shared_key(self, shared_key_id: str) -> SharedKey | None:
        """The SharedKey with Twilio's id."""
        return next((key for key in self.shared_keys if key.shared_key_id == shared_key_id), None)

    def with_shared_key(self, key: SharedKey, now: datetime) -> "Credential":
        """One SharedKey more. Raises FailedPrecondition TOO_MANY_SHARED_KEYS."""
        if len(self.shared_keys) >= MAX_SHARED_KEYS:
            raise errors.too_many_shared_keys(MAX_SHARED_KEYS)
        return replace(self, shared_keys=(*self.shared_keys, key), update_time=now)

    def without_shared_key(self, shared_key_id: str, now: datetime) -> "Credential":
        """Raises NotFound SHARED_KEY_NOT_FOUND."""
        if self.shared_key(shared_key_id) is None:
            raise errors.shared_key_not_found(shared_key_id)
        kept = tuple(key for key in self.shared_keys if key.shared_key_id != shared_key_id)
        return replace(self, shared_keys=kept, update_time=now)


def to_account_sid(text: str) -> str:
    """`text` as Twilio writes Account SIDs: no spaces around it, and lower-case digits, so that an account has one
    spelling and belongs to one organization. Raises FIELD_REQUIRED or FIELD_INVALID, without quoting it: an Auth Token
    pasted into the wrong field must not come back in an error."""
    text = text.strip()
    if not text:
        raise errors.required("account_sid")
    if not _ACCOUNT_SID.match(text):
        raise errors.invalid("account_sid", "is not an Account SID; it is AC and 32 hexadecimal digits")
    return "AC" + text[2:].lower()


def to_display_name(text: str) -> str:
    """`text` without spaces around it. Raises FIELD_INVALID when it is longer than 100 characters."""
    text = text.strip()
    if len(text) > ACCOUNT_NAME_CHARACTERS:
        raise errors.invalid("display_name", f"is longer than {ACCOUNT_NAME_CHARACTERS} characters")
    return text


def require_shared_key(shared_key_id: str, secret: Secret) -> None:
    """Raises FIELD_REQUIRED or FIELD_INVALID, quoting neither: they may have been mixed up."""
    if not shared_key_id:
        raise errors.required("shared_key_id")
    if not _SHARED_KEY_ID.match(shared_key_id):
        raise errors.invalid("shared_key_id", "must be 1 to 100 letters, digits, _ and -")
    require_well_formed(secret, "secret")


def last_four_of(auth_token: Secret) -> str:
    """What people tell tokens apart by; nothing of a token that is too short to hide the rest."""
    text = auth_token.reveal()
    return text[-4:] if len(text) >= 16 else ""
