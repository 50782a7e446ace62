"""Which tickets a list has. Standard library only."""

from dataclasses import dataclass

from ticket_service.domain.ticket import Assignee, TicketState


@dataclass(frozen=True)
class TicketFilter:
    """Which tickets; empty values match all. `before` is the last ticket id of the page before."""

    workspace_id: str
    states: tuple[TicketState, ...] = ()
    assignee: Assignee | None = None
    channel_id: str = ""
    customer_address: str = ""
    text: str = ""
    number: int = 0
    before: str = ""
