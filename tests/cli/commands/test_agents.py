"""`keva agents`, and agents by what people call them."""

import json
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from keva.console.v1 import console_service_pb2
from keva.ticket.v1 import actor_pb2, message_pb2, routing_pb2, ticket_service_pb2, workspace_service_pb2
from keva.ticket.v1 import agent_service_pb2 as pb
from servicekit import errors

ANN = pb.Agent(
    agent_id="agt_1",
    email="ann@example.com",
    display_name="Ann",
    role=pb.AGENT_ROLE_AGENT,
    workspace_ids=["default", "sales"],
    state=pb.AGENT_STATE_ACTIVE,
    availability=pb.AGENT_AVAILABILITY_AVAILABLE,
)
BOSS = pb.Agent(
    agent_id="agt_2",
    email="bo@example.com",
    display_name="Bo",
    role=pb.AGENT_ROLE_ADMINISTRATOR,
    state=pb.AGENT_STATE_ACTIVE,
    availability=pb.AGENT_AVAILABILITY_AWAY,
)


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """Ann and Bo."""

    def listed(request: pb.ListAgentsRequest) -> pb.ListAgentsResponse:
        return pb.ListAgentsResponse(agents=[a for a in (ANN, BOSS) if request.email.lower() in ("", a.email)])

    keva.ticket_service.answers.update(
        CreateAgent=pb.CreateAgentResponse(agent=ANN),
        GetAgent=pb.GetAgentResponse(agent=ANN),
        ListAgents=listed,
        UpdateAgent=pb.UpdateAgentResponse(agent=ANN),
        DeactivateAgent=pb.DeactivateAgentResponse(agent=ANN),
        ReactivateAgent=pb.ReactivateAgentResponse(agent=ANN),
        SetAgentAvailability=pb.SetAgentAvailabilityResponse(agent=ANN),
        AssignTicket=ticket_service_pb2.AssignTicketResponse(ticket=ticket_service_pb2.Ticket(number=12)),
    )


async def test_an_agent_is_added_to_the_workspace_unless_others_are_named(keva: Any) -> None:
    first = await keva("agents", "add", "ann@example.com", "--name", "Ann")
    one = keva.ticket_service.last()
    await keva("agents", "add", "bo@example.com", "--role", "administrator", "--in-workspace", "sales")

    assert first.status == 0
    assert "Added Ann (ann@example.com) as agent: agt_1" in first.output
    assert (one.role, list(one.workspace_ids), bool(one.request_id)) == (pb.AGENT_ROLE_AGENT, ["default"], True)
    two = keva.ticket_service.last()
    assert (two.role, list(two.workspace_ids)) == (pb.AGENT_ROLE_ADMINISTRATOR, ["sales"])


async def test_agents_are_listed_with_what_they_may(keva: Any) -> None:
    result = await keva("agents", "list", "--of-workspace", "sales", "--deactivated")

    assert result.status == 0
    assert [line.split()[:5] for line in result.output.splitlines()[1:]] == [
        ["ann@example.com", "agt_1", "Ann", "agent", "default,"],
        ["bo@example.com", "agt_2", "Bo", "administrator", "all"],
    ]
    asked = keva.ticket_service.last()
    assert (asked.workspace_id, asked.show_deactivated) == ("sales", True)
    assert [agent["email"] for agent in json.loads((await keva("agents", "list", "--json")).output)] == [
        *("ann@example.com", "bo@example.com")
    ]


async def test_an_agent_is_changed_by_the_e_mail_address(keva: Any) -> None:
    result = await keva("agents", "update", "ANN@example.com", "--role", "viewer", "--in-workspace", "sales")

    assert result.status == 0
    assert keva.ticket_service.last() == pb.UpdateAgentRequest(
        organization_id="default",
        agent=pb.Agent(agent_id="agt_1", role=pb.AGENT_ROLE_VIEWER, workspace_ids=["sales"]),
        update_mask=FieldMask(paths=["role", "workspace_ids"]),
    )
    assert (await keva("agents", "update", "agt_1")).status == 2


@pytest.mark.parametrize(
    ("words", "request_type"),
    [
        pytest.param(("deactivate", "agt_1"), pb.DeactivateAgentRequest, id="deactivate"),
        pytest.param(("reactivate", "ann@example.com"), pb.ReactivateAgentRequest, id="reactivate"),
        pytest.param(("available", "agt_1"), pb.SetAgentAvailabilityRequest, id="available"),
        pytest.param(("away", "--as", "agt_1"), pb.SetAgentAvailabilityRequest, id="oneself"),
        pytest.param(("show", "me", "--as", "ann@example.com"), pb.GetAgentRequest, id="who one is"),
    ],
)
async def test_agents_come_and_go(keva: Any, words: tuple[str, ...], request_type: Any) -> None:
    result = await keva("agents", *words)

    assert result.status == 0
    assert result.output.startswith("Agent agt_1  Ann")
    (asked,) = [one for one in keva.ticket_service.requests if isinstance(one, request_type)]
    assert asked.agent_id == "agt_1"


async def test_whoever_is_deactivated_leaves_texts_behind_that_somebody_should_look_at(keva: Any) -> None:
    def by(agent_id: str) -> message_pb2.Message:
        return message_pb2.Message(author=actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_AGENT, id=agent_id))

    def scheduled(request: Any) -> ticket_service_pb2.ListScheduledMessagesResponse:
        mine = [by("agt_1"), by("agt_2"), by("agt_1")] if request.workspace_id == "sales" else [by("agt_2")]
        return ticket_service_pb2.ListScheduledMessagesResponse(messages=mine)

    workspaces = [workspace_service_pb2.Workspace(workspace_id=one) for one in ("default", "sales")]
    keva.ticket_service.answers.update(
        ListWorkspaces=workspace_service_pb2.ListWorkspacesResponse(workspaces=workspaces),
        ListScheduledMessages=scheduled,
    )

    result = await keva("agents", "deactivate", "agt_1", "--json")

    assert (result.status, json.loads(result.output)["agent_id"]) == (0, "agt_1")
    assert "2 in workspace sales" in result.error
    assert "default" not in result.error


