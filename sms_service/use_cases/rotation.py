"""Use cases: from one Auth Token to the next, and SharedKeys, while webhooks come in and replies go out.

At Twilio a secondary token signs in, and signs nothing until it is promoted; then the old one is refused at once
(https://www.twilio.com/docs/iam/api/authtoken). So both are kept from before the promotion until after it: webhooks
verify with both, and what Twilio refuses with one token, it is asked with the other.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from servicekit.secret import Secret
from sms_service import errors
from sms_service.domain.credential import AuthToken, ConnectedAccount, Credential, SharedKey
from sms_service.ports.credentials import CredentialKeeper
from sms_service.ports.provider import Provider
from sms_service.use_cases.accounts import require_pair
from sms_service.use_cases.credentials_cache import TAKEN_UP_SECONDS, CredentialsCache
from sms_service.use_cases.refusals import refusal
from sms_service.use_cases.stopped_senders import StoppedSenders

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Tokens:
    in_use: AuthToken
    coming: list[AuthToken]


class Rotation:
    """Changes what signs for an account. A change is reported once all replicas know of it: `settle` waits for that."""

    def __init__(
        self,
        provider: Provider,
        keeper: CredentialKeeper,
        cache: CredentialsCache,
        stopped_senders: StoppedSenders,
        settle: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._provider = provider
        self._keeper = keeper
        self._cache = cache
        self._stopped_senders = stopped_senders
        self._settle = settle

    async def add(self, organization_id: str, account_sid: str, auth_token: Secret) -> ConnectedAccount:
        """Takes the new token. sms_service.proto, RotateAuthToken, names what is raised."""
        require_pair(account_sid, auth_token)
        known = await self._tokens(organization_id, account_sid)
        if auth_token == known.in_use.auth_token:
            raise errors.invalid("auth_token", "is the one in use already; create a secondary one at Twilio")
        if known.coming and auth_token not in {token.auth_token for token in known.coming}:
            raise errors.rotation_under_way()
        given = Credential(organization_id, account_sid, (auth_token,))
        await self._require_accepted(given)
        try:
            account = await self._keeper.add_token(given)
        finally:
            self._cache.forget(account_sid)
        await self._settle(TAKEN_UP_SECONDS)
        return account

    async def promote(self, organization_id: str, account_sid: str) -> ConnectedAccount:
        """Forgets the old token, once Twilio refuses it and takes the new one."""
        known = await self._rotating(organization_id, account_sid)
        newest = known.coming[0]
        await self._require_accepted(Credential(organization_id, account_sid, (newest.auth_token,)))
        if await self._accepted(Credential(organization_id, account_sid, (known.in_use.auth_token,))):
            raise errors.auth_token_not_promoted()
        account = await self._disable(organization_id, account_sid, [*known.coming[1:], known.in_use])
        await self._stopped_senders.connected(account_sid)
        return account

    async def cancel(self, organization_id: str, account_sid: str) -> ConnectedAccount:
        """Forgets the new token, while Twilio still takes the old one."""
        known = await self._rotating(organization_id, account_sid)
        if not await self._accepted(Credential(organization_id, account_sid, (known.in_use.auth_token,))):
            raise errors.auth_token_promoted()
        return await self._disable(organization_id, account_sid, known.coming)

    async def add_shared_key(self, organization_id: str, account_sid: str, key: SharedKey) -> ConnectedAccount:
        """Takes a SharedKey. sms_service.proto, AddSharedKey, names what is raised."""
        try:
            account = await self._keeper.add_shared_key(organization_id, account_sid, key)
        finally:
            self._cache.forget(account_sid)
        await self._settle(TAKEN_UP_SECONDS)
        return account

    async def delete_shared_key(self, organization_id: str, account_sid: str, shared_key_id: str) -> ConnectedAccount:
        """Forgets a SharedKey. sms_service.proto, DeleteSharedKey, names what is raised."""
        try:
            return await self._keeper.delete_shared_key(organization_id, account_sid, shared_key_id)
        finally:
            self._cache.forget(account_sid)

    async def _tokens(self, organization_id: str, account_sid: str) -> _Tokens:
        """The token in use, and those to come, newest first; all or none, since one that cannot be decrypted may be in
        use. Raises TWILIO_ACCOUNT_NOT_FOUND, Internal."""
        stored = await self._keeper.tokens(organization_id, account_sid)
        if stored.unreadable:
            error = errors.credential_unreadable()
            _log.error("an Auth Token of an account cannot be decrypted", error_id=error.metadata["error_id"])
            raise error
        tokens = stored.tokens
        in_use = next((token for token in tokens if token.primary), None)
        if in_use is None:
            raise errors.account_not_found(account_sid)
        return _Tokens(in_use, [token for token in tokens if token is not in_use])

    async def _rotating(self, organization_id: str, account_sid: str) -> _Tokens:
        known = await self._tokens(organization_id, account_sid)
        if not known.coming:
            raise errors.no_rotation()
        return known

    async def _disable(self, organization_id: str, account_sid: str, tokens: list[AuthToken]) -> ConnectedAccount:
        """The last one is the one that counts: what was begun and broke off can be done again."""
        try:
            for token in tokens:
                account = await self._keeper.disable_token(organization_id, account_sid, token.version)
        finally:
            self._cache.forget(account_sid)
        return account

    async def _require_accepted(self, credential: Credential) -> None:
        refused = await refusal(self._provider, credential)
        if refused is not None:
            raise errors.credentials_refused(refused.code, credential.account_sid)

    async def _accepted(self, credential: Credential) -> bool:
        """Whether Twilio lets the token in. Raises KevaError when it does not say."""
        return await refusal(self._provider, credential) is None
