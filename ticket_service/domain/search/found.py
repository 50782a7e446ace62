"""What a search has found."""

from collections.abc import Sequence
from dataclasses import dataclass

from ticket_service.domain.ticket import Ticket


@dataclass(frozen=True)
class Found:
    """`tickets`, newest first. What may be found still has smaller ids than `before`; at the end it is empty."""

    tickets: Sequence[Ticket]
    before: str
