"""Envelope encryption of Auth Tokens and SharedKeys: AES-256-GCM under a data key of the secret's own, which the key
ring wraps.

Organization, account, credential, version (or SharedKey and its algorithm) and key id are bound as associated data on
both layers, so that a ciphertext that is moved to another record, or a record to another organization, is refused. The
secret's layer names the key that was active when it was encrypted, the data key's layer the key that wraps it: they
part when keys are rotated."""

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from credentials_service import errors
from credentials_service.credential import Credential, Sealed, SharedKey, SigningAlgorithm, Version
from credentials_service.keyring import KeyRing, WrappedKey
from servicekit.errors import FailedPrecondition
from servicekit.key_files import KEY_BYTES
from servicekit.secret import Secret

_NONCE_BYTES = 12


@dataclass(frozen=True)
class Unreadable:
    """A secret whose data key `key_id` wraps and does not unwrap; without `shared_key_id`, an Auth Token."""

    key_id: str
    shared_key_id: str


@dataclass(frozen=True)
class Rewrapped:
    """A credential whose data keys the active key wraps, save those in `unreadable`. `retired` has the keys that
    wrapped the others, one for each secret that was wrapped again."""

    credential: Credential
    retired: tuple[str, ...]
    unreadable: tuple[Unreadable, ...]


class Cipher:
    """Seals and opens Auth Tokens and SharedKeys."""

    def __init__(self, key_ring: KeyRing) -> None:
        self._key_ring = key_ring

    async def seal(self, auth_token: Secret, credential: Credential, version: int) -> Sealed:
        """Encrypts a token as that version of that credential."""
        return await self._seal(auth_token, _context(credential, version))

    async def seal_shared_key(
        self, secret: Secret, credential: Credential, shared_key_id: str, algorithm: SigningAlgorithm
    ) -> Sealed:
        """Encrypts a secret as that SharedKey of that credential, for that algorithm alone."""
        return await self._seal(secret, _shared_key_context(credential, shared_key_id, algorithm))

    async def _seal(self, secret: Secret, context: bytes) -> Sealed:
        data_key, nonce = os.urandom(KEY_BYTES), os.urandom(_NONCE_BYTES)
        # First, since only the key ring knows which of its keys it takes.
        wrapped = await self._key_ring.wrap(data_key, context)
        bound = _bound(context, wrapped.key_id)
        ciphertext = nonce + AESGCM(data_key).encrypt(nonce, secret.reveal().encode(), bound)
        return Sealed(wrapped.key_id, wrapped.wrapped, ciphertext, bound_key_id=wrapped.key_id)

    async def open(self, credential: Credential, version: Version) -> Secret:
        """The token. Raises FailedPrecondition CREDENTIAL_UNREADABLE."""
        sealed = version.sealed
        if sealed is None:
            raise errors.unreadable(version.key_id)
        return await self._open(sealed, _context(credential, version.version))

    async def open_shared_key(self, credential: Credential, key: SharedKey) -> Secret:
        """The secret. Raises FailedPrecondition CREDENTIAL_UNREADABLE."""
        return await self._open(key.sealed, _shared_key_context(credential, key.shared_key_id, key.algorithm))

    async def _open(self, sealed: Sealed, context: bytes) -> Secret:
        data_key = await self._unwrap(sealed, context)
        nonce, ciphertext = sealed.ciphertext[:_NONCE_BYTES], sealed.ciphertext[_NONCE_BYTES:]
        try:
            return Secret(AESGCM(data_key).decrypt(nonce, ciphertext, _bound(context, sealed.bound_key_id)).decode())
        except (InvalidTag, ValueError):
            raise errors.unreadable(sealed.key_id) from None

    async def rewrap(self, credential: Credential) -> Rewrapped:
        """Wraps every data key of the credential with the active key. Decrypts no secret. Those that it wraps already
        are unwrapped, too: a lost key's name may have been given to another key. Raises Unavailable
        KEY_RING_NOT_READY."""
        active = await self._key_ring.active()
        wrapped: dict[int, Sealed] = {}
        retired, unreadable = list[str](), list[Unreadable]()
        for part in _sealed_parts(credential):
            try:
                data_key = await self._unwrap(part.sealed, part.context)
            except FailedPrecondition:
                unreadable.append(Unreadable(part.sealed.key_id, part.shared_key_id))
                continue
            if part.sealed.key_id == active:
                continue
            new = await self._key_ring.wrap(data_key, part.context)
            wrapped[id(part.sealed)] = replace(part.sealed, key_id=new.key_id, wrapped_data_key=new.wrapped)
            retired.append(part.sealed.key_id)
        return Rewrapped(_with_sealed(credential, wrapped), tuple(retired), tuple(unreadable))

    async def is_opened_by(self, credential: Credential, key_id: str) -> bool:
        """Whether the key unwraps any data key of the credential."""
        for part in _sealed_parts(credential):
            if part.sealed.key_id == key_id:
                with contextlib.suppress(FailedPrecondition):
                    await self._unwrap(part.sealed, part.context)
                    return True
        return False

    async def _unwrap(self, sealed: Sealed, context: bytes) -> bytes:
        return await self._key_ring.unwrap(WrappedKey(sealed.key_id, sealed.wrapped_data_key), context)


@dataclass(frozen=True)
class _SealedPart:
    """A secret of a credential, and what it is bound to."""

    sealed: Sealed
    context: bytes
    shared_key_id: str = ""


def _sealed_parts(credential: Credential) -> list[_SealedPart]:
    """All that is encrypted in a credential. Extend it when there is more, and with it `_with_sealed` and
    mongo.store._SECRETS: whatever is missing here is not rotated, and lost with the key that is removed afterwards."""
    tokens = [
        _SealedPart(version.sealed, _context(credential, version.version))
        for version in credential.versions
        if version.sealed is not None
    ]
    shared_keys = [
        _SealedPart(key.sealed, _shared_key_context(credential, key.shared_key_id, key.algorithm), key.shared_key_id)
        for key in credential.shared_keys
    ]
    return tokens + shared_keys


def _with_sealed(credential: Credential, new: Mapping[int, Sealed]) -> Credential:
    """The credential with those of its secrets replaced whose identity `new` names."""
    versions = (
        replace(version, key_id=sealed.key_id, sealed=sealed) if (sealed := new.get(id(version.sealed))) else version
        for version in credential.versions
    )
    shared_keys = (
        replace(key, key_id=sealed.key_id, sealed=sealed) if (sealed := new.get(id(key.sealed))) else key
        for key in credential.shared_keys
    )
    return replace(credential, versions=tuple(versions), shared_keys=tuple(shared_keys))


def _context(credential: Credential, version: int) -> bytes:
    """Unambiguous, whatever the ids hold."""
    return json.dumps(
        ["keva auth token", credential.organization_id, credential.account_sid, credential.credential_id, version]
    ).encode()


def _shared_key_context(credential: Credential, shared_key_id: str, algorithm: SigningAlgorithm) -> bytes:
    owner = [credential.organization_id, credential.account_sid, credential.credential_id]
    return json.dumps(["keva shared key", *owner, shared_key_id, algorithm.value]).encode()


def _bound(context: bytes, key_id: str) -> bytes:
    return json.dumps(["keva token ciphertext", key_id]).encode() + context
