"""A day at a desk: three agents and the AI, forty texts, and everything that a desk does with them. In the evening
every ticket is where it should be, and a watcher that was killed again and again has seen every event."""

import asyncio
import secrets
import uuid
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from dev.chaos.watcher import Watcher
from dev.local_stack.accounts import OPERATOR, ORGANIZATION, WORKSPACE
from dev.local_stack.desk import Desk, RunningStack, new_number
from keva.ticket.v1 import agent_service_pb2, message_pb2, routing_pb2, workspace_service_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.rpc.proto_values import timestamp
from servicekit.rpc.request_context import ACTOR_METADATA
from servicekit.rpc.statuses_to_errors import as_keva_error
from tests.e2e.conftest import StartStack

OPEN, PENDING, RESOLVED = pb.TICKET_STATE_OPEN, pb.TICKET_STATE_PENDING, pb.TICKET_STATE_RESOLVED
NOBODY = routing_pb2.ASSIGNEE_KIND_NOBODY
THE_AI = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)
WHOEVER_IS_THERE = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AVAILABLE_AGENT)
_SHARE, _OF_THE_AI = 8, 10


def _to(agent: str) -> routing_pb2.Assignee:
    return routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AGENT, agent_id=agent)


@dataclass
class Day:
    """The desk of three agents, with a channel of theirs and one of the AI's. `expected`: the state and the assignee's
    id that each ticket has in the end."""

    running: RunningStack
    people: Desk
    ai: Desk
    agents: Sequence[str]
    expected: dict[str, tuple[pb.TicketState.ValueType, str]] = field(default_factory=dict)

    async def ask(self, rpc: str, request: Any, agent: str = "") -> Any:
        """The answer of a TicketService RPC in the workspace, to an agent (the first one unless named)."""
        request.workspace_id = WORKSPACE
        acting = ((ACTOR_METADATA, f"agent:{agent or self.agents[0]}"),)
        return await getattr(self.running.clients.tickets, rpc)(request, metadata=acting)

    async def newest(self, ticket: pb.Ticket) -> str:
        """The id of what somebody has seen who looks at the ticket now."""
        return max(await self.people.messages(ticket), key=lambda message: message.seen_position).message_id

    async def reply(self, ticket: pb.Ticket, agent: str, seen: str = "", **fields: Any) -> message_pb2.Message:
        """The agent answers what they have seen: all that there is, unless it ends with another message."""
        request = pb.ReplyToTicketRequest(
            ticket_id=ticket.ticket_id,
            text=f"On its way ({secrets.token_hex(3)})",
            request_id=str(uuid.uuid4()),
            last_seen_message_id=seen or await self.newest(ticket),
            **fields,
        )
        return (await self.ask("ReplyToTicket", request, agent)).message  # type: ignore[no-any-return]

    async def mine(self, agent: str, *states: pb.TicketState.ValueType) -> list[pb.Ticket]:
        """The agent's tickets, whose customers have waited for longest first."""
        request = pb.ListTicketsRequest(
            states=states, assignees=[_to(agent)], order_by=pb.TICKET_ORDER_WAITING, page_size=200
        )
        return list((await self.ask("ListTickets", request, agent)).tickets)

    async def ticket(self, ticket_id: str) -> pb.Ticket:
        """It, as it is now."""
        return (await self.ask("GetTicket", pb.GetTicketRequest(ticket_id=ticket_id))).ticket  # type: ignore[no-any-return]

    async def until(self, ticket_id: str, wanted: Callable[[pb.Ticket], bool]) -> pb.Ticket:
        """The ticket, once it is as `wanted`."""
        async with asyncio.timeout(90):
            while not wanted(found := await self.ticket(ticket_id)):  # noqa: ASYNC110 - another process changes it
                await asyncio.sleep(0.05)
            return found


async def _begin(running: RunningStack) -> Day:
    clients = running.clients
    agents = []
    for name in ("ada", "ben", "cleo"):
        request = agent_service_pb2.CreateAgentRequest(
            organization_id=ORGANIZATION,
            email=f"{name}@example.com",
            display_name=name.title(),
            role=agent_service_pb2.AGENT_ROLE_AGENT,
            workspace_ids=[WORKSPACE],
        )
        agents.append((await clients.agents.CreateAgent(request, metadata=OPERATOR)).agent.agent_id)
    people = await running.open_desk(auto_assign=WHOEVER_IS_THERE)
    ai = await running.open_desk(auto_assign=THE_AI)
    return Day(running, people, ai, agents)


