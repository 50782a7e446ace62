"""What is asked of the messages."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol

from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.message import Message


class MessageStore(Protocol):
    """Reads messages, and changes texts."""

    async def list_messages(
        self,
        workspace_id: str,
        ticket_id: str,
        after: tuple[datetime, str] | None,
        limit: int,
        behind: Message | None = None,
        *,
        newest_first: bool = False,
    ) -> list[Message]:
        """The ticket's messages in the order of (message_time, message_id), or in the opposite one, from behind `after`
        in that order; only those that were stored behind the message `behind`, if it is given."""
        ...

    async def get_message(self, workspace_id: str, ticket_id: str, message_id: str) -> Message:
        """A message of that ticket. Raises NotFound MESSAGE_NOT_FOUND."""
        ...

    async def latest_messages(self, workspace_id: str, ticket_id: str, limit: int) -> list[Message]:
        """The ticket's last `limit` texts in the order in which they were stored; notes are left out, and
        replies that wait for their time or were cancelled.

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
