"""What is asked of the messages, and the outbox of those that wait for sending."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol

from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.message import Message


class MessageStore(Protocol):
    """Reads messages, and the outbox of those that wait for sending."""

    async def list_messages(
        self, workspace_id: str, ticket_id: str, after: tuple[datetime, str] | None, limit: int
    ) -> list[Message]:
        """The ticket's messages in the order of (message_time, message_id), from behind `after`."""
        ...

    async def latest_messages(self, workspace_id: str, ticket_id: str, limit: int) -> list[Message]:
        """The ticket's last `limit` texts in the order in which they were stored; notes are left out.

        Not in the order of their times: a text that is recovered was sent long before it is stored, and replicas'
        clocks differ.
        """
        ...

    async def stored_times(
        self, organization_id: str, account_sid: str, message_sids: Collection[str]
    ) -> dict[str, datetime]:
        """The message_time of those of the account's texts that are on a majority's journals, by MessageSid."""
        ...

    async def change_text(
        self,
        organization_id: str,
        account_sid: str,
        twilio_message_sid: str,
        media_url: str,
        decide: Callable[[Message], tuple[Message, tuple[AuditEntry, ...]]],
    ) -> None:
        """Writes what `decide` says of the media of the inbound text that has that MessageSid and an attachment there;
        entries go into its ticket's trail. Raises NotFound MESSAGE_NOT_FOUND."""
        ...

    async def claim_outbox(self, now: datetime, lease_until: datetime, limit: int) -> list[Message]:
        """QUEUED replies that are due, at most `limit`, oldest first; nobody else gets them until `lease_until`.

        A reply is held back while an earlier one of its ticket waits, or is claimed by somebody else.
        """
        ...

    async def postpone(self, message_id: str, due: datetime) -> None:
        """A claimed reply is due again at `due`; no effect once it is not QUEUED any more."""
        ...
