"""Envelope encryption of Auth Tokens: AES-256-GCM under a data key of the version's own, which the key ring wraps.

Organization, account, credential, version and key id are bound as associated data on both layers, so that a ciphertext
that is moved to another record, or a record to another organization, is refused."""

import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from credentials_service import errors
from credentials_service.credential import Credential, Sealed, Version
from credentials_service.keyring import KEY_BYTES, KeyRing, WrappedKey

_NONCE_BYTES = 12


class Cipher:
    """Seals and opens Auth Tokens."""

    def __init__(self, key_ring: KeyRing) -> None:
        self._key_ring = key_ring

    async def seal(self, auth_token: str, credential: Credential, version: int) -> Sealed:
        """Encrypts a token as that version of that credential."""
        context = _context(credential, version)
        data_key, nonce = os.urandom(KEY_BYTES), os.urandom(_NONCE_BYTES)
        # First, since only the key ring knows which of its keys it takes.
        wrapped = await self._key_ring.wrap(data_key, context)
        bound = _bound(context, wrapped.key_id)
        ciphertext = nonce + AESGCM(data_key).encrypt(nonce, auth_token.encode(), bound)
        return Sealed(wrapped.key_id, wrapped.wrapped, ciphertext)

    async def open(self, credential: Credential, version: Version) -> str:
        """The token. Raises FailedPrecondition CREDENTIAL_UNREADABLE."""
        sealed = version.sealed
        if sealed is None:
            raise errors.unreadable(version.key_id)
        context = _context(credential, version.version)
        data_key = await self._key_ring.unwrap(WrappedKey(sealed.key_id, sealed.wrapped_data_key), context)
        nonce, ciphertext = sealed.ciphertext[:_NONCE_BYTES], sealed.ciphertext[_NONCE_BYTES:]
        try:
            return AESGCM(data_key).decrypt(nonce, ciphertext, _bound(context, sealed.key_id)).decode()
        except (InvalidTag, ValueError):
            raise errors.unreadable(sealed.key_id) from None


def _context(credential: Credential, version: int) -> bytes:
    """Unambiguous, whatever the ids hold."""
    return json.dumps(
        ["keva auth token", credential.organization_id, credential.account_sid, credential.credential_id, version]
    ).encode()


def _bound(context: bytes, key_id: str) -> bytes:
    return json.dumps(["keva token ciphertext", key_id]).encode() + context
