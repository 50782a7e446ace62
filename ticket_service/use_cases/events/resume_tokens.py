"""Resume tokens: positions that their owners can keep, and neither read nor change, nor use for another tenant."""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from servicekit.audit.chain import Keys, to_millis
from ticket_service.domain.events.event import EventFilter, Position
from ticket_service.use_cases.events.errors import resume_token_invalid

_PURPOSE = "keva resume token 1"
_MOST_CHARACTERS = 4096
_EPOCH = datetime.fromtimestamp(0, UTC)


class ResumeTokens:
    """Sealed with keys that follow from the audit keys, which all replicas have: the active one seals, each opens."""

    def __init__(self, keys: Keys) -> None:
        self._ciphers: Mapping[str, AESSIV] = {
            # The same position is the same token: no nonce that must not come twice.
            key_id: AESSIV(bytes.fromhex(keys.sign(key_id, _PURPOSE) or ""))
            for key_id in keys.by_id
        }
        self._active = self._ciphers[keys.active_id]

    def seal(self, position: Position, wanted: EventFilter) -> str:
        """The token of a position, for that organization and workspace alone."""
        parts = [position.place, to_millis(position.time), position.since, position.stored]
        return _text(self._active.encrypt(json.dumps(parts).encode(), _owner(wanted)))

    def open(self, token: str, wanted: EventFilter) -> Position:
        """The position. Raises InvalidArgument RESUME_TOKEN_INVALID for whatever was not sealed for them."""
        sealed = _bytes(token)
        for cipher in self._ciphers.values():
            try:
                place, millis, since, stored = json.loads(cipher.decrypt(sealed, _owner(wanted)))
            except InvalidTag:
                continue
            return Position(place, _EPOCH + timedelta(milliseconds=millis), since, stored)
        raise resume_token_invalid()


def _owner(wanted: EventFilter) -> list[bytes]:
    return [json.dumps([wanted.organization_id, wanted.workspace_id]).encode()]


def _text(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _bytes(token: str) -> bytes:
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise resume_token_invalid() from None
    # The shortest has the seal and something in it.
    if len(token) > _MOST_CHARACTERS or len(sealed) <= 16:
        raise resume_token_invalid()
    return sealed
