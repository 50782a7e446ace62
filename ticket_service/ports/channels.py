"""What is asked of the channels."""

from collections.abc import Callable
from typing import Protocol

from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.channel import Channel


class ChannelStore(Protocol):
    """Channels, removed ones (`delete_time`) included where said."""

    async def get_channel(self, organization_id: str, channel_id: str) -> Channel:
        """Removed ones too. Raises NotFound CHANNEL_NOT_FOUND."""
        ...

    async def list_channels(self, organization_id: str, after: str, limit: int) -> list[Channel]:
        """Subscribed ones, oldest first; `after` is the last channel id of the page before."""
        ...

    async def list_subscribed(self, after: str, limit: int) -> list[Channel]:
        """Subscribed ones of all organizations; `after` is the last channel id of the page before."""
        ...

    async def subscribe(
        self, channel: Channel, decide: Callable[[Channel | None], tuple[Channel, tuple[AuditEntry, ...]]]
    ) -> Channel:
        """Writes what `decide` makes of the channel that has the same account and number, or, if there is none, of the
        one that has the number in another of the organization's accounts; of None if there is none either. Where the
        account changes, replies that wait in the outbox leave from the new one."""
        ...

    async def change_channel(
        self,
        organization_id: str,
        channel_id: str,
        decide: Callable[[Channel], tuple[Channel, tuple[AuditEntry, ...]]],
    ) -> Channel:
        """Like TicketStore.change_ticket, for a channel, a removed one too. Raises NotFound CHANNEL_NOT_FOUND."""
        ...
