"""Use case: what an agent may not work on any more becomes nobody's."""

from servicekit.background_work.one_by_one import one_by_one
from servicekit.clock import Clock
from ticket_service.domain import ticket_changes
from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.domain.staff.agent import Agent
from ticket_service.domain.ticket import NOBODY, Assignee, AssigneeKind, Ticket, TicketState
from ticket_service.domain.ticket_decision import Needs, TicketContext, TicketWrite
from ticket_service.domain.work.dealing import left
from ticket_service.ports.agents import LeftWorkStore
from ticket_service.ports.tickets import TicketStore
from ticket_service.use_cases.channels import Channels

_ACTOR = Actor(ActorKind.SERVICE, "left_work")
_BATCH = 100


class LeftWork:
    """Takes tickets and channels from agents who may not have them."""

    def __init__(self, store: LeftWorkStore, tickets: TicketStore, channels: Channels, clock: Clock) -> None:
        self._store = store
        self._tickets = tickets
        self._channels = channels
        self._clock = clock

    async def take(self, agent: Agent) -> tuple[int, int]:
        """Makes up to 100 tickets nobody's, and all channels assign to nobody. How many there were, and how many of
        them could be taken: one that cannot stops no other. May be done twice."""
        channels = await self._store.left_channels(agent)
        tickets = await self._store.left_tickets(agent, _BATCH)
        organization_id, agent_id = agent.organization_id, agent.agent_id
        taken = await one_by_one(
            channels,
            lambda channel: self._channels.assign_to_nobody(organization_id, channel.channel_id, agent_id, _ACTOR),
            "taking a channel from an agent",
            lambda channel: channel.channel_id,
        )
        taken += await one_by_one(
            tickets,
            lambda ticket: self._take(ticket, agent_id),
            "taking a ticket from an agent",
            lambda ticket: ticket.ticket_id,
        )
        return len(channels) + len(tickets), taken

    async def _take(self, found: Ticket, agent_id: str) -> None:
        theirs = Assignee(AssigneeKind.AGENT, agent_id)

        def decide(context: TicketContext) -> TicketWrite:
            ticket = context.ticket
            # Somebody may have assigned or closed it meanwhile.
            if ticket.assignee != theirs or ticket.state is TicketState.CLOSED:
                return TicketWrite(ticket)
            change = ticket_changes.assign(ticket, NOBODY, _ACTOR, self._clock())
            return TicketWrite(left(change.ticket, context.channel), change.entries)

        await self._tickets.change_ticket(found.workspace_id, found.ticket_id, decide, Needs.CHANNEL)
