"""Use cases: keep Auth Tokens, and hand them to sms_service."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import structlog

from credentials_service import errors
from credentials_service.audit_action import AuditAction
from credentials_service.cipher import Cipher
from credentials_service.credential import (
    Credential,
    Version,
    last_four_of,
    to_account_sid,
    to_display_name,
)
from credentials_service.store import AuditEntry, CredentialStore
from servicekit.clock import Clock
from servicekit.errors import Aborted, FailedPrecondition
from servicekit.ids import new_id
from servicekit.paging import Page, Position, id_at, page
from servicekit.rpc.request_context import Actor
from servicekit.secret import Secret, require_well_formed

_ATTEMPTS = 8
# What a change makes: the changed credential, what was done, and its details. None: nothing is to be done.
Change = tuple[Credential, AuditAction, dict[str, str]] | None
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class OpenedToken:
    """A decrypted Auth Token."""

    version: int
    auth_token: Secret
    primary: bool


class Credentials:
    """Credentials of all organizations. `wake_audit` is called after each change."""

    def __init__(self, store: CredentialStore, cipher: Cipher, clock: Clock, wake_audit: Callable[[], None]) -> None:
        self._store = store
        self._cipher = cipher
        self._clock = clock
        self._wake_audit = wake_audit

    async def create(
        self, organization_id: str, account_sid: str, display_name: str, auth_token: Secret, actor: Actor
    ) -> Credential:
        """Raises CREDENTIAL_ALREADY_EXISTS, FIELD_REQUIRED, FIELD_INVALID."""
        account_sid, display_name = to_account_sid(account_sid), to_display_name(display_name)
        require_well_formed(auth_token, "auth_token")
        now = self._clock()
        empty = Credential(new_id("crd"), organization_id, account_sid, display_name or account_sid, (), now, now)
        credential = empty.with_version(await self._new_version(empty, auth_token, now), now)
        entry = _entry(AuditAction.CREDENTIAL_CREATED, credential, actor, now, _details(credential.versions[0]))
        if not await self._store.create(credential, entry):
            raise errors.already_exists(account_sid)
        self._wake_audit()
        return credential

    async def get(self, organization_id: str, account_sid: str) -> Credential:
        """Raises CREDENTIAL_NOT_FOUND, CREDENTIAL_MALFORMED, FIELD_REQUIRED, FIELD_INVALID."""
        account_sid = to_account_sid(account_sid)
        credential = await self._store.get(account_sid)
        if credential is None or credential.organization_id != organization_id:
            raise errors.credential_not_found(account_sid)
        return credential

    async def list_credentials(self, organization_id: str, asked: Page) -> tuple[list[Credential], str]:
        """A page, oldest first, and the next page's token. Raises PAGE_TOKEN_INVALID, FIELD_INVALID."""

        async def read(position: Position, limit: int) -> list[Credential]:
            return await self._store.list_credentials(organization_id, id_at(position), limit)

        return await page(asked, [organization_id], read, lambda credential: [credential.credential_id])

    async def access(self, account_sid: str) -> tuple[Credential, list[OpenedToken], list[int]]:
        """The credential, its enabled tokens, newest first, and the enabled versions that cannot be decrypted: what one
        of them would verify is not to be refused as a forgery. Raises CREDENTIAL_UNREADABLE when all
        cannot, CREDENTIAL_NOT_FOUND, CREDENTIAL_MALFORMED, FIELD_REQUIRED, FIELD_INVALID."""
        account_sid = to_account_sid(account_sid)
        credential = await self._store.get(account_sid)
        if credential is None:
            raise errors.credential_not_found(account_sid)
        tokens, failures = list[OpenedToken](), dict[int, FailedPrecondition]()
        for version in credential.enabled:
            number = version.version
            try:
                opened = await self._open(credential, version)
                tokens.append(OpenedToken(number, opened, number == credential.primary_version))
            except FailedPrecondition as error:
                failures[number] = error
        if failures and not tokens:
            raise next(iter(failures.values()))
        return credential, tokens, list(failures)

    async def add_version(
        self, organization_id: str, account_sid: str, auth_token: Secret, actor: Actor
    ) -> tuple[Credential, int]:
        """The credential, and which version holds the token: a new one, unless one did already. Raises
        CREDENTIAL_NOT_FOUND, CONCURRENT_UPDATE, FIELD_REQUIRED, FIELD_INVALID."""
        require_well_formed(auth_token, "auth_token")
        holding = 0

        async def change(credential: Credential) -> Change:
            nonlocal holding
            holding = await self._version_of(credential, auth_token)
            if holding:
                return None
            now = self._clock()
            version = await self._new_version(credential, auth_token, now)
            holding = version.version
            return credential.with_version(version, now), AuditAction.CREDENTIAL_VERSION_ADDED, _details(version)

        return await self.change(organization_id, account_sid, change, actor), holding

    async def replace_token(
        self, organization_id: str, account_sid: str, auth_token: Secret, actor: Actor
    ) -> Credential:
        """The token in place of all others, whether those can be decrypted or not. Raises CREDENTIAL_NOT_FOUND,
        CONCURRENT_UPDATE, FIELD_REQUIRED, FIELD_INVALID."""
        require_well_formed(auth_token, "auth_token")

        async def change(credential: Credential) -> Change:
            now = self._clock()
            holding = await self._version_of(credential, auth_token)
            known = credential
            if not holding:
                version = await self._new_version(credential, auth_token, now)
                known, holding = credential.with_version(version, now), version.version
            replaced = known.with_only(holding, now)
            if replaced is credential:
                return None
            return replaced, AuditAction.CREDENTIAL_TOKEN_REPLACED, _replacement(credential, replaced)

        return await self.change(organization_id, account_sid, change, actor)

    async def disable_version(self, organization_id: str, account_sid: str, number: int, actor: Actor) -> Credential:
        """Raises CREDENTIAL_NOT_FOUND, CREDENTIAL_VERSION_NOT_FOUND, LAST_ENABLED_VERSION, CONCURRENT_UPDATE."""

        async def change(credential: Credential) -> Change:
            changed = credential.without_version(number, self._clock())
            version = next(v for v in changed.versions if v.version == number)
            return (
                None if changed == credential else (changed, AuditAction.CREDENTIAL_VERSION_DISABLED, _details(version))
            )

        return await self.change(organization_id, account_sid, change, actor)

    async def delete(self, organization_id: str, account_sid: str, actor: Actor) -> None:
        """Raises CREDENTIAL_NOT_FOUND, CONCURRENT_UPDATE."""
        for attempt in range(_ATTEMPTS):
            await _let_others_finish(attempt)
            credential = await self.get(organization_id, account_sid)
            entry = _entry(AuditAction.CREDENTIAL_DELETED, credential, actor, self._clock())
            if await self._store.delete(credential, entry):
                self._wake_audit()
                return
        raise _conflict()

    async def change(
        self,
        organization_id: str,
        account_sid: str,
        change: Callable[[Credential], Awaitable[Change]],
        actor: Actor,
    ) -> Credential:
        """Makes one change with its audit entry, again where somebody else's came first. Raises CREDENTIAL_NOT_FOUND,
        CONCURRENT_UPDATE, and what `change` raises."""
        for attempt in range(_ATTEMPTS):
            await _let_others_finish(attempt)
            credential = await self.get(organization_id, account_sid)
            made = await change(credential)
            if made is None:
                return credential
            changed, action, details = made
            if await self._store.replace(changed, _entry(action, changed, actor, changed.update_time, details)):
                self._wake_audit()
                return changed
        raise _conflict()

    async def _version_of(self, credential: Credential, auth_token: Secret) -> int:
        """The enabled version that holds the token; 0: none is known to. One that cannot be read is not: the operator
        who adds its token again and disables the unreadable version has repaired the credential."""
        for version in credential.enabled:
            if await self._is(credential, version, auth_token):
                return version.version
        return 0

    async def _is(self, credential: Credential, version: Version, auth_token: Secret) -> bool:
        try:
            opened = await self._open(credential, version)
        except FailedPrecondition:
            return False
        return opened == auth_token

    async def _open(self, credential: Credential, version: Version) -> Secret:
        try:
            return await self._cipher.open(credential, version)
        except FailedPrecondition as error:
            _log.error(
                "a credential cannot be decrypted",
                reason=error.reason,
                credential_id=credential.credential_id,
                version=version.version,
                key_id=version.key_id,
            )
            raise

    async def _new_version(self, credential: Credential, auth_token: Secret, now: datetime) -> Version:
        number = credential.next_version
        sealed = await self._cipher.seal(auth_token, credential, number)
        return Version(number, last_four_of(auth_token), sealed.key_id, now, sealed)


def _details(version: Version) -> dict[str, str]:
    return {"version": str(version.version), "key_id": version.key_id}


def _replacement(before: Credential, after: Credential) -> dict[str, str]:
    (version,) = after.enabled
    ended = sorted(v.version for v in before.enabled if v.version != version.version)
    return {**_details(version), "disabled_versions": ",".join(map(str, ended))}


def _entry(
    action: AuditAction,
    credential: Credential,
    actor: Actor,
    time: datetime,
    details: Mapping[str, str] = MappingProxyType({}),
) -> AuditEntry:
    named = {"account_sid": credential.account_sid, **details}
    return AuditEntry(new_id("aud"), credential.organization_id, action, credential.credential_id, actor, time, named)


async def _let_others_finish(attempt: int) -> None:
    if attempt:
        await asyncio.sleep(random.uniform(0, 0.01 * 2 ** min(attempt, 4)))  # noqa: S311


def _conflict() -> Aborted:
    return Aborted("CONCURRENT_UPDATE", "somebody else changed this credential at the same time; ask again")
