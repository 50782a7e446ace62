"""The key that ticket_service signs audit records with in tests."""

import base64
import tempfile
from functools import cache
from pathlib import Path

from servicekit.audit.chain import Keys

AUDIT_KEYS = Keys({"test-1": b"k" * 32}, "test-1")


@cache
def _folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="keva-audit-keys-")


def audit_keys_dir() -> Path:
    """A folder with AUDIT_KEYS."""
    folder = Path(_folder().name)
    write_keys(folder, AUDIT_KEYS)
    return folder


def write_keys(folder: Path, keys: Keys) -> None:
    """Writes key files."""
    for key_id, key in keys.by_id.items():
        (folder / key_id).write_bytes(base64.b64encode(key))
