"""Use cases: keep SharedKeys, which Twilio may sign webhooks with in place of the Auth Token."""

from dataclasses import dataclass

import structlog

from credentials_service import errors
from credentials_service.audit_action import AuditAction
from credentials_service.cipher import Cipher
from credentials_service.credential import Credential, SharedKey, SigningAlgorithm, require_shared_key
from credentials_service.credentials import Change, Credentials
from servicekit.clock import Clock
from servicekit.errors import FailedPrecondition
from servicekit.rpc.request_context import Actor
from servicekit.secret import Secret

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class OpenedSharedKey:
    """A decrypted SharedKey."""

    shared_key_id: str
    algorithm: SigningAlgorithm
    secret: Secret


class SharedKeys:
    """SharedKeys of all organizations, kept with the accounts' credentials."""

    def __init__(self, credentials: Credentials, cipher: Cipher, clock: Clock) -> None:
        self._credentials = credentials
        self._cipher = cipher
        self._clock = clock

    async def open(self, credential: Credential) -> tuple[list[OpenedSharedKey], list[str]]:
        """The credential's SharedKeys, and the ids of those that cannot be decrypted, each oldest first."""
        opened, unreadable = list[OpenedSharedKey](), list[str]()
        for key in credential.shared_keys:
            secret = await self._open(credential, key)
            if secret is None:
                unreadable.append(key.shared_key_id)
            else:
                opened.append(OpenedSharedKey(key.shared_key_id, key.algorithm, secret))
        return opened, unreadable

    async def add(self, organization_id: str, account_sid: str, key: OpenedSharedKey, actor: Actor) -> Credential:
        """In place of one of that id that cannot be decrypted: nobody can say whether it is the same, and Twilio's is
        the one that was just given. Raises CREDENTIAL_NOT_FOUND, SHARED_KEY_ALREADY_EXISTS,
        TOO_MANY_SHARED_KEYS, CONCURRENT_UPDATE, FIELD_REQUIRED, FIELD_INVALID."""
        require_shared_key(key.shared_key_id, key.secret)

        async def change(credential: Credential) -> Change:
            known, now = credential.shared_key(key.shared_key_id), self._clock()
            secret = await self._open(credential, known) if known is not None else None
            if known is not None and secret is not None:
                if (known.algorithm, secret) != (key.algorithm, key.secret):
                    raise errors.shared_key_already_exists(key.shared_key_id)
                return None
            sealed = await self._cipher.seal_shared_key(key.secret, credential, key.shared_key_id, key.algorithm)
            stored = SharedKey(key.shared_key_id, key.algorithm, sealed.key_id, now, sealed)
            kept = credential if known is None else credential.without_shared_key(key.shared_key_id, now)
            return kept.with_shared_key(stored, now), AuditAction.CREDENTIAL_SHARED_KEY_ADDED, _details(stored)

        return await self._credentials.change(organization_id, account_sid, change, actor)

    async def delete(self, organization_id: str, account_sid: str, shared_key_id: str, actor: Actor) -> Credential:
        """Raises CREDENTIAL_NOT_FOUND, SHARED_KEY_NOT_FOUND, CONCURRENT_UPDATE."""

        async def change(credential: Credential) -> Change:
            changed = credential.without_shared_key(shared_key_id, self._clock())
            known = next(key for key in credential.shared_keys if key.shared_key_id == shared_key_id)
            return changed, AuditAction.CREDENTIAL_SHARED_KEY_DELETED, _details(known)

        return await self._credentials.change(organization_id, account_sid, change, actor)

    async def _open(self, credential: Credential, key: SharedKey) -> Secret | None:
        """None: it cannot be decrypted."""
        try:
            return await self._cipher.open_shared_key(credential, key)
        except FailedPrecondition as error:
            _log.error(
                "a SharedKey cannot be decrypted",
                reason=error.reason,
                credential_id=credential.credential_id,
                shared_key_id=key.shared_key_id,
                key_id=key.key_id,
            )
            return None


def _details(key: SharedKey) -> dict[str, str]:
    return {"shared_key_id": key.shared_key_id, "algorithm": key.algorithm.value, "key_id": key.key_id}
