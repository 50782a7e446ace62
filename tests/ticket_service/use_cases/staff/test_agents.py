"""Agents are added, changed, deactivated and brought back; one administrator stays, whatever happens at once."""

import asyncio
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from keva.ticket.v1 import agent_service_pb2 as pb
from keva.ticket.v1 import agent_service_pb2_grpc
from servicekit import errors
from servicekit.rpc.request_context import ACTOR_METADATA
from tests.identities import channel_to
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import AGENT, ORGANIZATION, WORKSPACE, Desk, details, error_of
from ticket_service.domain.staff.agent import Role

ADMINISTRATOR, WORKER, VIEWER = pb.AGENT_ROLE_ADMINISTRATOR, pb.AGENT_ROLE_AGENT, pb.AGENT_ROLE_VIEWER


async def _update(desk: Desk, agent_id: str, metadata: Any = AGENT, **values: Any) -> pb.Agent:
    request = pb.UpdateAgentRequest(
        organization_id=ORGANIZATION,
        agent=pb.Agent(agent_id=agent_id, **values),
        update_mask=FieldMask(paths=list(values)),
    )
    return (await desk.agents.UpdateAgent(request, metadata=metadata)).agent


async def _listed(desk: Desk, **filters: Any) -> list[str]:
    """The display names of all pages."""
    names: list[str] = []
    request = pb.ListAgentsRequest(organization_id=ORGANIZATION, page_size=2, **filters)
    while True:
        page = await desk.agents.ListAgents(request)
        names += [agent.display_name for agent in page.agents]
        request.page_token = page.next_page_token
        if not request.page_token:
            return names


async def test_new_agent_is_active_and_away(desk: Desk) -> None:
    agent = await desk.new_agent(" Ann@Example.com ", WORKER, display_name="Ann")

    assert agent.agent_id.startswith("agt_")
    assert (agent.email, agent.display_name, agent.role) == ("Ann@Example.com", "Ann", WORKER)
    assert list(agent.workspace_ids) == [WORKSPACE]
    assert (agent.state, agent.availability) == (pb.AGENT_STATE_ACTIVE, pb.AGENT_AVAILABILITY_AWAY)
    assert agent.create_time == agent.update_time == agent.availability_time
    asked = pb.GetAgentRequest(organization_id=ORGANIZATION, agent_id=agent.agent_id)
    assert (await desk.agents.GetAgent(asked)).agent == agent
    (record,) = await desk.records(action="agent.created")
    assert (record.subject_id, record.actor.id) == (agent.agent_id, "dana")
    assert details(record) == {"role": "AGENT", "workspace_ids": WORKSPACE}


async def test_agent_without_a_name_is_called_by_the_address(desk: Desk) -> None:
    assert (await desk.new_agent("bob@example.com", WORKER)).display_name == "bob@example.com"


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        pytest.param({"email": ""}, "FIELD_REQUIRED", "email", id="no address"),
        pytest.param({"email": "ann"}, "FIELD_INVALID", "email", id="no @"),
        pytest.param({"email": "a@b@c"}, "FIELD_INVALID", "email", id="two @"),
        pytest.param({"email": "ann @example.com"}, "FIELD_INVALID", "email", id="a space"),
        pytest.param({"email": "ann@\u200bexample.com"}, "FIELD_INVALID", "email", id="a space of no width"),
        pytest.param({"email": "\u202eann@example.com"}, "FIELD_INVALID", "email", id="written backwards"),
        pytest.param({"email": "ann\x7f@example.com"}, "FIELD_INVALID", "email", id="a control character"),
        pytest.param({"display_name": "Ann\x00"}, "FIELD_INVALID", "display_name", id="a zero in the name"),
        pytest.param({"display_name": "Ann\nBob"}, "FIELD_INVALID", "display_name", id="two lines of name"),
        pytest.param({"email": "a" * 250 + "@b.co"}, "FIELD_INVALID", "email", id="endless address"),
        pytest.param({"display_name": "x" * 101}, "FIELD_INVALID", "display_name", id="endless name"),
        pytest.param({"role": 0}, "FIELD_REQUIRED", "role", id="no role"),
        pytest.param({"role": 9}, "FIELD_INVALID", "role", id="a role that there is not"),
        pytest.param({"workspace_ids": ["nowhere"]}, "WORKSPACE_NOT_FOUND", "", id="no such workspace"),
        pytest.param({"workspace_ids": ["w"] * 101}, "FIELD_INVALID", "workspace_ids", id="too many workspaces"),
        pytest.param({"request_id": "x" * 129}, "FIELD_INVALID", "request_id", id="endless request_id"),
        pytest.param({"organization_id": ""}, "FIELD_REQUIRED", "organization_id", id="no organization"),
    ],
)
async def test_what_is_no_agent_is_refused(shared_desk: Desk, fields: dict[str, Any], reason: str, field: str) -> None:
    values = {"organization_id": ORGANIZATION, "email": "new@example.com", "role": WORKER, **fields}

    error = await error_of(shared_desk.agents.CreateAgent(pb.CreateAgentRequest(**values), metadata=AGENT))

    assert (error.reason, error.metadata.get("field", "")) == (reason, field)


