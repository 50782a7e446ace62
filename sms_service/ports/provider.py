"""What this service asks of Twilio, and the closed set of ways in which it fails. `sender` alone decides what a failure
means for a message."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from sms_service.ports.credential import Credential


class FailureKind(Enum):
    """Who or what has to change before the same thing can succeed."""

    RETRY = "retry"  # nothing: soon
    RETRY_LATER = "retry_later"  # nothing: after minutes, or tomorrow
    RECIPIENT = "recipient"  # the customer's number
    CONTENT = "content"  # the text
    SENDER = "sender"  # our number
    ACCOUNT = "account"  # our account
    PERMISSION = "permission"  # what our account may do with this recipient or text; others are not affected


class ProviderError(Exception):
    """Twilio did not do it. `code` is Twilio's error code, 0 without one."""

    def __init__(self, code: int = 0) -> None:
        super().__init__(f"{type(self).__name__} {code}")
        self.code = code


class ProviderRefused(ProviderError):
    """Twilio will not do it until somebody changes what `kind` says; `sentence` is for the support agent."""

    def __init__(self, code: int, kind: FailureKind, sentence: str) -> None:
        super().__init__(code)
        self.kind = kind
        self.sentence = sentence


class ProviderCredentialsRefused(ProviderError):
    """Twilio refuses every Auth Token of the account. Nothing was done."""


class ProviderRateLimited(ProviderError):
    """Twilio has too much of us just now. Nothing was done."""


class ProviderUnreachable(ProviderError):
    """Twilio was not reached, or answered a mere question with an error of its own. Nothing was done."""


class ProviderOutcomeUnknown(ProviderError):
    """The request left and its answer was lost or useless: it may have been done, and may yet be."""


@dataclass(frozen=True)
class OutgoingMessage:
    """A text to send, which may be empty with media. `status_callback` is where Twilio reports on it, `media_urls` is
    where it fetches what goes along."""

    from_address: str
    to_address: str
    text: str = field(repr=False)
    status_callback: str
    media_urls: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class TakenMessage:
    """A text as Twilio's log has it. `status` is Twilio's word; `create_time` is to the second; `num_media` is how many
    files go along."""

    sid: str
    status: str
    error_code: int
    segments: int
    text: str = field(repr=False)
    create_time: datetime | None
    num_media: int = 0


@dataclass(frozen=True)
class ReceivedMessage:
    """A customer's text as Twilio's log has it; `sent_time` is to the second."""

    sid: str
    from_address: str
    to_address: str
    text: str = field(repr=False)
    media_count: int
    sent_time: datetime


@dataclass(frozen=True)
class ProviderAccount:
    """An account as Twilio describes it; `active` unless suspended or closed."""

    account_sid: str
    display_name: str
    active: bool


@dataclass(frozen=True)
class InboundUrls:
    """Whom Twilio calls for a text, and whom when that fails. URLs may be empty; methods are GET or POST."""

    url: str
    method: str
    fallback_url: str
    fallback_method: str


@dataclass(frozen=True)
class PhoneNumber:
    """A number that an account owns. `application_sid` is its TwiML app, or empty."""

    phone_number: str
    phone_number_sid: str
    account_sid: str
    display_name: str
    sms_capable: bool
    mms_capable: bool
    urls: InboundUrls
    application_sid: str


@dataclass(frozen=True)
class PhoneNumberPage:
    """Some of an account's numbers; `next_position` is None on the last page."""

    phone_numbers: Sequence[PhoneNumber]
    next_position: tuple[int, str] | None


@dataclass(frozen=True)
class MessagingService:
    """A pool of numbers with settings of their own; `urls` hold for all of them unless `uses_webhook_on_number`."""

    sid: str
    urls: InboundUrls
    uses_webhook_on_number: bool


@dataclass(frozen=True)
class MessagingServices:
    """An account's services, `more` of which there may be."""

    services: Sequence[MessagingService]
    more: bool


class Provider(Protocol):
    """Twilio. Every method raises ProviderError's subclasses only; all but `send` never raise ProviderOutcomeUnknown.

    Of several Auth Tokens the one in use is tried first, and the next one when Twilio refuses it: nothing was
    done then.
    """

    async def fetch_account(self, credential: Credential) -> ProviderAccount:
        """The account that the credential is for."""

    async def send(self, credential: Credential, message: OutgoingMessage) -> TakenMessage:
        """Gives the text to Twilio, once: never retried here, since Twilio has no idempotency key."""

    async def sent_messages(
        self,
        credential: Credential,
        from_address: str,
        to_address: str,
        since: datetime,
    ) -> Sequence[TakenMessage]:
        """What Twilio took between the two addresses at or after `since`, to the second; those still waiting in its
        queue included."""

    async def fetch_message(self, credential: Credential, message_sid: str) -> TakenMessage | None:
        """A message as it stands now; None when Twilio has it no more."""

    async def received_messages(
        self, credential: Credential, to_address: str, since: datetime, until: datetime
    ) -> Sequence[ReceivedMessage]:
        """The texts that Twilio received for one of our numbers from `since` to `until`, both to the second and
        included, in the order in which they were sent."""

    async def message_media(self, credential: Credential, message_sid: str) -> Sequence[tuple[str, str]]:
        """The (URL, media type) of what came with a text."""

    async def list_phone_numbers(
        self,
        credential: Credential,
        phone_number: str,
        page_size: int,
        position: tuple[int, str] | None,
    ) -> PhoneNumberPage:
        """A page of the account's numbers; only those like `phone_number` unless it is empty."""

    async def update_phone_number(
        self, credential: Credential, phone_number_sid: str, urls: InboundUrls, leave_application: bool
    ) -> PhoneNumber:
        """Sets where the number's texts go, and takes it off its TwiML app if asked to; the number as it then is.
        Idempotent."""

    async def messaging_services(self, credential: Credential) -> MessagingServices:
        """The account's messaging services, by one request."""

    async def messaging_service_numbers(self, credential: Credential, service_sid: str) -> Collection[str]:
        """The ids (`PN…`) of the service's numbers, at most 1,000, by one request."""
