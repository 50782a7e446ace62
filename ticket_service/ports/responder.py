"""What is asked of the responder."""

from typing import Protocol

from ticket_service.domain.ai_turn import Asked, Drafted
from ticket_service.domain.ticket import Ticket


class Responder(Protocol):
    """Drafts answers."""

    async def draft(self, ticket: Ticket, asked: Asked) -> Drafted:
        """A draft, a hand-off or nothing to be sent. Nobody asks about who takes no texts. Raises a KevaError when none
        can be had now: asking again is safe."""
        ...