async def test_no_two_agents_have_one_address(desk: Desk) -> None:
    made = await asyncio.gather(
        *(desk.new_agent(email, WORKER) for email in ("ann@example.com", "ANN@example.com", "Ann@Example.com")),
        return_exceptions=True,
    )

    (ann,) = [agent for agent in made if isinstance(agent, pb.Agent)]
    bob = await desk.new_agent("bob@example.com", WORKER)
    for call in (desk.new_agent("ann@EXAMPLE.com", VIEWER), _update(desk, bob.agent_id, email="Ann@example.com")):
        error = await error_of(call)
        assert (type(error), error.reason) == (errors.AlreadyExists, "AGENT_ALREADY_EXISTS")
        assert error.metadata["agent_id"] == ann.agent_id
    # Whoever left keeps it: tickets name the agent.
    await desk.deactivate(ann.agent_id)
    assert (await error_of(desk.new_agent("ann@example.com", WORKER))).reason == "AGENT_ALREADY_EXISTS"
    assert (await _update(desk, ann.agent_id, email="ANN@example.com")).email == "ANN@example.com"
    elsewhere = pb.CreateAgentRequest(organization_id="another", email="ann@example.com", role=ADMINISTRATOR)
    assert (await desk.agents.CreateAgent(elsewhere)).agent.organization_id == "another"


async def test_agent_is_made_once_per_request_id(desk: Desk) -> None:
    made = await asyncio.gather(*(desk.new_agent("ann@example.com", WORKER, request_id="a-1") for _ in range(5)))
    await _update(desk, made[0].agent_id, display_name="Anna", email="anna@example.com")

    again = await desk.new_agent("ann@example.com", WORKER, request_id="a-1")

    assert {agent.agent_id for agent in made} == {again.agent_id}
    assert again.display_name == "Anna"
    error = await error_of(desk.new_agent("bob@example.com", WORKER, request_id="a-1"))
    assert (type(error), error.reason) == (errors.AlreadyExists, "REQUEST_ID_REUSED")
    assert len(await desk.records(action="agent.created")) == 1


async def test_lists(desk: Desk) -> None:
    sales = await desk.new_workspace()
    for name, role, workspaces in (
        ("ann", WORKER, [WORKSPACE]),
        ("bob", VIEWER, [sales]),
        ("cid", ADMINISTRATOR, []),
        ("eve", WORKER, [WORKSPACE, sales]),
    ):
        made = await desk.new_agent(f"{name}@example.com", role, workspace_ids=workspaces, display_name=name)
    await desk.deactivate(made.agent_id)
    another = pb.CreateAgentRequest(organization_id="another", email="ann@example.com", role=WORKER)
    await desk.agents.CreateAgent(another)

    # The helper's Dana has an older kind of id, behind all others.
    assert await _listed(desk) == ["ann", "bob", "cid", "Dana"]
    assert await _listed(desk, show_deactivated=True) == ["ann", "bob", "cid", "eve", "Dana"]
    assert await _listed(desk, workspace_id=sales) == ["bob", "cid", "Dana"]
    assert await _listed(desk, email="BOB@example.com") == ["bob"]
    assert await _listed(desk, email="eve@example.com") == []
    token = (
        await desk.agents.ListAgents(pb.ListAgentsRequest(organization_id=ORGANIZATION, page_size=1))
    ).next_page_token
    other = pb.ListAgentsRequest(organization_id=ORGANIZATION, workspace_id=sales, page_token=token)
    assert (await error_of(desk.agents.ListAgents(other))).reason == "PAGE_TOKEN_INVALID"


