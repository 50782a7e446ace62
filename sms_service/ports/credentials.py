"""Where the accounts' credentials are kept."""

from typing import Protocol

from servicekit.paging import Page
from sms_service.domain.credential import ConnectedAccount, Credential, SharedKey, StoredTokens


class CredentialKeeper(Protocol):
    """credentials_service. Every method raises Unavailable CREDENTIALS_SERVICE_UNAVAILABLE when it does not answer, and
    CREDENTIALS_STORE_UNAVAILABLE when its database does not; every one about an account that is there,
    FailedPrecondition CREDENTIAL_MALFORMED; and every one that changes it, Aborted CONCURRENT_UPDATE."""

    async def access(self, account_sid: str) -> Credential | None:
        """The account's tokens, the one in use first; None when it is not connected. Raises CredentialUnreadable
        when none of them can be decrypted."""
        ...

    async def tokens(self, organization_id: str, account_sid: str) -> StoredTokens:
        """The enabled tokens of the organization's account. Raises NotFound TWILIO_ACCOUNT_NOT_FOUND, and
        CredentialUnreadable when none of them can be decrypted."""
        ...

    async def create(self, credential: Credential, display_name: str) -> ConnectedAccount:
        """Stores a new account's token. Raises AlreadyExists CREDENTIAL_ALREADY_EXISTS."""
        ...

    async def replace_token(self, credential: Credential) -> ConnectedAccount:
        """The token in place of all others that the account has: after connecting again nobody has to think of them.
        None of those is opened. Raises NotFound CREDENTIAL_NOT_FOUND when the account is another organization's."""
        ...

    async def add_token(self, credential: Credential) -> ConnectedAccount:
        """One token more. Raises NotFound TWILIO_ACCOUNT_NOT_FOUND."""
        ...

    async def disable_token(self, organization_id: str, account_sid: str, version: int) -> ConnectedAccount:
        """One token less."""
        ...

    async def add_shared_key(self, organization_id: str, account_sid: str, key: SharedKey) -> ConnectedAccount:
        """Stores a SharedKey, also in place of one that cannot be decrypted. Raises NotFound TWILIO_ACCOUNT_NOT_FOUND,
        AlreadyExists SHARED_KEY_ALREADY_EXISTS, FailedPrecondition TOO_MANY_SHARED_KEYS, InvalidArgument."""
        ...

    async def delete_shared_key(self, organization_id: str, account_sid: str, shared_key_id: str) -> ConnectedAccount:
        """Forgets a SharedKey. Raises NotFound TWILIO_ACCOUNT_NOT_FOUND or SHARED_KEY_NOT_FOUND."""
        ...

    async def list_accounts(self, organization_id: str, asked: Page) -> tuple[list[ConnectedAccount], str]:
        """A page of the organization's accounts, oldest first, and the next page's token. Raises PAGE_TOKEN_INVALID."""
        ...

    async def delete(self, organization_id: str, account_sid: str) -> None:
        """Forgets the account. Raises NotFound TWILIO_ACCOUNT_NOT_FOUND."""
        ...
