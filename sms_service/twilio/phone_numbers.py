"""The numbers of Twilio accounts: where their texts go, and how that is changed."""

from collections.abc import Sequence

import structlog

from sms_service.domain.credential import Credential
from sms_service.domain.phone_number import (
    FoundNumber,
    NumberPosition,
    PhoneNumber,
    Route,
    RoutedNumber,
    RoutedNumberPage,
)
from sms_service.domain.provider_errors import (
    FailureKind,
    NumberCannotReceive,
    NumberNotFound,
    ProviderError,
    ProviderRefused,
    WebhookAddressRefused,
)
from sms_service.twilio.client import Twilio
from sms_service.twilio.errors import explain
from sms_service.twilio.inbound_route import host_of, is_out_of_reach, own_route, routed, somebody_elses
from sms_service.twilio.messaging_services import services_taking_texts
from sms_service.twilio.webhook_urls import our_urls

# Twilio filters by any part of a number: a whole one is among few.
_FEW = 20
# https://www.twilio.com/docs/api/errors/20404 and /21407.
_NOT_FOUND, _NO_SMS = 20404, 21407
_log = structlog.get_logger(__name__)


class TwilioPhoneNumbers:
    """Implements ports.phone_numbers.PhoneNumberProvider. `public_url` is where Twilio is to send texts to, `api_url`
    where this Twilio is."""

    def __init__(self, twilio: Twilio, api_url: str, public_url: str) -> None:
        self._twilio = twilio
        self._ours = our_urls(public_url)
        self._out_of_reach = is_out_of_reach(public_url, api_url)

    def is_out_of_reach(self) -> bool:
        """An address of this machine does for a Twilio that is here too: the simulator."""
        return self._out_of_reach

    async def list_numbers(
        self,
        credential: Credential,
        phone_number: str,
        page_size: int,
        position: NumberPosition | None,
        all_kinds: bool,
    ) -> RoutedNumberPage:
        """In Twilio's order; short codes come last, however many there are."""
        page = await self._twilio.list_phone_numbers(credential, phone_number, page_size, position)
        short_codes = [] if page.next_position else await self._short_codes(credential, phone_number)
        wanted = [number for number in (*page.phone_numbers, *short_codes) if number.sms_capable or all_kinds]
        return RoutedNumberPage(await self._routed(credential, wanted), page.next_position)

    async def find(self, credential: Credential, phone_number: str) -> FoundNumber:
        """Among the first few numbers that contain the digits."""
        page = await self._twilio.list_phone_numbers(credential, phone_number, _FEW, None)
        for number in (*page.phone_numbers, *await self._short_codes(credential, phone_number)):
            if number.phone_number == phone_number:
                route, host = own_route(number, self._ours), host_of(number.urls.url)
                return FoundNumber(number, route, host, somebody_elses(number, self._ours))
        raise NumberNotFound(explain(_NOT_FOUND))

    async def _short_codes(self, credential: Credential, asked: str) -> Sequence[PhoneNumber]:
        """Those like `asked`, all if it is empty. Few accounts have one: the numbers can be seen without them."""
        if asked.startswith("+"):
            return []
        try:
            return await self._twilio.short_codes(credential, asked)
        except ProviderError as error:
            _log.warning("short codes cannot be listed", account_sid=credential.account_sid, twilio_code=error.code)
            return []

    async def set_up(self, credential: Credential, found: FoundNumber) -> PhoneNumber:
        """Takes the number off its TwiML app, which would keep the texts."""
        sid, leave_application = found.number.phone_number_sid, found.route is Route.TWIML_APP
        try:
            return await self._twilio.update_phone_number(credential, sid, self._ours, leave_application)
        except ProviderRefused as error:
            if error.code == _NOT_FOUND:
                raise NumberNotFound(error.failure) from None
            if error.code == _NO_SMS:
                raise NumberCannotReceive(error.failure) from None
            if error.failure.kind is FailureKind.ACCOUNT:
                raise
            raise WebhookAddressRefused(error.failure) from None

    async def routed(self, credential: Credential, number: PhoneNumber) -> RoutedNumber:
        """Twilio does not say which messaging service a number is in: the account's services are looked through."""
        return (await self._routed(credential, [number]))[0]

    async def _routed(self, credential: Credential, numbers: Sequence[PhoneNumber]) -> list[RoutedNumber]:
        services = await services_taking_texts(self._twilio, credential) if numbers else {}
        return [routed(number, services.get(number.phone_number_sid), self._ours) for number in numbers]