async def test_update_changes_what_the_mask_names_and_is_recorded_once(desk: Desk) -> None:
    sales = await desk.new_workspace()
    ann = await desk.new_agent("ann@example.com", WORKER, display_name="Ann")

    for _ in range(2):
        changed = await _update(desk, ann.agent_id, role=VIEWER, workspace_ids=[sales, sales])

    assert (changed.role, list(changed.workspace_ids), changed.display_name) == (VIEWER, [sales], "Ann")
    (record,) = await desk.records(action="agent.updated")
    assert details(record) == {"fields": "role, workspace_ids", "role": "VIEWER", "workspace_ids": sales}


@pytest.mark.parametrize(
    ("paths", "values", "reason", "field"),
    [
        pytest.param([], {}, "FIELD_REQUIRED", "update_mask", id="nothing"),
        pytest.param(["state"], {}, "FIELD_INVALID", "update_mask", id="state"),
        pytest.param(["email"], {}, "FIELD_REQUIRED", "agent.email", id="no address"),
        pytest.param(["email"], {"email": "x"}, "FIELD_INVALID", "agent.email", id="no e-mail address"),
        pytest.param(["display_name"], {"display_name": " "}, "FIELD_REQUIRED", "agent.display_name", id="no name"),
        pytest.param(["role"], {}, "FIELD_REQUIRED", "agent.role", id="no role"),
        pytest.param(["workspace_ids"], {"workspace_ids": ["x"]}, "WORKSPACE_NOT_FOUND", "", id="no such workspace"),
        pytest.param(["role"], {"agent_id": "agt_x", "role": WORKER}, "AGENT_NOT_FOUND", "", id="no such agent"),
    ],
)
async def test_update_that_makes_no_sense(
    shared_desk: Desk, paths: list[str], values: dict[str, Any], reason: str, field: str
) -> None:
    agent = pb.Agent(**{"agent_id": "dana", **values})
    request = pb.UpdateAgentRequest(organization_id=ORGANIZATION, agent=agent, update_mask=FieldMask(paths=paths))

    error = await error_of(shared_desk.agents.UpdateAgent(request))

    assert (error.reason, error.metadata.get("field", "")) == (reason, field)


async def test_agents_of_another_organization_are_not_found(shared_desk: Desk) -> None:
    named = {"organization_id": "another", "agent_id": "dana"}
    calls = (
        shared_desk.agents.GetAgent(pb.GetAgentRequest(**named)),
        shared_desk.agents.DeactivateAgent(pb.DeactivateAgentRequest(**named)),
        shared_desk.agents.ReactivateAgent(pb.ReactivateAgentRequest(**named)),
        shared_desk.agents.SetAgentAvailability(
            pb.SetAgentAvailabilityRequest(availability=pb.AGENT_AVAILABILITY_AWAY, **named)
        ),
    )

    for call in calls:
        error = await error_of(call)
        assert (type(error), error.reason) == (errors.NotFound, "AGENT_NOT_FOUND")


