"""A number whose tickets available agents share: Undo gives a ticket back to whoever is next."""

import asyncio

from dev.local_stack.accounts import OPERATOR, ORGANIZATION
from dev.local_stack.desk import Desk, RunningStack, new_number
from keva.ticket.v1 import agent_service_pb2, routing_pb2, workspace_service_pb2
from tests.e2e.console.conftest import SignIn

AVAILABLE = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AVAILABLE_AGENT)


async def _nobody_is_available(running: RunningStack) -> None:
    """Administrators whom other tests of this stack made available share all numbers."""
    everybody = agent_service_pb2.ListAgentsRequest(organization_id=ORGANIZATION, page_size=200)
    while True:
        page = await running.clients.agents.ListAgents(everybody, metadata=OPERATOR)
        for agent in page.agents:
            if agent.availability == agent_service_pb2.AGENT_AVAILABILITY_AVAILABLE:
                away = agent_service_pb2.SetAgentAvailabilityRequest(
                    organization_id=ORGANIZATION,
                    agent_id=agent.agent_id,
                    availability=agent_service_pb2.AGENT_AVAILABILITY_AWAY,
                )
                await running.clients.agents.SetAgentAvailability(away, metadata=OPERATOR)
        everybody.page_token = page.next_page_token
        if not everybody.page_token:
            return


async def _shared(running: RunningStack) -> Desk:
    """A desk in a workspace where nobody is available yet."""
    await _nobody_is_available(running)
    request = workspace_service_pb2.CreateWorkspaceRequest(organization_id=ORGANIZATION, display_name="Shared")
    made = await running.clients.workspaces.CreateWorkspace(request, metadata=OPERATOR)
    return await running.open_desk(auto_assign=AVAILABLE, workspace_id=made.workspace.workspace_id)


async def _assignees(desk: Desk) -> list[str]:
    return [ticket.assignee.agent_id for ticket in await desk.tickets()]


async def test_undo_of_an_assignment_lets_the_ticket_wait_for_an_available_agent_again(
    running: RunningStack, sign_in: SignIn
) -> None:
    desk = await _shared(running)
    role, workspaces = agent_service_pb2.AGENT_ROLE_AGENT, (desk.channel.workspace_id,)
    dana, eli = [await sign_in(name, role, workspaces=workspaces) for name in ("dana", "eli")]
    for text in ("alone", "one of several", "another"):
        await desk.text(text, new_number())
    another, one_of_several, alone = await desk.tickets()

    assigned = await dana.post(f"/t/{alone.number}/assign", {"assignee": "me"})
    form = (await dana.get("/inbox/all")).one("#several")
    ids = [ticket.ticket_id for ticket in (one_of_several, another)]
    several = await dana.post(
        str(form["action"]), {"ticket": ids, "do": "assign", "assignee": f"agent:{eli.agent.agent_id}"}
    )
    before = await _assignees(desk)
    for done in (assigned, several):
        await dana.submit(done, ".toast form")
    assert await _assignees(desk) == ["", "", ""]
    await eli.post("/me/availability", {"availability": "available"})

    assert before == [eli.agent.agent_id, eli.agent.agent_id, dana.agent.agent_id]
    async with asyncio.timeout(60):
        while await _assignees(desk) != [eli.agent.agent_id] * 3:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await desk.close()
