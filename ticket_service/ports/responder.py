"""What is asked of the responder."""

from collections.abc import Sequence
from typing import Protocol

from ticket_service.domain.ai_profile import AiProfile
from ticket_service.domain.ai_turn import Drafted, Line
from ticket_service.domain.ticket import Ticket


class Responder(Protocol):
    """Drafts answers."""

    async def draft(self, ticket: Ticket, profile: AiProfile, lines: Sequence[Line], opted_out: bool) -> Drafted:
        """A draft or a hand-off. Raises a KevaError when none can be had now: asking again is safe."""
        ...