async def test_deactivated_and_brought_back(desk: Desk) -> None:
    ann = await desk.new_agent("ann@example.com", WORKER)

    gone = [await desk.deactivate(ann.agent_id) for _ in range(2)]
    named = {"organization_id": ORGANIZATION, "agent_id": ann.agent_id}
    error = await error_of(
        desk.agents.SetAgentAvailability(
            pb.SetAgentAvailabilityRequest(availability=pb.AGENT_AVAILABILITY_AVAILABLE, **named)
        )
    )
    back = [(await desk.agents.ReactivateAgent(pb.ReactivateAgentRequest(**named))).agent for _ in range(2)]

    assert gone[0] == gone[1]
    assert (gone[0].state, gone[0].HasField("deactivate_time")) == (pb.AGENT_STATE_DEACTIVATED, True)
    assert error.reason == "AGENT_INACTIVE"
    assert back[0] == back[1]
    assert (back[0].state, back[0].HasField("deactivate_time")) == (pb.AGENT_STATE_ACTIVE, False)
    assert back[0].reactivate_time.ToDatetime() >= gone[0].deactivate_time.ToDatetime()
    of_ann = [r.action for r in await desk.records() if r.subject_id == ann.agent_id]
    assert of_ann == ["agent.created", "agent.deactivated", "agent.reactivated"]


async def test_availability_is_said_with_since_when(desk: Desk) -> None:
    ann = await desk.new_agent("ann@example.com", WORKER)
    own = ((ACTOR_METADATA, f"agent:{ann.agent_id}"),)
    here = pb.SetAgentAvailabilityRequest(
        organization_id=ORGANIZATION, agent_id=ann.agent_id, availability=pb.AGENT_AVAILABILITY_AVAILABLE
    )

    first, second = [(await desk.agents.SetAgentAvailability(here, metadata=own)).agent for _ in range(2)]

    assert first == second
    assert first.availability == pb.AGENT_AVAILABILITY_AVAILABLE
    assert first.availability_time.ToDatetime() >= ann.availability_time.ToDatetime()
    (record,) = await desk.records(action="agent.availability_changed")
    assert (record.actor.id, details(record)) == (ann.agent_id, {"from": "AWAY", "to": "AVAILABLE"})


async def test_availability_of_others_is_for_administrators_to_say(desk: Desk) -> None:
    ann, bob = [await desk.new_agent(f"{name}@example.com", WORKER) for name in ("ann", "bob")]
    request = pb.SetAgentAvailabilityRequest(
        organization_id=ORGANIZATION, agent_id=bob.agent_id, availability=pb.AGENT_AVAILABILITY_AVAILABLE
    )

    error = await error_of(
        desk.agents.SetAgentAvailability(request, metadata=((ACTOR_METADATA, f"agent:{ann.agent_id}"),))
    )

    assert (type(error), error.reason) == (errors.PermissionDenied, "ROLE_NOT_ALLOWED")
    assert (await desk.agents.SetAgentAvailability(request, metadata=AGENT)).agent.agent_id == bob.agent_id


async def test_one_administrator_stays_whoever_goes_at_once(start_desk: StartDesk) -> None:
    replicas = [await start_desk(administrator=""), await start_desk(administrator="")]
    bosses = [(await replicas[0].new_agent(f"boss{i}@example.com", ADMINISTRATOR, None)).agent_id for i in range(4)]

    async def go(desk: Desk, number: int) -> str:
        try:
            if number % 2:
                await desk.deactivate(bosses[number], None)
            else:
                await _update(desk, bosses[number], None, role=WORKER)
        except Exception as error:
            return (await error_of(_raising(error))).reason
        return ""

    outcomes = await asyncio.gather(*(go(desk, number) for number in range(4) for desk in replicas))

    request = pb.ListAgentsRequest(organization_id=ORGANIZATION)
    left = [a for a in (await replicas[0].agents.ListAgents(request)).agents if a.role == ADMINISTRATOR]
    assert len(left) == 1
    assert set(outcomes) <= {"", "LAST_ADMINISTRATOR", "CONCURRENT_UPDATE"}
    assert (await error_of(replicas[1].deactivate(left[0].agent_id, None))).reason == "LAST_ADMINISTRATOR"


