"""Seals on the audit entries that wait in the database: whoever writes there has no key, and cannot make one up."""

import hashlib
import hmac
import json
from collections.abc import Container
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

    def __init__(self, key_id: str) -> None:
        super().__init__(key_id)
        self.key_id = key_id


class LostSealKey(UnknownSealKey):
    """Nor will it ever be: the key is lost for good."""


class AuditSeals:
    """Seals entries, and recognizes those that it sealed. Keys with `lost_key_ids` are given up; another key may have
    one of their names by now."""

    def __init__(self, keys: SealKeys, lost_key_ids: Container[str] = ()) -> None:
        self._keys = keys
        self._lost_key_ids = lost_key_ids

    def seal(self, entry: AuditEntry, sequence: int) -> str:
        """The seal of the entry at this place of its organization's queue."""
        key_id = self._keys.active_key_id
        return f"{key_id} {self._mac(entry, sequence, key_id)}"

    def is_genuine(self, entry: AuditEntry, sequence: int, seal: str) -> bool:
        """Whether it was sealed here. Raises UnknownSealKey, LostSealKey."""
        key_id, _, mac = seal.partition(" ")
        if not mac:
            return False
        given_up = key_id in self._lost_key_ids
        try:
            genuine = hmac.compare_digest(self._mac(entry, sequence, key_id).encode(), mac.encode())
        except UnknownSealKey:
            if not given_up:
                raise
            genuine = False
        if given_up and not genuine:
            raise LostSealKey(key_id)
        return genuine

    def _mac(self, entry: AuditEntry, sequence: int, key_id: str) -> str:
        key = self._keys.seal_key(key_id)
        if key is None:
            raise UnknownSealKey(key_id)
        what = [entry.audit_record_id, entry.organization_id, entry.action, entry.subject_id]
        who_and_when = [entry.actor.kind, entry.actor.id, to_millis(entry.time), entry.details]
        values = [_ENTRY, *what, *who_and_when, sequence, key_id]
        content = json.dumps(values, sort_keys=True, separators=(",", ":")).encode()
        return hmac.new(key, content, hashlib.sha256).hexdigest()
