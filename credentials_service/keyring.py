"""Key-encryption keys: they wrap the data keys of credentials, and are never in the database."""

import os
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag

from credentials_service import errors
from credentials_service.key_files import Key, KeyFiles, read_key_files
from servicekit.key_files import KeyFilesError

_NONCE_BYTES = 12


class KeyRingUnfit(Exception):
    """Stored secrets need other keys than there are: the service must not start. The text says what to do."""


@dataclass(frozen=True)
class WrappedKey:
    """A data key, encrypted with the key-encryption key `key_id`."""

    key_id: str
    wrapped: bytes = field(repr=False)


class KeyRing(Protocol):
    """Wraps data keys. Files stand behind it (FileKeyRing); Vault's transit engine or a cloud's key management service
    can. Such an implementation must

    - name by `key_id` exactly one key, for good. Where a key has versions that are rotated in place, as at Vault, each
      version is a key here: its name and version number together are the id;
    - bind `context`: pass it as associated data (Vault: `associated_data`, AWS: `EncryptionContext`, Google:
      `additionalAuthenticatedData`). It is up to 300 bytes of ids, and no secret;
    - never give a key-encryption key away, and keep no data key;
    - raise Unavailable KEY_RING_NOT_READY when its service does not answer, within two seconds: webhooks wait for it.
    """

    async def active(self) -> str:
        """The id of the key that `wrap` uses, as of now: it may change while the process runs."""
        ...

    async def key_ids(self) -> Set[str]:
        """All keys that it can unwrap with."""
        ...

    async def wrap(self, data_key: bytes, context: bytes) -> WrappedKey:
        """Encrypts with the active key; `context` and the key id must be the same to unwrap. Raises Unavailable
        KEY_RING_NOT_READY."""
        ...

    async def unwrap(self, wrapped: WrappedKey, context: bytes) -> bytes:
        """Raises FailedPrecondition CREDENTIAL_UNREADABLE: no such key, another context, or changed bytes."""
        ...


class FileKeyRing:
    """A key ring from a folder (a mounted Kubernetes secret): see key_files.

    The folder may change at any time: `reload` takes new keys in. A key whose file is gone, or holds another key now,
    stays as it was until `forget`: records may need it.
    """

    def __init__(self, folder: Path, active_key_id: str, files: KeyFiles) -> None:
        self._folder = folder
        self._chosen = active_key_id
        self._files = files
        self._keys = dict(files.keys)
        self._trouble = ""

    @classmethod
    def load(cls, folder: Path, active_key_id: str) -> "FileKeyRing":
        """Reads all keys. Ends the process, saying what to do, when there is none, any is malformed, or it is not clear
        which is active: a service that cannot decrypt must not start."""
        try:
            return cls(folder, active_key_id, read_key_files(folder, active_key_id))
        except KeyFilesError as error:
            raise SystemExit(str(error)) from None

    def reload(self) -> None:
        """Reads the folder again. One that cannot be used changes nothing, but for `trouble`."""
        try:
            self._files = read_key_files(self._folder, self._chosen)
        except KeyFilesError as error:
            self._trouble = str(error)
            return
        self._trouble = ""
        self._keys = {**self._files.keys, **self._keys}

    def forget(self, key_id: str) -> None:
        """Lets a key go that has left its file; the file may hold another one by now."""
        if key_id in self.departed:
            del self._keys[key_id]
            self.reload()

    @property
    def trouble(self) -> str:
        """Why the folder cannot be used as it is now; empty when it can."""
        return self._trouble

    @property
    def active_key_id(self) -> str:
        """The key that encrypts, as read last."""
        return self._files.active_key_id

    def seal_key(self, key_id: str) -> bytes | None:
        """A key that is not known may have been added a moment ago."""
        if key_id not in self._keys:
            self.reload()
        key = self._keys.get(key_id)
        return key.seal_key if key else None

    @property
    def departed(self) -> list[str]:
        """The keys that are still here, but not in their files any more."""
        in_files = self._files.keys
        return sorted(key_id for key_id, key in self._keys.items() if in_files.get(key_id) != key)

    @property
    def fingerprints(self) -> Mapping[str, str]:
        """The keys that a restart would still find, by their ids."""
        departed = self.departed
        return {key_id: key.fingerprint for key_id, key in self._keys.items() if key_id not in departed}

    async def active(self) -> str:
        self.reload()
        return self.active_key_id

    async def key_ids(self) -> Set[str]:
        return self._keys.keys()

    async def wrap(self, data_key: bytes, context: bytes) -> WrappedKey:
        """Only with a key that a restart would find."""
        key_id = await self.active()
        if self._trouble or key_id in self.departed:
            raise errors.key_ring_not_ready(key_id)
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._keys[key_id].cipher.encrypt(nonce, data_key, _bound(context, key_id))
        return WrappedKey(key_id, nonce + sealed)

    async def unwrap(self, wrapped: WrappedKey, context: bytes) -> bytes:
        """A key that is not known may have been added a moment ago."""
        if wrapped.key_id not in self._keys:
            self.reload()
        key: Key | None = self._keys.get(wrapped.key_id)
        if key is None:
            raise errors.unreadable(wrapped.key_id)
        nonce, sealed = wrapped.wrapped[:_NONCE_BYTES], wrapped.wrapped[_NONCE_BYTES:]
        try:
            return key.cipher.decrypt(nonce, sealed, _bound(context, wrapped.key_id))
        except (InvalidTag, ValueError):
            raise errors.unreadable(wrapped.key_id) from None


def _bound(context: bytes, key_id: str) -> bytes:
    return b"keva data key\0" + key_id.encode() + b"\0" + context