async def test_who_acts_is_named_by_e_mail_address_or_id(keva: Any) -> None:
    actors = []
    for named in ("ann@example.com", "agent:Ann@example.com", "agt_1", "agent:agt_1"):
        assert (await keva("agents", "available", "--as", named)).status == 0
        actors.append(keva.ticket_service.metadata["keva-actor"])
    keva.environment["KEVA_ACTOR"] = "ann@example.com"
    await keva("tickets", "assign", "tkt_1", "me")

    assert actors == ["agent:agt_1"] * 4
    assert keva.ticket_service.metadata["keva-actor"] == "agent:agt_1"
    assignee = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AGENT, agent_id="agt_1")
    assert keva.ticket_service.last().assignee == assignee


async def test_a_ticket_is_assigned_by_e_mail_address(keva: Any) -> None:
    result = await keva("tickets", "assign", "tkt_1", "bo@example.com")

    assert result.status == 0
    assert keva.ticket_service.last().assignee.agent_id == "agt_2"


async def test_nobody_is_me_without_an_agent_who_acts(keva: Any) -> None:
    for words in (
        ("tickets", "assign", "tkt_1", "me"),
        ("agents", "away"),
        ("agents", "available"),
        ("agents", "show", "me"),
    ):
        result = await keva(*words)

        assert result.status == 2
        assert "is not an agent, so nobody is `me`" in result.error
        assert "--as you@example.com, or once for all commands: export KEVA_ACTOR=you@example.com" in result.error


async def test_an_address_that_nobody_has_is_said(keva: Any) -> None:
    result = await keva("agents", "away", "--as", "eve@example.com")

    assert (result.status, "eve@example.com" in result.error, "keva agents list" in result.error) == (3, True, True)


async def test_a_taken_address_is_explained(keva: Any) -> None:
    keva.ticket_service.answers["CreateAgent"] = errors.AlreadyExists(
        "AGENT_ALREADY_EXISTS", "the agent agt_1 has this e-mail address", agent_id="agt_1"
    )

    result = await keva("agents", "add", "ann@example.com")

    assert (result.status, "keva agents update" in result.error) == (1, True)


URL = "https://desk.example.com/welcome/" + "s" * 43


@pytest.fixture
async def console(keva: Any, start_peer: Any) -> Any:
    """Stands for the console."""
    peer = await start_peer("console", console_service_pb2)
    keva.environment["KEVA_CONSOLE_SERVICE"] = peer.address
    peer.answers.update(
        CreateSignInLink=console_service_pb2.CreateSignInLinkResponse(url=URL),
        EndSessions=console_service_pb2.EndSessionsResponse(ended_sessions=2),
    )
    return peer


async def test_whoever_is_added_gets_a_link_where_there_is_a_console(keva: Any, console: Any) -> None:
    result = await keva("agents", "add", "ann@example.com", "--name", "Ann")
    await keva("agents", "add", "ann@example.com", "--json")

    assert URL in result.output.splitlines()
    assert [(asked.organization_id, asked.agent_id) for asked in console.requests] == [("default", "agt_1")]


async def test_an_agent_is_added_even_if_the_console_does_not_answer(keva: Any, console: Any) -> None:
    await console.stop()

    result = await keva("agents", "add", "ann@example.com")

    assert (result.status, "Added Ann" in result.output) == (0, True)
    assert "console does not answer" in result.output
    assert "Later: keva agents link ann@example.com" in result.output


async def test_whoever_is_added_where_no_console_is_known_is_told_how_to_get_a_link(keva: Any) -> None:
    result = await keva("agents", "add", "ann@example.com")

    assert (result.status, "Added Ann" in result.output) == (0, True)
    assert "KEVA_CONSOLE_SERVICE" in result.output
    assert "keva agents link ann@example.com" in result.output


async def test_a_link_is_made_and_sessions_are_ended(keva: Any, console: Any) -> None:
    link = await keva("agents", "link", "Ann@example.com")
    asked = console.last()
    as_json = await keva("agents", "link", "agt_1", "--json")
    ended = await keva("agents", "sign-out", "agt_1")

    assert URL in link.output.splitlines()
    assert asked == console_service_pb2.CreateSignInLinkRequest(organization_id="default", agent_id="agt_1")
    assert json.loads(as_json.output)["url"] == URL
    assert ended.output == "Ended 2 sessions.\n"
    assert type(console.last()) is console_service_pb2.EndSessionsRequest


@pytest.mark.parametrize("verb", ["link", "sign-out"])
async def test_without_a_console_there_is_nothing_to_sign_in_to(keva: Any, verb: str) -> None:
    result = await keva("agents", verb, "agt_1")

    assert result.status == 2
    assert "KEVA_CONSOLE_SERVICE" in result.error


async def test_agents_rename_themselves(keva: Any) -> None:
    keva.ticket_service.answers["SetAgentName"] = pb.SetAgentNameResponse(agent=ANN)

    result = await keva("--as", "agt_1", "agents", "update", "me", "--name", "Annie")

    assert result.status == 0
    assert keva.ticket_service.last() == pb.SetAgentNameRequest(
        organization_id="default", agent_id="agt_1", display_name="Annie"
    )
