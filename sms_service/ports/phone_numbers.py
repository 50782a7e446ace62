"""The numbers that an account owns at the provider."""

from typing import Protocol

from sms_service.domain.credential import Credential
from sms_service.domain.phone_number import FoundNumber, NumberPosition, PhoneNumber, RoutedNumber, RoutedNumberPage


class PhoneNumberProvider(Protocol):
    """Every method but `is_out_of_reach` raises ProviderError's subclasses, never ProviderOutcomeUnknown."""

    def is_out_of_reach(self) -> bool:
        """Whether the provider cannot reach the address that our webhooks have."""
        ...

    async def list_numbers(
        self,
        credential: Credential,
        phone_number: str,
        page_size: int,
        position: NumberPosition | None,
        all_kinds: bool,
    ) -> RoutedNumberPage:
        """A page of the account's numbers; only those like `phone_number` unless it is empty, and only those that
        can receive SMS unless `all_kinds`."""
        ...

    async def find(self, credential: Credential, phone_number: str) -> FoundNumber:
        """The number in E.164. Raises NumberNotFound."""
        ...

    async def set_up(self, credential: Credential, found: FoundNumber) -> PhoneNumber:
        """Has the number's texts come to us; the number as it then is. Idempotent. Raises NumberNotFound,
        NumberCannotReceive, WebhookAddressRefused."""
        ...

    async def routed(self, credential: Credential, number: PhoneNumber) -> RoutedNumber:
        """Where the number's texts go. A messaging service that cannot be looked at is left out."""
        ...
