"""Use cases: list an account's numbers with where their texts go, and make Twilio send a number's texts to us."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from servicekit import paging, phone_numbers
from sms_service import errors
from sms_service.ports.credential import Credential
from sms_service.ports.provider import FailureKind, PhoneNumber, Provider, ProviderError, ProviderRefused
from sms_service.twilio.inbound_route import (
    Route,
    RoutedNumber,
    is_out_of_reach,
    our_urls,
    own_route,
    routed,
    somebody_elses,
)
from sms_service.use_cases.credentials_cache import CredentialsCache
from sms_service.use_cases.messaging_services import services_taking_texts

# PhoneNumber filters by any part of a number: a whole one is among few.
_FEW = 20
_NOT_FOUND, _NO_SMS = 20404, 21407
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Addresses:
    """KEVA_PUBLIC_URL, and where the Twilio is that has to reach it."""

    public_url: str
    twilio_api_url: str


class PhoneNumberSetup:
    """Numbers of all accounts."""

    def __init__(
        self, provider: Provider, credentials: CredentialsCache, default_region: str, addresses: Addresses
    ) -> None:
        self._provider = provider
        self._credentials = credentials
        self._default_region = default_region
        self._addresses = addresses
        self._ours = our_urls(addresses.public_url)

    async def list_numbers(
        self, organization_id: str, account_sid: str, size: int, token: str, phone_number: str, all_kinds: bool
    ) -> tuple[list[RoutedNumber], str]:
        """A page of the account's numbers as Twilio lists them now, and the next page's token.

        `all_kinds`: those too that cannot receive SMS. sms_service.proto, ListPhoneNumbers, names what is raised.
        """
        if phone_number:
            phone_number = phone_numbers.require_e164(phone_number, self._default_region, "phone_number")
        arguments: list[object] = [organization_id, account_sid, phone_number, all_kinds]
        after, size = _position(token, arguments), paging.page_size(size)
        credential = await self._credentials.require(organization_id, account_sid)
        try:
            page = await self._provider.list_phone_numbers(credential, phone_number, size, after)
        except ProviderRefused as error:
            # All that Twilio can object to is where the page begins, and the account.
            raise (errors.page_token_invalid() if after else errors.credentials_refused(error.code)) from None
        except ProviderError as error:
            raise errors.of_provider(error) from None
        found = [number for number in page.phone_numbers if number.sms_capable or all_kinds]
        following = paging.encode(page.next_position, arguments) if page.next_position else ""
        return await self._routed(credential, found), following

    async def configure(self, organization_id: str, account_sid: str, phone_number: str, replace: bool) -> RoutedNumber:
        """The number as it is once its texts come to us, as far as that is its own to decide: see the route.

        `replace`: also if they go to somebody else now. sms_service.proto, ConfigurePhoneNumber, names what is raised.
        """
        phone_number = phone_numbers.require_e164(phone_number, self._default_region, "phone_number")
        credential = await self._credentials.require(organization_id, account_sid)
        if is_out_of_reach(self._addresses.public_url, self._addresses.twilio_api_url):
            raise errors.public_url_out_of_reach()
        number = await self._find(credential, phone_number)
        if not number.sms_capable:
            raise errors.phone_number_not_sms_capable()
        route = own_route(number, self._ours)
        if route is not Route.KEVA:
            host = somebody_elses(number, self._ours)
            if host is not None and not replace:
                raise errors.phone_number_routed_elsewhere(route.name, host)
            number = await self._update(credential, number)
            _log.info("a number was set up", account_sid=account_sid, phone_number_sid=number.phone_number_sid)
        return (await self._routed(credential, [number]))[0]

    async def _find(self, credential: Credential, phone_number: str) -> PhoneNumber:
        try:
            page = await self._provider.list_phone_numbers(credential, phone_number, _FEW, None)
        except ProviderRefused as error:
            raise errors.credentials_refused(error.code) from None
        except ProviderError as error:
            raise errors.of_provider(error) from None
        found = next((number for number in page.phone_numbers if number.phone_number == phone_number), None)
        if found is None:
            raise errors.phone_number_not_found()
        return found

    async def _update(self, credential: Credential, number: PhoneNumber) -> PhoneNumber:
        try:
            return await self._provider.update_phone_number(
                credential, number.phone_number_sid, self._ours, leave_application=bool(number.application_sid)
            )
        except ProviderRefused as error:
            if error.code == _NOT_FOUND:
                raise errors.phone_number_not_found() from None
            if error.code == _NO_SMS:
                raise errors.phone_number_not_sms_capable() from None
            if error.kind is FailureKind.ACCOUNT:
                raise errors.credentials_refused(error.code) from None
            raise errors.public_url_refused(error.code) from None
        except ProviderError as error:
            raise errors.of_provider(error) from None

    async def _routed(self, credential: Credential, numbers: Sequence[PhoneNumber]) -> list[RoutedNumber]:
        services = await services_taking_texts(self._provider, credential) if numbers else {}
        return [routed(number, services.get(number.phone_number_sid), self._ours) for number in numbers]


def _position(token: str, arguments: list[object]) -> tuple[int, str] | None:
    match paging.decode(token, arguments):
        case []:
            return None
        case [int(page), str(twilio_token)] if page >= 0:
            return page, twilio_token
        case _:
            raise errors.page_token_invalid()
