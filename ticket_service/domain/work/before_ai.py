"""What giving a ticket to the AI takes from it, kept for whoever takes that back."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

from ticket_service.domain.hand_off import HandOffReason

if TYPE_CHECKING:
    from ticket_service.domain.ticket import Ticket


@dataclass(frozen=True)
class BeforeAi:
    """The ticket's fields as they were. It holds until somebody answers, or the ticket is another's."""

    hand_off_reason: HandOffReason | None = None
    hand_off_time: datetime | None = None
    ai_replies: int = 0

    @classmethod
    def of(cls, ticket: "Ticket") -> Self | None:
        """What a ticket has that the AI gets now; None for nothing."""
        known = cls(ticket.hand_off_reason, ticket.hand_off_time, ticket.ai_replies)
        return None if known == cls() else known
