"""Key-encryption keys: they wrap the data keys of credentials, and are never in the database."""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from credentials_service import errors

KEY_BYTES = 32
_NONCE_BYTES = 12


@dataclass(frozen=True)
class WrappedKey:
    """A data key, encrypted with the key-encryption key `key_id`."""

    key_id: str
    wrapped: bytes = field(repr=False)


class KeyRing(Protocol):
    """Wraps data keys. A key management service can stand behind it as well as files."""

    async def wrap(self, data_key: bytes, context: bytes) -> WrappedKey:
        """Encrypts with the active key; `context` and the key id must be the same to unwrap."""
        ...

    async def unwrap(self, wrapped: WrappedKey, context: bytes) -> bytes:
        """Raises FailedPrecondition CREDENTIAL_UNREADABLE: no such key, another context, or changed bytes."""
        ...


class FileKeyRing:
    """A key ring from a folder (a mounted Kubernetes secret): one file per key, named by the key's id."""

    def __init__(self, keys: Mapping[str, bytes], active_key_id: str) -> None:
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self.active_key_id = active_key_id

    @classmethod
    def load(cls, folder: Path, active_key_id: str) -> "FileKeyRing":
        """Reads all keys. Ends the process, saying what to do, when there is none, any is malformed, or it is not clear
        which is active: a service that cannot decrypt must not start."""
        keys = _read_keys(folder)
        if not active_key_id and len(keys) > 1:
            raise SystemExit(f"KEVA_ACTIVE_KEY_ID: say which of {', '.join(keys)} encrypts new records")
        active = active_key_id or next(iter(keys))
        if active not in keys:
            raise SystemExit(
                f"KEVA_ACTIVE_KEY_ID: there is no key {active} in {folder}, only {', '.join(keys)}; "
                "name one of those, or add the file"
            )
        return cls(keys, active)

    async def wrap(self, data_key: bytes, context: bytes) -> WrappedKey:
        """See KeyRing."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self.active_key_id].encrypt(nonce, data_key, _bound(context, self.active_key_id))
        return WrappedKey(self.active_key_id, nonce + sealed)

    async def unwrap(self, wrapped: WrappedKey, context: bytes) -> bytes:
        """See KeyRing."""
        cipher = self._ciphers.get(wrapped.key_id)
        if cipher is None:
            raise errors.unreadable(wrapped.key_id)
        nonce, sealed = wrapped.wrapped[:_NONCE_BYTES], wrapped.wrapped[_NONCE_BYTES:]
        try:
            return cipher.decrypt(nonce, sealed, _bound(context, wrapped.key_id))
        except (InvalidTag, ValueError):
            raise errors.unreadable(wrapped.key_id) from None


def _bound(context: bytes, key_id: str) -> bytes:
    return b"keva data key\0" + key_id.encode() + b"\0" + context


def _read_keys(folder: Path) -> dict[str, bytes]:
    make_one = f"make one with: openssl rand -base64 32 > {folder}/key-1"
    try:
        # Kubernetes mounts secrets as links to files below a dot-folder.
        files = [file for file in sorted(folder.iterdir()) if not file.name.startswith(".") and not file.is_dir()]
    except FileNotFoundError:
        raise SystemExit(f"KEVA_KEY_RING_DIR: there is no folder {folder}; create it, and {make_one}") from None
    except OSError as error:
        raise SystemExit(f"KEVA_KEY_RING_DIR: cannot read the folder {folder}: {error.strerror}") from None
    if not files:
        raise SystemExit(f"KEVA_KEY_RING_DIR: {folder} holds no key; {make_one}")
    keys: dict[str, bytes] = {}
    mistakes: list[str] = []
    for file in files:
        try:
            keys[file.name] = _read_key(file)
        except ValueError as error:
            mistakes.append(f"  {file}: {error}")
    if mistakes:
        raise SystemExit("\n".join(("KEVA_KEY_RING_DIR: not every file is a key; mend or remove:", *mistakes)))
    return keys


def _read_key(file: Path) -> bytes:
    """Raises ValueError that says what is wrong, never what is in the file."""
    try:
        key = base64.b64decode(file.read_bytes().strip(), validate=True)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    except binascii.Error:
        raise ValueError("is not base64") from None
    if len(key) != KEY_BYTES:
        raise ValueError(f"holds {len(key)} bytes; a key has {KEY_BYTES}")
    return key
