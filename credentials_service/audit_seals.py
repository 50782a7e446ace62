"""Seals on the audit entries that wait in the database: whoever writes there has no key, and cannot make one up."""

import hashlib
import hmac
import json
from typing import Protocol

from credentials_service.store import AuditEntry
from servicekit.audit.chain import to_millis

_ENTRY = "keva audit entry 1"


class SealKeys(Protocol):
    """Keys for seals, one for each key-encryption key."""

    @property
    def active_key_id(self) -> str:
        """The one to seal with."""
        ...

    def seal_key(self, key_id: str) -> bytes | None:
        """None: it is not there."""
        ...


class UnknownSealKey(Exception):
    """Whether an entry is genuine cannot be said: the key that it names is not there, not yet or not any more."""


class AuditSeals:
    """Seals entries, and recognizes those that it sealed."""

    def __init__(self, keys: SealKeys) -> None:
        self._keys = keys

    def seal(self, entry: AuditEntry, sequence: int) -> str:
        """The seal of the entry at this place of its organization's queue."""
        key_id = self._keys.active_key_id
        return f"{key_id} {self._mac(entry, sequence, key_id)}"

    def is_genuine(self, entry: AuditEntry, sequence: int, seal: str) -> bool:
        """Whether it was sealed here. Raises UnknownSealKey."""
        key_id, _, mac = seal.partition(" ")
        return bool(mac) and hmac.compare_digest(self._mac(entry, sequence, key_id).encode(), mac.encode())

    def _mac(self, entry: AuditEntry, sequence: int, key_id: str) -> str:
        key = self._keys.seal_key(key_id)
        if key is None:
            raise UnknownSealKey
        what = [entry.audit_record_id, entry.organization_id, entry.action, entry.subject_id]
        who_and_when = [entry.actor.kind, entry.actor.id, to_millis(entry.time), entry.details]
        values = [_ENTRY, *what, *who_and_when, sequence, key_id]
        content = json.dumps(values, sort_keys=True, separators=(",", ":")).encode()
        return hmac.new(key, content, hashlib.sha256).hexdigest()
