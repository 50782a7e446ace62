"""Who gets which ticket, where a channel leaves its new tickets to the available agents of their workspace."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.domain.channel import Channel
from ticket_service.domain.ticket import NOBODY, Assignee, AssigneeKind, Ticket, TicketChange, TicketState
from ticket_service.domain.ticket_changes import assign
from ticket_service.domain.work.office import NO_LIMIT

THE_DEALER = Actor(ActorKind.SERVICE, "round_robin")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Load:
    """An available agent, with how many OPEN tickets of the workspace they have, and when they were dealt one last."""

    agent_id: str
    open_tickets: int
    deal_time: datetime | None = None


@dataclass(frozen=True)
class WaitingWorkspace:
    """One with tickets that wait for an agent."""

    organization_id: str
    workspace_id: str


def shares(channel: Channel | None, ticket: Ticket) -> bool:
    """Whether the ticket's channel leaves tickets to the available agents of the ticket's workspace."""
    if channel is None or channel.delete_time is not None:
        return False
    return channel.round_robin and channel.workspace_id == ticket.workspace_id


def left(ticket: Ticket, channel: Channel | None) -> Ticket:
    """A ticket that is nobody's because its agent, or the AI, left it: an available one gets it, where the channel says
    so."""
    unsettled = ticket.state in (TicketState.OPEN, TicketState.PENDING)
    return replace(ticket, to_deal=unsettled and shares(channel, ticket))


def opened_by_text(before: Ticket, after: Ticket, channel: Channel) -> Ticket:
    """A customer's text made `after` of `before`: one that it opened again and that is nobody's, an available agent
    gets, where the channel says so. What was OPEN and nobody's stays whatever people have made of it."""
    opened = before.state is not TicketState.OPEN and after.state is TicketState.OPEN
    if not (opened and after.assignee == NOBODY and shares(channel, after)):
        return after
    return replace(after, to_deal=True)


def taken_back(before: Ticket, after: Ticket, channel: Channel | None) -> Ticket:
    """Somebody made `after` of `before` by opening it again, or by taking its assignment back: it begins to wait for an
    available agent only where the channel still says so."""
    begins = after.to_deal and not before.to_deal
    return replace(after, to_deal=False) if begins and not shares(channel, after) else after


def deal(tickets: Sequence[Ticket], loads: Sequence[Load], limit: int, now: datetime) -> list[TicketChange]:
    """Gives each ticket to the agent who has the fewest, of those to the one who has waited longest for one, as long as
    somebody has fewer than `limit`."""
    hands = {load.agent_id: load for load in loads}
    changes: list[TicketChange] = []
    for ticket in tickets:
        free = [load for load in hands.values() if limit == NO_LIMIT or load.open_tickets < limit]
        if not free:
            break
        next_one = min(free, key=lambda load: (load.open_tickets, load.deal_time or _NEVER, load.agent_id))
        hands[next_one.agent_id] = replace(next_one, open_tickets=next_one.open_tickets + 1, deal_time=now)
        agent = Assignee(AssigneeKind.AGENT, next_one.agent_id)
        changes.append(assign(ticket, agent, THE_DEALER, now))
    return changes
