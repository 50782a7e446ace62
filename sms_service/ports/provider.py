"""What this service asks of the provider for sending and for its log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sms_service.domain.credential import Credential, ProviderAccount
from sms_service.domain.message import OutgoingMessage, ReceivedLog, TakenMessage


class Provider(Protocol):
    """Every method that asks the provider raises ProviderError's subclasses only; all but `send` never raise
    ProviderOutcomeUnknown.

    Of several Auth Tokens the one in use is tried first, and the next one when it is refused: nothing was done then.
    """

    async def fetch_account(self, credential: Credential) -> ProviderAccount:
        """The account that the credential is for."""
        ...

    async def send(self, credential: Credential, message: OutgoingMessage) -> TakenMessage:
        """Gives the text to the provider, once: never retried here, since Twilio has no idempotency key."""
        ...

    def earliest_time(self) -> datetime | None:
        """What the provider's own clock shows by now, or less; None as long as that is not known."""
        ...

    async def current_time(self, credential: Credential, afresh: bool = False) -> datetime | None:
        """What the provider's own clock shows by now, or less by some seconds; asks for it if it is not known, or
        `afresh`: a process that was suspended knows less than the truth until the next answer. None: it does not
        say."""
        ...

    async def sent_messages(
        self, credential: Credential, from_address: str, to_address: str, since: datetime
    ) -> Sequence[TakenMessage]:
        """What the provider took between the two addresses at or after `since` of its own clock, to the second; those
        still waiting in its queue included."""
        ...

    async def fetch_message(self, credential: Credential, message_sid: str) -> TakenMessage | None:
        """A message as it stands now; None when the provider has it no more."""
        ...

    async def received_messages(
        self, credential: Credential, to_address: str, since: datetime, until: datetime
    ) -> ReceivedLog:
        """What the provider received for one of our numbers from `since` to `until`, both to the second and included.
        What cannot be read of it hides nothing else."""
        ...

    async def message_media(self, credential: Credential, message_sid: str) -> Sequence[tuple[str, str]]:
        """The (URL, media type) of what came with a text."""
        ...

    def segments_per_second(self, address: str) -> float:
        """How fast `address` may send, in segments, by its kind."""
        ...