async def _limit(day: Day, tickets: int) -> None:
    """How many OPEN tickets each agent is dealt at most."""
    request = workspace_service_pb2.UpdateWorkspaceRequest(
        organization_id=ORGANIZATION,
        workspace=workspace_service_pb2.Workspace(workspace_id=WORKSPACE, max_open_tickets=tickets),
        update_mask=FieldMask(paths=["max_open_tickets"]),
    )
    await day.running.clients.workspaces.UpdateWorkspace(request, metadata=OPERATOR)


async def _available(day: Day) -> None:
    for agent in day.agents:
        request = agent_service_pb2.SetAgentAvailabilityRequest(
            organization_id=ORGANIZATION,
            agent_id=agent,
            availability=agent_service_pb2.AGENT_AVAILABILITY_AVAILABLE,
        )
        acting = ((ACTOR_METADATA, f"agent:{agent}"),)
        await day.running.clients.agents.SetAgentAvailability(request, metadata=acting)


async def _texts_come_in(day: Day) -> None:
    """24 customers of the agents, whom nobody is there for at first, and 10 of the AI's."""
    await asyncio.gather(*(day.people.text("Where is my order?", new_number()) for _ in range(3 * _SHARE)))
    assert {ticket.assignee.kind for ticket in await day.people.tickets()} == {NOBODY}
    await _limit(day, _SHARE)
    await _available(day)
    customers = [new_number() for _ in range(_OF_THE_AI)]
    await asyncio.gather(*(day.ai.text("Do you ship to Canada?", customer) for customer in customers))
    for ticket in await day.people.tickets():
        await day.until(ticket.ticket_id, lambda found: found.assignee.kind != NOBODY)
    assert [len(await day.mine(agent, OPEN)) for agent in day.agents] == [_SHARE] * 3
    for customer in customers:
        await day.ai.sent(1, customer)
    for ticket in await day.ai.tickets():
        await day.until(ticket.ticket_id, lambda found: found.state == PENDING)
        day.expected[ticket.ticket_id] = PENDING, ""


async def _two_answer_one_customer(day: Day, ticket: pb.Ticket) -> None:
    """At the same moment: one of them is told what the other one wrote."""
    ada, _, cleo = day.agents
    seen = await day.newest(ticket)
    answers = await asyncio.gather(*(day.reply(ticket, agent, seen) for agent in (ada, cleo)), return_exceptions=True)
    refusals = [as_keva_error(error) for error in answers if isinstance(error, grpc.aio.AioRpcError)]
    stored = [answer for answer in answers if isinstance(answer, message_pb2.Message)]
    assert [refusal.reason for refusal in refusals] == ["NEWER_MESSAGES"]
    await day.people.until_delivery(stored[0])
    day.expected[ticket.ticket_id] = PENDING, ada


async def _ada_answers(day: Day) -> None:
    """Five of hers; four customers write again; three are settled and tagged in one go."""
    ada, tickets = day.agents[0], await day.mine(day.agents[0], OPEN)
    await _two_answer_one_customer(day, tickets[0])
    for ticket in tickets[1:5]:
        await day.people.until_delivery(await day.reply(ticket, ada))
        await day.people.text("And when?", ticket.customer_address)
        day.expected[ticket.ticket_id] = OPEN, ada
    settled = [ticket.ticket_id for ticket in tickets[5:]]
    for change in (
        {"tag": pb.BatchUpdateTicketsRequest.TagChange(add=["late"])},
        {"resolve": pb.BatchUpdateTicketsRequest.Resolve()},
    ):
        done = await day.ask("BatchUpdateTickets", pb.BatchUpdateTicketsRequest(ticket_ids=settled, **change), ada)
        assert [outcome.ticket.ticket_id for outcome in done.outcomes] == settled
    day.expected |= dict.fromkeys(settled, (RESOLVED, ada))


async def _ben_puts_aside(day: Day) -> list[str]:
    """Three of his: one until soon, one until the customer writes, who does, and one until tomorrow. His tickets."""
    ben, tickets = day.agents[1], await day.mine(day.agents[1], OPEN)
    soon, text, tomorrow = (ticket.ticket_id for ticket in tickets[:3])
    now = datetime.now(UTC)
    for ticket_id, until in ((soon, now + timedelta(seconds=2)), (text, None), (tomorrow, now + timedelta(days=1))):
        await day.ask("SnoozeTicket", pb.SnoozeTicketRequest(ticket_id=ticket_id, snooze_until=timestamp(until)), ben)
    await day.people.text("I am still waiting", tickets[1].customer_address)
    for ticket_id in (soon, text):
        await day.until(ticket_id, lambda found: not found.HasField("snooze_until"))
    assert (await day.ticket(tomorrow)).HasField("snooze_until")
    return [ticket.ticket_id for ticket in tickets]


