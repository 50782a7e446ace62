"""Keys from a folder (a mounted Kubernetes secret): one file per key, named by the key's id, 32 bytes in base64."""

import base64
import binascii
import re
from collections.abc import Container
from pathlib import Path

KEY_BYTES = 32
KEY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class KeyFilesError(Exception):
    """The folder cannot be used. The text says why, and what to do; never what is in a file."""


class NoKeysError(KeyFilesError):
    """There are no keys in it. `what` says that alone, for whoever keeps no key ring and is not to make one."""

    def __init__(self, what: str, folder: Path) -> None:
        super().__init__(
            f"{what}. Has Keva run before, its keys are lost: put their files back, since no new key opens what an old "
            "one has locked (docs/operations.md, Key rotation). Only a Keva that has never run makes one: "
            f"openssl rand -base64 32 > {folder}/key-1"
        )
        self.what = what


def read_keys(folder: Path, besides: Container[str] = ()) -> dict[str, bytes]:
    """All keys of the folder by their id; the files named in `besides` are left out. Raises KeyFilesError."""
    try:
        files = [file for file in _files(folder) if file.name not in besides]
    except FileNotFoundError:
        raise NoKeysError(f"there is no folder {folder}", folder) from None
    except NotADirectoryError:
        raise KeyFilesError(f"{folder} is a file, not a folder") from None
    except OSError as error:
        raise KeyFilesError(f"cannot read the folder {folder}: {error.strerror}") from None
    if not files:
        raise NoKeysError(f"{folder} holds no key", folder)
    keys: dict[str, bytes] = {}
    mistakes: list[str] = []
    for file in files:
        try:
            keys[file.name] = _read_key(file)
        except ValueError as error:
            mistakes.append(f"  {file}: {error}")
    if mistakes:
        raise KeyFilesError("\n".join(("not every file is a key; fix or remove:", *mistakes)))
    return keys


def _files(folder: Path) -> list[Path]:
    # Kubernetes mounts secrets as links to files below a dot-folder.
    return [file for file in sorted(folder.iterdir()) if not file.name.startswith(".") and not file.is_dir()]


def _read_key(file: Path) -> bytes:
    """Raises ValueError that says what is wrong, never what is in the file."""
    if not KEY_ID.fullmatch(file.name):
        raise ValueError("the name of a key has letters, digits, dots, dashes and underscores, 100 at most")
    try:
        key = base64.b64decode(file.read_bytes().strip(), validate=True)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    except binascii.Error:
        raise ValueError("is not base64") from None
    if len(key) != KEY_BYTES:
        raise ValueError(f"holds {len(key)} bytes; a key has {KEY_BYTES}")
    return key
