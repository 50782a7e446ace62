"""What agents leave behind becomes nobody's: whoever is deactivated, reads only from now on, or leaves a workspace."""

import asyncio
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask

from keva.ticket.v1 import agent_service_pb2, channel_service_pb2, ticket_service_pb2
from tests.ticket_service.desk import AGENT, NOBODY, ORGANIZATION, WORKSPACE, Desk, agent, details, fresh_address

WORKER, VIEWER = agent_service_pb2.AGENT_ROLE_AGENT, agent_service_pb2.AGENT_ROLE_VIEWER


async def _until_nobodys(desk: Desk, ticket_id: str, workspace_id: str = WORKSPACE) -> None:
    request = ticket_service_pb2.GetTicketRequest(workspace_id=workspace_id, ticket_id=ticket_id)
    async with asyncio.timeout(90):
        while True:
            if (await desk.tickets.GetTicket(request)).ticket.assignee == NOBODY:
                return
            await asyncio.sleep(0.02)


async def _until_channel_is_nobodys(desk: Desk, channel_id: str) -> channel_service_pb2.Channel:
    request = channel_service_pb2.GetChannelRequest(organization_id=ORGANIZATION, channel_id=channel_id)
    async with asyncio.timeout(90):
        while True:
            channel = (await desk.channels.GetChannel(request)).channel
            if channel.auto_assign == NOBODY:
                return channel
            await asyncio.sleep(0.02)


async def _update(desk: Desk, agent_id: str, **values: Any) -> None:
    changed = agent_service_pb2.Agent(agent_id=agent_id, **values)
    request = agent_service_pb2.UpdateAgentRequest(
        organization_id=ORGANIZATION, agent=changed, update_mask=FieldMask(paths=list(values))
    )
    await desk.agents.UpdateAgent(request, metadata=AGENT)


async def test_all_but_closed_tickets_of_somebody_who_leaves_become_nobodys(desk: Desk) -> None:
    ann = (await desk.new_agent("ann@example.com", WORKER)).agent_id
    channel = await desk.subscribe(auto_assign=agent(ann))
    tickets = {state: await desk.new_ticket(state) for state in ("OPEN", "PENDING", "RESOLVED", "CLOSED")}
    others = await desk.new_ticket()
    await desk.change("AssignTicket", others, assignee=agent("dana"))

    await desk.deactivate(ann)

    for state in ("OPEN", "PENDING", "RESOLVED"):
        await _until_nobodys(desk, tickets[state])
        last = (await desk.records(ticket_id=tickets[state]))[-1]
        assert (last.action, last.actor.id) == ("ticket.assigned", "left_work")
        assert details(last) == {"from": f"agent:{ann}", "to": "nobody"}
    assert (await desk.ticket(tickets["CLOSED"])).assignee == agent(ann)
    assert (await desk.ticket(others)).assignee == agent("dana")
    assert (await _until_channel_is_nobodys(desk, channel.channel_id)).update_time != channel.update_time
    (changed,) = await desk.records(action="channel.updated")
    assert (changed.actor.id, details(changed)["auto_assign"]) == ("left_work", "nobody")
    # The trail still says whose it was, and new texts begin tickets that are nobody's.
    assert (await desk.ticket(await desk.new_ticket())).assignee == NOBODY


async def test_who_leaves_a_workspace_keeps_the_tickets_of_the_others(desk: Desk) -> None:
    sales = await desk.new_workspace()
    ann = (await desk.new_agent("ann@example.com", WORKER, workspace_ids=[WORKSPACE, sales])).agent_id
    await desk.subscribe(auto_assign=agent(ann))
    await desk.subscribe(auto_assign=agent(ann), phone_number="+15550002000", workspace_id=sales)
    here = await desk.new_ticket()
    text = {"customer_address": fresh_address(), "channel_address": "+15550002000"}
    there = (await desk.text("hi", **text)).stored.ticket_id

    await _update(desk, ann, workspace_ids=[WORKSPACE])

    await _until_nobodys(desk, there, sales)
    assert (await desk.ticket(here)).assignee == agent(ann)


async def test_who_may_only_read_works_on_nothing(desk: Desk) -> None:
    ann = (await desk.new_agent("ann@example.com", WORKER)).agent_id
    await desk.subscribe(auto_assign=agent(ann))
    ticket_id = await desk.new_ticket()

    await _update(desk, ann, role=VIEWER)

    await _until_nobodys(desk, ticket_id)
