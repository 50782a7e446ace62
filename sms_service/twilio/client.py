"""Twilio's REST API through the twilio package, its failures mapped to the closed set of domain.provider_errors."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

from twilio.base import values
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from sms_service.domain.credential import Credential, ProviderAccount, Secret
from sms_service.domain.message import OutgoingMessage, ReceivedLog, TakenMessage
from sms_service.domain.phone_number import InboundUrls, NumberPosition, PhoneNumber
from sms_service.domain.provider_errors import (
    ProviderCredentialsRefused,
    ProviderError,
    ProviderOutcomeUnknown,
    ProviderRefused,
    ProviderUnreachable,
)
from sms_service.twilio import records, sending_rate
from sms_service.twilio.errors import explain
from sms_service.twilio.http import TwilioHttp
from sms_service.twilio.lines import UNREADABLE, all_raw_lines, raw_lines, read_lines
from sms_service.twilio.message_lines import is_media_sid, received_log, taken_log, text
from sms_service.twilio.records import MessagingServices, PhoneNumberPage
from sms_service.twilio.webhook_urls import status_callback

Result = TypeVar("Result")

MESSAGING_URL = "https://messaging.twilio.com"
_LOG_LIMIT = 200
# https://www.twilio.com/docs/messaging/api/service-resource, PageSize.
_LARGEST_PAGE = 1000
# https://www.twilio.com/docs/api/errors/20003 and /20404.
_UNAUTHORIZED, _NOT_FOUND = 20003, 20404


class Twilio:
    """Implements ports.provider.Provider, and gives what TwilioPhoneNumbers needs. `api_url` stands in for
    https://api.twilio.com, `messaging_url` for MESSAGING_URL; `public_url` is where Twilio calls back; `default_region`
    is for numbers that its log has without a country code."""

    def __init__(
        self,
        api_url: str,
        http: TwilioHttp,
        public_url: str,
        messaging_url: str = MESSAGING_URL,
        default_region: str = "ZZ",
    ) -> None:
        self._api_url = api_url
        self._public_url = public_url
        self._messaging_url = messaging_url
        self._default_region = default_region
        self._http = http

    async def fetch_account(self, credential: Credential) -> ProviderAccount:
        async def fetch(client: Client) -> ProviderAccount:
            account = await client.api.v2010.accounts(credential.account_sid).fetch_async()
            return ProviderAccount(text(account.sid), text(account.friendly_name), account.status == "active")

        return await self._ask(credential, fetch)

    async def send(self, credential: Credential, message: OutgoingMessage) -> TakenMessage:
        async def create(client: Client) -> TakenMessage:
            created = await client.messages.create_async(
                to=message.to_address,
                from_=message.from_address,
                body=message.text or values.unset,
                media_url=list(message.media_urls) or values.unset,
                status_callback=status_callback(self._public_url, message.message_id),
            )
            taken = records.taken_message(created)
            self._http.clock.took(taken.create_time)
            return taken

        try:
            return await self._ask(credential, create, unknown=ProviderOutcomeUnknown)
        except ProviderRefused as error:
            raise ProviderRefused(explain(error.code, message.from_address)) from None

    def earliest_time(self) -> datetime | None:
        return self._http.clock.earliest()

    async def current_time(self, credential: Credential, afresh: bool = False) -> datetime | None:
        if afresh or self._http.clock.by_answers() is None:
            # Any answer will do.
            await self.fetch_account(credential)
        return self._http.clock.by_answers()

    async def sent_messages(
        self, credential: Credential, from_address: str, to_address: str, since: datetime
    ) -> Sequence[TakenMessage]:
        async def read(client: Client) -> list[TakenMessage]:
            # Not by DateSent: a message that waits in Twilio's queue has none yet.
            page = await client.messages.page_async(to=to_address, from_=from_address, page_size=_LOG_LIMIT)
            return taken_log(raw_lines(page))

        # Twilio counts in seconds.
        earliest = since.replace(microsecond=0)
        messages = await self._ask(credential, read)
        return [message for message in messages if message.create_time is None or message.create_time >= earliest]

    async def fetch_message(self, credential: Credential, message_sid: str) -> TakenMessage | None:
        async def fetch(client: Client) -> TakenMessage:
            return records.taken_message(await client.messages(message_sid).fetch_async())

        try:
            return await self._ask(credential, fetch)
        except ProviderRefused as error:
            if error.code == _NOT_FOUND:
                return None
            raise

    async def received_messages(
        self, credential: Credential, to_address: str, since: datetime, until: datetime
    ) -> ReceivedLog:
        async def read(client: Client) -> ReceivedLog:
            # All pages. Twilio counts in seconds, and includes both ends.
            page = await client.messages.page_async(
                to=to_address,
                date_sent_after=since.replace(microsecond=0),
                date_sent_before=until.replace(microsecond=0),
                page_size=_LARGEST_PAGE,
            )
            lines = await all_raw_lines(page, self._api_url)
            return received_log(lines, to_address, since, until, self._default_region)

        return await self._ask(credential, read)

    async def message_media(self, credential: Credential, message_sid: str) -> Sequence[tuple[str, str]]:
        async def read(client: Client) -> list[tuple[str, str]]:
            # Ten at most: never a second page.
            page = await client.messages(message_sid).media.page_async(page_size=_LARGEST_PAGE)
            account = f"{self._api_url}/2010-04-01/Accounts/{credential.account_sid}"
            return [
                (f"{account}/Messages/{message_sid}/Media/{sid}", text(one.get("content_type")))
                for one in raw_lines(page)
                if isinstance(one, dict) and is_media_sid(sid := text(one.get("sid")))
            ]

        return await self._ask(credential, read)

    async def list_phone_numbers(
        self, credential: Credential, phone_number: str, page_size: int, position: NumberPosition | None
    ) -> PhoneNumberPage:
        """A page of the account's numbers; only those like `phone_number` unless it is empty."""

        async def read(client: Client) -> PhoneNumberPage:
            page = await client.incoming_phone_numbers.page_async(
                phone_number=phone_number or values.unset,
                page_size=page_size,
                page_number=position[0] if position else values.unset,
                page_token=position[1] if position and position[1] else values.unset,
            )
            numbers = read_lines(page, records.phone_number, "phone numbers")
            return PhoneNumberPage(numbers, records.next_position(page.next_page_url))

        return await self._ask(credential, read)

    async def short_codes(self, credential: Credential, short_code: str) -> Sequence[PhoneNumber]:
        """The account's short codes, which Twilio lists apart; only those like `short_code` unless it is empty."""

        async def read(client: Client) -> list[PhoneNumber]:
            page = await client.short_codes.page_async(short_code=short_code or values.unset, page_size=_LARGEST_PAGE)
            return read_lines(page, records.short_code, "short codes")

        return await self._ask(credential, read)

    async def update_phone_number(
        self, credential: Credential, phone_number_sid: str, urls: InboundUrls, leave_application: bool
    ) -> PhoneNumber:
        """Sets where the number's texts go, and takes it off its TwiML app if asked to; the number as it then is.
        Idempotent."""

        wanted = {
            "sms_url": urls.url,
            "sms_method": urls.method,
            "sms_fallback_url": urls.fallback_url,
            "sms_fallback_method": urls.fallback_method,
        }

        async def update(client: Client) -> PhoneNumber:
            if phone_number_sid.startswith(records.SHORT_CODE):
                return records.short_code(await client.short_codes(phone_number_sid).update_async(**wanted))
            updated = await client.incoming_phone_numbers(phone_number_sid).update_async(
                **wanted, sms_application_sid="" if leave_application else values.unset
            )
            return records.phone_number(updated)

        try:
            return await self._ask(credential, update)
        except ProviderOutcomeUnknown as error:
            # It may be done, and doing it again does no harm.
            raise ProviderUnreachable(error.code) from None

    async def messaging_services(self, credential: Credential) -> MessagingServices:
        """The account's messaging services, by one request."""

        async def read(client: Client) -> MessagingServices:
            page = await self._messaging(client).services.page_async(page_size=_LARGEST_PAGE)
            services = read_lines(page, records.messaging_service, "messaging services")
            return MessagingServices(services, more=bool(page.next_page_url))

        return await self._ask(credential, read)

    async def messaging_service_numbers(self, credential: Credential, service_sid: str) -> Collection[str]:
        """The ids (`PN…`) of the service's numbers, at most 1,000, by one request."""

        async def read(client: Client) -> Collection[str]:
            numbers = self._messaging(client).services(service_sid).phone_numbers
            page = await numbers.page_async(page_size=_LARGEST_PAGE)
            return read_lines(page, lambda record: text(record.sid), "numbers of a messaging service")

        return await self._ask(credential, read)

    def segments_per_second(self, address: str) -> float:
        """See sending_rate."""
        return sending_rate.segments_per_second(address)

    async def _ask(
        self,
        credential: Credential,
        work: Callable[[Client], Awaitable[Result]],
        unknown: type[ProviderError] = ProviderUnreachable,
    ) -> Result:
        """Runs `work` with the first token that Twilio takes. `unknown`: what a useless answer means."""
        refused = ProviderCredentialsRefused(explain(_UNAUTHORIZED))
        for auth_token in credential.auth_tokens:
            try:
                return await work(self._client(credential.account_sid, auth_token))
            except ProviderCredentialsRefused as error:
                refused = error
            except (TwilioException, *UNREADABLE):
                # A 2xx that is not JSON, or not of the shape that the package expects.
                raise unknown from None
        raise refused

    def _client(self, account_sid: str, auth_token: Secret) -> Client:
        # Without an environment of its own the package reads TWILIO_* from ours, EDGE and REGION included; an empty
        # one counts as none.
        client = Client(account_sid, auth_token.reveal(), http_client=self._http, environment={"unused": "unused"})
        client.api.base_url = self._api_url
        return client

    def _messaging(self, client: Client) -> Any:
        """Only where it is used: the package loads each of its APIs when it is touched first, which takes 3 MB here."""
        client.messaging.base_url = self._messaging_url
        return client.messaging.v1