async def _cleo_writes_later_and_first(day: Day) -> None:
    """Two replies for later, one of which is taken back, and a first text; what the AI does not know is hers."""
    cleo, (first, second, *_) = day.agents[2], await day.mine(day.agents[2], OPEN)
    later = datetime.now(UTC) + timedelta(seconds=3)
    sent_later = await day.reply(first, cleo, send_time=timestamp(later))
    taken_back = await day.reply(second, cleo, send_time=timestamp(later + timedelta(hours=1)))
    await day.ask("CancelScheduledMessage", pb.CancelScheduledMessageRequest(message_id=taken_back.message_id), cleo)
    arrived = await day.people.until_delivery(sent_later)
    assert arrived.message_time.ToDatetime(UTC) >= later
    day.expected[first.ticket_id] = PENDING, cleo
    somebody = new_number()
    request = pb.StartConversationRequest(
        channel_id=day.people.channel.channel_id,
        address=somebody,
        text="Your parcel is here",
        consent_basis="an order",
    )
    started = await day.ask("StartConversation", request, cleo)
    await day.people.sent(1, somebody)
    day.expected[started.ticket.ticket_id] = PENDING, cleo
    stranger = new_number()
    await day.ai.text("Can you repair the gearbox of my tractor?", stranger)
    await day.ai.sent(1, stranger)
    handed_off = await day.ai.ticket(stranger)
    await day.until(handed_off.ticket_id, lambda found: found.assignee.kind == NOBODY)
    await day.people.until_delivery(await day.reply(handed_off, cleo))
    day.expected[handed_off.ticket_id] = PENDING, cleo


async def _ben_leaves(day: Day, his: Sequence[str]) -> None:
    """For good: what was his is dealt to the two others, who may have more now. Nothing can be assigned to him."""
    ada, ben, cleo = day.agents
    await _limit(day, 3 * _SHARE)
    request = agent_service_pb2.DeactivateAgentRequest(organization_id=ORGANIZATION, agent_id=ben)
    await day.running.clients.agents.DeactivateAgent(request, metadata=OPERATOR)
    for ticket_id in his:
        found = await day.until(ticket_id, lambda found: found.assignee.agent_id in (ada, cleo))
        day.expected[ticket_id] = OPEN, found.assignee.agent_id
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await day.ask("AssignTicket", pb.AssignTicketRequest(ticket_id=his[0], assignee=_to(ben)))
    assert as_keva_error(refused.value).reason == "AGENT_INACTIVE"


async def _evening(day: Day) -> None:
    """Every ticket is where it should be, and the views count the same."""
    for ticket in await day.mine(day.agents[2], OPEN):
        day.expected.setdefault(ticket.ticket_id, (OPEN, day.agents[2]))
    tickets = [*await day.people.tickets(), *await day.ai.tickets()]
    found = {ticket.ticket_id: (ticket.state, ticket.assignee.agent_id) for ticket in tickets}
    states = [state for state, _ in found.values()]
    views = [pb.ListTicketsRequest(states=[state]) for state in (OPEN, PENDING, RESOLVED)]
    views += [pb.ListTicketsRequest(tags=["late"]), pb.ListTicketsRequest(snoozed=True)]
    counts = (await day.ask("CountTickets", pb.CountTicketsRequest(views=views))).counts
    assert found == {ticket_id: (state, agent) for ticket_id, (state, agent) in day.expected.items()}
    assert [view.count for view in counts] == [*(states.count(state) for state in (OPEN, PENDING, RESOLVED)), 3, 1]


async def test_a_day_at_the_desk(start_stack: StartStack) -> None:
    async with AsyncExitStack() as leaving:
        running = await leaving.enter_async_context(start_stack(replicas={"ticket_service": 2}))
        day, watcher = await _begin(running), Watcher(running.clients, seed=7)
        await watcher.begin()
        watching = asyncio.create_task(watcher.run())
        await _texts_come_in(day)
        await _ada_answers(day)
        his = await _ben_puts_aside(day)
        await _cleo_writes_later_and_first(day)
        await _ben_leaves(day, his)
        await _evening(day)
        watching.cancel()
        seen = await watcher.seen()

    assert seen.promises_kept, seen
    assert seen.lives > 1
