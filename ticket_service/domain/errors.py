"""What the rules refuse. ticket_service/errors.py makes them the errors that callers get."""

from datetime import datetime


class RuleBroken(Exception):
    """What was asked for is against a rule."""


class FieldInvalid(RuleBroken):
    """A value cannot be used. `field` is its name in the request; `why` completes "<field> …"."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field} {why}")
        self.field = field
        self.why = why


class TicketClosed(RuleBroken):
    """A closed ticket is final."""

    def __init__(self, ticket_id: str) -> None:
        super().__init__(ticket_id)
        self.ticket_id = ticket_id


class FirstTextLimitReached(RuleBroken):
    """An organization has begun as many conversations within an hour as it may. `retry_time`: when it may begin one
    again, None for never."""

    def __init__(self, limit: int, retry_time: datetime | None) -> None:
        super().__init__(limit)
        self.limit = limit
        self.retry_time = retry_time


class ThreadHasLiveTicket(RuleBroken):
    """The ticket cannot be its thread's live one: `live_ticket_id` is."""

    def __init__(self, ticket_id: str, live_ticket_id: str) -> None:
        super().__init__(ticket_id, live_ticket_id)
        self.ticket_id = ticket_id
        self.live_ticket_id = live_ticket_id


class LastAdministrator(RuleBroken):
    """An organization that had an administrator keeps one."""

    def __init__(self, agent_id: str) -> None:
        super().__init__(agent_id)
        self.agent_id = agent_id
