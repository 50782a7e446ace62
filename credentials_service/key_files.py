"""Key-encryption keys as files: a folder with one file per key, named by the key's id, and perhaps a file `active`."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
# Names the active key; all other files are keys.
ACTIVE_FILE = "active"
_KEY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
_FINGERPRINT_CHARACTERS = 16


class KeyFilesError(Exception):
    """The folder cannot be used as it is. The text says what to do, and nothing of what is in a key's file."""


@dataclass(frozen=True)
class Key:
    """A key, ready to encrypt. Keys with the same fingerprint are the same key; it tells nothing else about it."""

    fingerprint: str
    cipher: AESGCM = field(repr=False, compare=False)


@dataclass(frozen=True)
class KeyFiles:
    """What a folder holds."""

    keys: Mapping[str, Key]
    active_key_id: str


def read_key_files(folder: Path, active_key_id: str) -> KeyFiles:
    """Reads all keys. Active is the one that is given, else the one that the file `active` names, else the only one.

    Raises KeyFilesError when there is none, any is malformed, or it is not clear which is active.
    """
    files = _files(folder)
    keys = _read_keys([file for file in files if file.name != ACTIVE_FILE], folder)
    named = folder / ACTIVE_FILE in files
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


def _files(folder: Path) -> list[Path]:
    try:
        # Kubernetes mounts secrets as links to files below a dot-folder.
        return [file for file in sorted(folder.iterdir()) if not file.name.startswith(".") and not file.is_dir()]
    except FileNotFoundError:
        raise KeyFilesError(
            f"KEVA_KEY_RING_DIR: there is no folder {folder}; create it, and {_make_one(folder)}"
        ) from None
    except OSError as error:
        raise KeyFilesError(f"KEVA_KEY_RING_DIR: cannot read the folder {folder}: {error.strerror}") from None


def _make_one(folder: Path) -> str:
    return f"make one with: openssl rand -base64 32 > {folder}/key-1"


def _read_keys(files: list[Path], folder: Path) -> dict[str, Key]:
    if not files:
        raise KeyFilesError(f"KEVA_KEY_RING_DIR: {folder} holds no key; {_make_one(folder)}")
    keys: dict[str, Key] = {}
    mistakes: list[str] = []
    for file in files:
        try:
            keys[file.name] = _read_key(file)
        except ValueError as error:
            mistakes.append(f"  {file}: {error}")
    if mistakes:
        raise KeyFilesError("\n".join(("KEVA_KEY_RING_DIR: not every file is a key; mend or remove:", *mistakes)))
    return keys


def _read_key(file: Path) -> Key:
    """Raises ValueError that says what is wrong, never what is in the file."""
    try:
        key = base64.b64decode(file.read_bytes().strip(), validate=True)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    except binascii.Error:
        raise ValueError("is not base64") from None
    if len(key) != KEY_BYTES:
        raise ValueError(f"holds {len(key)} bytes; a key has {KEY_BYTES}")
    fingerprint = hmac.new(key, b"keva key fingerprint", hashlib.sha256).hexdigest()
    return Key(fingerprint[:_FINGERPRINT_CHARACTERS], AESGCM(key))


def _read_active(file: Path) -> str:
    try:
        named = file.read_text().strip()
    except (OSError, UnicodeError):
        raise KeyFilesError(f"{file}: cannot be read; it names the active key") from None
    # Not quoted: somebody may have written the key itself there.
    if not _KEY_ID.match(named):
        raise KeyFilesError(f"{file}: what it holds is no key's id; it names the active key, such as key-1")
    return named
