"""Use cases: connect Twilio accounts, and list them."""

from servicekit.errors import AlreadyExists, NotFound
from servicekit.limits import ACCOUNT_NAME_CHARACTERS
from servicekit.paging import Page
from servicekit.secret import Secret, require_well_formed
from sms_service import errors
from sms_service.domain.credential import ConnectedAccount, Credential, is_account_sid
from sms_service.domain.provider_errors import ProviderError, ProviderRefused
from sms_service.domain.stopped_sender import StoppedSender
from sms_service.ports.credentials import CredentialKeeper
from sms_service.ports.provider import Provider
from sms_service.use_cases.credentials_cache import CredentialsCache
from sms_service.use_cases.provider_failures import as_keva_error
from sms_service.use_cases.refusals import refusal
from sms_service.use_cases.stopped_senders import StoppedSenders


class Accounts:
    """Twilio accounts of all organizations. They are kept by credentials_service."""

    def __init__(
        self, provider: Provider, keeper: CredentialKeeper, cache: CredentialsCache, stopped_senders: StoppedSenders
    ) -> None:
        self._provider = provider
        self._stopped_senders = stopped_senders
        self._keeper = keeper
        self._cache = cache

    async def connect(self, organization_id: str, account_sid: str, auth_token: Secret) -> ConnectedAccount:
        """Checks the pair with Twilio, and stores it. sms_service.proto, ConnectTwilioAccount, names what is raised."""
        require_pair(account_sid, auth_token)
        checked = Credential(organization_id, account_sid, (auth_token,))
        try:
            account = await self._provider.fetch_account(checked)
        except ProviderRefused as error:
            # A wrong Account SID is a 404.
            raise errors.credentials_refused(error.code, account_sid) from None
        except ProviderError as error:
            raise as_keva_error(error, account_sid) from None
        if not account.active:
            raise errors.account_not_active("suspended or closed")
        try:
            connected = await self._store(checked, account.display_name[:ACCOUNT_NAME_CHARACTERS])
        finally:
            self._cache.forget(account_sid)
        await self._stopped_senders.connected(account_sid)
        return connected

    async def _store(self, credential: Credential, display_name: str) -> ConnectedAccount:
        try:
            return await self._keeper.create(credential, display_name)
        except AlreadyExists:
            pass
        try:
            await self._require_replaceable(credential)
            return await self._keeper.replace_token(credential)
        except NotFound:
            raise errors.account_taken() from None

    async def _require_replaceable(self, given: Credential) -> None:
        """Twilio lets a secondary token in as well, and signs with the primary one: neither may be erased for the
        other. Raises AUTH_TOKEN_NOT_PROMOTED, and what keeps it from finding out."""
        try:
            stored = await self._keeper.tokens(given.organization_id, given.account_sid)
        except errors.CredentialUnreadable:
            # Connecting again repairs that.
            return
        (auth_token,) = given.auth_tokens
        in_use = next((token for token in stored.tokens if token.primary), None)
        if in_use is None or in_use.auth_token == auth_token:
            # Without one in use it cannot be decrypted: to give it again is to repair it.
            return
        for token in stored.tokens:
            if token.auth_token == auth_token:
                continue
            other = Credential(given.organization_id, given.account_sid, (token.auth_token,))
            if await refusal(self._provider, other) is None:
                raise errors.auth_token_not_replaceable()

    async def list_accounts(self, organization_id: str, asked: Page) -> tuple[list[ConnectedAccount], str]:
        """A page of connected accounts, oldest first, and the next page's token."""
        return await self._keeper.list_accounts(organization_id, asked)

    async def list_stopped(self, account_sid: str) -> list[StoppedSender]:
        """What Twilio refuses to send from, of a connected account."""
        return await self._stopped_senders.list_stopped(account_sid)

    async def disconnect(self, organization_id: str, account_sid: str) -> None:
        """Raises TWILIO_ACCOUNT_NOT_FOUND."""
        try:
            await self._keeper.delete(organization_id, account_sid)
        finally:
            self._cache.forget(account_sid)


def require_pair(account_sid: str, auth_token: Secret) -> None:
    """Raises FIELD_REQUIRED, FIELD_INVALID."""
    if not account_sid:
        raise errors.required("account_sid")
    if not is_account_sid(account_sid):
        raise errors.invalid("account_sid", "is not an Account SID; it is AC and 32 hexadecimal digits")
    require_well_formed(auth_token, "auth_token")