async def _raising(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        pytest.param({"agent_id": "ann", "workspace_id": WORKSPACE, "role": WORKER}, "", id="at work"),
        pytest.param({"agent_id": "ann", "workspace_id": WORKSPACE, "role": VIEWER}, "", id="reads"),
        pytest.param({"agent_id": "ann", "organization_id": ORGANIZATION, "role": VIEWER}, "", id="of no workspace"),
        pytest.param(
            {"agent_id": "ann", "workspace_id": WORKSPACE, "role": ADMINISTRATOR}, "ROLE_NOT_ALLOWED", id="too much"
        ),
        pytest.param(
            {"agent_id": "ann", "organization_id": ORGANIZATION, "role": VIEWER, "all_workspaces": True},
            "WORKSPACE_NOT_ALLOWED",
            id="everywhere",
        ),
        pytest.param(
            {"agent_id": "ann", "organization_id": "another", "role": VIEWER}, "AGENT_NOT_FOUND", id="elsewhere"
        ),
        pytest.param({"agent_id": "nobody", "workspace_id": WORKSPACE, "role": VIEWER}, "AGENT_NOT_FOUND", id="none"),
        pytest.param({"agent_id": "ann", "workspace_id": "none", "role": VIEWER}, "WORKSPACE_NOT_FOUND", id="nowhere"),
        pytest.param({"agent_id": "ann", "role": VIEWER}, "FIELD_REQUIRED", id="no tenant"),
        pytest.param({"agent_id": "ann", "workspace_id": WORKSPACE}, "FIELD_REQUIRED", id="no role"),
    ],
)
async def test_other_services_learn_what_an_agent_may(shared_desk: Desk, fields: dict[str, Any], reason: str) -> None:
    shared_desk.put_agent("ann", Role.AGENT, (WORKSPACE,))
    call = shared_desk.agents.CheckAgent(pb.CheckAgentRequest(**fields))

    if reason:
        assert (await error_of(call)).reason == reason
    else:
        assert (await call).agent.agent_id == "ann"


async def test_agents_are_found_by_address_in_all_organizations(desk: Desk) -> None:
    """For the console alone, which learns so who signs in."""
    here = await desk.new_agent("ann@example.com", WORKER)
    there = await desk.new_agent("Ann@Example.com", VIEWER, None, organization_id="globex", workspace_ids=[])
    gone = await desk.new_agent("ann@example.com", VIEWER, None, organization_id="initech", workspace_ids=[])
    await desk.new_agent("bob@example.com", ADMINISTRATOR)
    request = pb.DeactivateAgentRequest(organization_id="initech", agent_id=gone.agent_id)
    await desk.agents.DeactivateAgent(request)

    async with channel_to("ticket_service", desk.port, "console") as channel:
        stub: agent_service_pb2_grpc.AgentServiceAsyncStub = agent_service_pb2_grpc.AgentServiceStub(channel)
        found = await stub.FindAgents(pb.FindAgentsRequest(email=" ANN@example.com"))
        nobody = await stub.FindAgents(pb.FindAgentsRequest(email="ann@example.com" + "m" * 300))
        refused = await error_of(stub.FindAgents(pb.FindAgentsRequest()))

    assert [agent.agent_id for agent in found.agents] == [here.agent_id, there.agent_id]
    assert list(nobody.agents) == []
    assert refused.reason == "FIELD_REQUIRED"


async def test_agents_say_what_they_are_called(desk: Desk) -> None:
    ann = await desk.new_agent("ann@example.com", VIEWER)
    bob = await desk.new_agent("bob@example.com", WORKER)

    async def rename(who: str, whom: pb.Agent, name: str) -> pb.Agent:
        request = pb.SetAgentNameRequest(organization_id=ORGANIZATION, agent_id=whom.agent_id, display_name=name)
        return (await desk.agents.SetAgentName(request, metadata=((ACTOR_METADATA, f"agent:{who}"),))).agent

    own = await rename(ann.agent_id, ann, "Ann A.")
    of_another = await error_of(rename(bob.agent_id, ann, "Annie"))
    by_administrator = await rename("dana", bob, "Bobby")
    too_long = await error_of(rename(ann.agent_id, ann, "x" * 101))

    assert (own.display_name, by_administrator.display_name) == ("Ann A.", "Bobby")
    assert (of_another.reason, too_long.reason) == ("ROLE_NOT_ALLOWED", "FIELD_INVALID")
    records = await desk.records(action="agent.updated")
    assert {record.actor.id for record in records} == {ann.agent_id, "dana"}
    assert [details(record) for record in records] == [{"fields": "display_name"}] * 2
