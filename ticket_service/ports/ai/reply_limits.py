"""What is asked of the counts of the AI's replies. They are changed together with the replies, by TicketStore."""

from typing import Protocol

from ticket_service.domain.ai.reply_limits import ReplyCounts


class ReplyCountStore(Protocol):
    """Counts by channel and by customer."""

    async def reply_counts(self, channel_id: str, customer_id: str) -> ReplyCounts:
        """What has been counted so far; nothing where there was none for long."""
        ...
