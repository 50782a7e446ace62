"""Twilio's REST API. All failures are of the closed set of domain.provider_errors."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import quote

from sms_service.domain.credential import Credential, ProviderAccount, Secret
from sms_service.domain.message import OutgoingMessage, ReceivedMessage, TakenMessage
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
from sms_service.twilio.http import Record, TwilioHttp, Values
from sms_service.twilio.records import MessagingServices, PhoneNumberPage
from sms_service.twilio.webhook_urls import status_callback

Result = TypeVar("Result")

MESSAGING_URL = "https://messaging.twilio.com"
_LOG_LIMIT = 200
# https://www.twilio.com/docs/messaging/api/service-resource, PageSize.
_LARGEST_PAGE = 1000
# https://www.twilio.com/docs/api/errors/20003 and /20404.
_UNAUTHORIZED, _NOT_FOUND = 20003, 20404


@dataclass(frozen=True)
class _Account:
    """An account at Twilio, asked with one of its Auth Tokens. `path` is below the account."""

    http: TwilioHttp
    api_url: str
    account_sid: str
    auth_token: Secret

    async def get(self, path: str, *query: tuple[str, str]) -> Record:
        return await self.get_url(f"{self._resource}{path}.json", *query)

    async def get_url(self, url: str, *query: tuple[str, str]) -> Record:
        return await self.http.get(url, self.account_sid, self.auth_token, query)

    async def post(self, path: str, form: Values) -> Record:
        return await self.http.post(f"{self._resource}{path}.json", self.account_sid, self.auth_token, form)

    async def all_pages(self, path: str, name: str, *query: tuple[str, str]) -> list[Record]:
        """The records of a list, to its end."""
        page = await self.get(path, *query, ("PageSize", str(_LARGEST_PAGE)))
        found = list(page[name])
        while uri := page.get("next_page_uri"):
            # Whatever it says: the credentials go to Twilio's API alone.
            page = await self.get_url(f"{self.api_url}/{uri.lstrip('/')}")
            found += page[name]
        return found

    @property
    def _resource(self) -> str:
        return f"{self.api_url}/2010-04-01/Accounts/{quote(self.account_sid, safe='')}"


class Twilio:
    """Implements ports.provider.Provider, and gives what TwilioPhoneNumbers needs. `api_url` stands in for
    https://api.twilio.com, `messaging_url` for MESSAGING_URL; `public_url` is where Twilio calls back."""

    def __init__(self, api_url: str, http: TwilioHttp, public_url: str, messaging_url: str = MESSAGING_URL) -> None:
        self._api_url = api_url
        self._public_url = public_url
        self._messaging_url = messaging_url
        self._http = http

    async def fetch_account(self, credential: Credential) -> ProviderAccount:
        async def fetch(account: _Account) -> ProviderAccount:
            return records.provider_account(await account.get(""))

        return await self._ask(credential, fetch)

    async def send(self, credential: Credential, message: OutgoingMessage) -> TakenMessage:
        form = [("To", message.to_address), ("From", message.from_address)]
        form += [("Body", message.text)] if message.text else []
        form += [("MediaUrl", url) for url in message.media_urls]
        form += [("StatusCallback", status_callback(self._public_url, message.message_id))]

        async def create(account: _Account) -> TakenMessage:
            return records.taken_message(await account.post("/Messages", form))

        return await self._ask(credential, create, unknown=ProviderOutcomeUnknown)

    async def sent_messages(
        self, credential: Credential, from_address: str, to_address: str, since: datetime
    ) -> Sequence[TakenMessage]:
        # Not by DateSent: a message that waits in Twilio's queue has none yet.
        query = [("To", to_address), ("From", from_address), ("PageSize", str(_LOG_LIMIT))]

        async def read(account: _Account) -> list[TakenMessage]:
            found = await account.get("/Messages", *query)
            return [records.taken_message(record) for record in found["messages"]]

        # Twilio counts in seconds.
        earliest = since.replace(microsecond=0) - timedelta(seconds=1)
        messages = await self._ask(credential, read)
        return [message for message in messages if message.create_time is None or message.create_time >= earliest]

    async def fetch_message(self, credential: Credential, message_sid: str) -> TakenMessage | None:
        async def fetch(account: _Account) -> TakenMessage:
            return records.taken_message(await account.get(f"/Messages/{quote(message_sid, safe='')}"))

        try:
            return await self._ask(credential, fetch)
        except ProviderRefused as error:
            if error.code == _NOT_FOUND:
                return None
            raise

    async def received_messages(
        self, credential: Credential, to_address: str, since: datetime, until: datetime
    ) -> Sequence[ReceivedMessage]:
        # Twilio includes both ends.
        begin, end = records.time_in_query(since), records.time_in_query(until)
        query = [("To", to_address), ("DateSent>", begin), ("DateSent<", end)]

        async def read(account: _Account) -> list[ReceivedMessage]:
            found = await account.all_pages("/Messages", "messages", *query)
            received = [records.received_message(record) for record in found if record["direction"] == "inbound"]
            # Newest first; within one second only the log's own order says which came first.
            return sorted(reversed(received), key=lambda message: message.sent_time)

        return await self._ask(credential, read)

    async def message_media(self, credential: Credential, message_sid: str) -> Sequence[tuple[str, str]]:
        path = f"/Messages/{quote(message_sid, safe='')}/Media"
        address = f"{self._api_url}/2010-04-01/Accounts/{credential.account_sid}/Messages/{message_sid}/Media"

        async def read(account: _Account) -> list[tuple[str, str]]:
            found = await account.all_pages(path, "media_list")
            return [(f"{address}/{record['sid']}", record.get("content_type") or "") for record in found]

        return await self._ask(credential, read)

    async def list_phone_numbers(
        self, credential: Credential, phone_number: str, page_size: int, position: NumberPosition | None
    ) -> PhoneNumberPage:
        """A page of the account's numbers; only those like `phone_number` unless it is empty."""
        query = [("PhoneNumber", phone_number)] if phone_number else []
        query += [("PageSize", str(page_size))]
        if position is not None:
            query += [("Page", str(position[0])), *([("PageToken", position[1])] if position[1] else [])]

        async def read(account: _Account) -> PhoneNumberPage:
            page = await account.get("/IncomingPhoneNumbers", *query)
            numbers = [records.phone_number(record) for record in page["incoming_phone_numbers"]]
            return PhoneNumberPage(numbers, records.next_position(page.get("next_page_uri")))

        return await self._ask(credential, read)

    async def update_phone_number(
        self, credential: Credential, phone_number_sid: str, urls: InboundUrls, leave_application: bool
    ) -> PhoneNumber:
        """Sets where the number's texts go, and takes it off its TwiML app if asked to; the number as it then is.
        Idempotent."""
        form = [("SmsUrl", urls.url), ("SmsMethod", urls.method)]
        form += [("SmsFallbackUrl", urls.fallback_url), ("SmsFallbackMethod", urls.fallback_method)]
        form += [("SmsApplicationSid", "")] if leave_application else []

        async def update(account: _Account) -> PhoneNumber:
            return records.phone_number(await account.post(f"/IncomingPhoneNumbers/{phone_number_sid}", form))

        try:
            return await self._ask(credential, update)
        except ProviderOutcomeUnknown as error:
            # It may be done, and doing it again does no harm.
            raise ProviderUnreachable(error.code) from None

    async def messaging_services(self, credential: Credential) -> MessagingServices:
        """The account's messaging services, by one request."""

        async def read(account: _Account) -> MessagingServices:
            page = await account.get_url(f"{self._messaging_url}/v1/Services", ("PageSize", str(_LARGEST_PAGE)))
            services = [records.messaging_service(record) for record in page["services"]]
            return MessagingServices(services, more=bool(page["meta"].get("next_page_url")))

        return await self._ask(credential, read)

    async def messaging_service_numbers(self, credential: Credential, service_sid: str) -> Collection[str]:
        """The ids (`PN…`) of the service's numbers, at most 1,000, by one request."""
        url = f"{self._messaging_url}/v1/Services/{quote(service_sid, safe='')}/PhoneNumbers"

        async def read(account: _Account) -> Collection[str]:
            page = await account.get_url(url, ("PageSize", str(_LARGEST_PAGE)))
            return [record["sid"] for record in page["phone_numbers"]]

        return await self._ask(credential, read)

    def segments_per_second(self, address: str) -> float:
        return sending_rate.segments_per_second(address)

    async def _ask(
        self,
        credential: Credential,
        work: Callable[[_Account], Awaitable[Result]],
        unknown: type[ProviderError] = ProviderUnreachable,
    ) -> Result:
        """Runs `work` with the first token that Twilio takes. `unknown`: what a useless answer means."""
        refused = ProviderCredentialsRefused(explain(_UNAUTHORIZED))
        for auth_token in credential.auth_tokens:
            try:
                return await work(_Account(self._http, self._api_url, credential.account_sid, auth_token))
            except ProviderCredentialsRefused as error:
                refused = error
            except (ValueError, KeyError, TypeError, AttributeError):
                # A 2xx whose record is not of the shape that Twilio documents.
                raise unknown from None
        raise refused
