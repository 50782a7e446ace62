"""Key-encryption keys as files: a folder with one file per key, named by the key's id, and perhaps a file `active`."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from servicekit import key_files
from servicekit.key_files import KeyFilesError

# Names the active key; all other files are keys.
ACTIVE_FILE = "active"
_FINGERPRINT_CHARACTERS = 16


@dataclass(frozen=True)
class Key:
    """A key, ready to encrypt. Keys with the same fingerprint are the same key; it reveals nothing else.
    `seal_key` is another key, made of it."""

    fingerprint: str
    cipher: AESGCM = field(repr=False, compare=False)
    seal_key: bytes = field(repr=False, compare=False)


@dataclass(frozen=True)
class KeyFiles:
    """What a folder holds."""

    keys: Mapping[str, Key]
    active_key_id: str


def read_key_files(folder: Path, active_key_id: str) -> KeyFiles:
    """Reads all keys. Active is the one that is given, else the one that the file `active` names, else the only one.

    Raises KeyFilesError when there is none, any is malformed, or it is not clear which is active.
    """
    keys = _read_keys(folder)
    named = (folder / ACTIVE_FILE).is_file()
    source = "KEVA_ACTIVE_KEY_ID" if active_key_id or not named else str(folder / ACTIVE_FILE)
    active = active_key_id or (_read_active(folder / ACTIVE_FILE) if named else "")
    if not active and len(keys) > 1:
        raise KeyFilesError(
            f"KEVA_ACTIVE_KEY_ID: say which of {', '.join(keys)} encrypts new records, there or in a file "
            f"{folder}/{ACTIVE_FILE}"
        )
    active = active or next(iter(keys))
    if active not in keys:
        raise KeyFilesError(
            f"{source}: there is no key {active} in {folder}, only {', '.join(keys)}; "
            "name one of those, or add the file"
        )
    return KeyFiles(keys, active)


def _read_keys(folder: Path) -> dict[str, Key]:
    try:
        keys = key_files.read_keys(folder, besides=[ACTIVE_FILE])
    except KeyFilesError as error:
        raise KeyFilesError(f"KEVA_KEY_RING_DIR: {error}") from None
    return {key_id: _key(key) for key_id, key in keys.items()}


def _key(key: bytes) -> Key:
    fingerprint = hmac.new(key, b"keva key fingerprint", hashlib.sha256).hexdigest()
    seal_key = hmac.new(key, b"keva audit entry seal", hashlib.sha256).digest()
    return Key(fingerprint[:_FINGERPRINT_CHARACTERS], AESGCM(key), seal_key)


def _read_active(file: Path) -> str:
    try:
        named = file.read_text().strip()
    except (OSError, UnicodeError):
        raise KeyFilesError(f"{file}: cannot be read; it names the active key") from None
    # Not quoted: somebody may have written the key itself there.
    if not key_files.KEY_ID.fullmatch(named):
        raise KeyFilesError(f"{file}: must hold the id of the active key, such as key-1, and nothing else")
    return named
