"""People, the AI and programs in words."""

import pytest

from client.words.actors import actor_text, assignee_from_text, assignee_text, auto_assign_from_text
from keva.ticket.v1 import actor_pb2, routing_pb2


@pytest.mark.parametrize("text", ["nobody", "ai", "agent:anna", "agent:agt_1:x"])
def test_an_assignee_is_read_as_it_is_written(text: str) -> None:
    assert assignee_text(assignee_from_text(text)) == text


@pytest.mark.parametrize(("text", "written"), [("Nobody", "nobody"), ("AI", "ai"), ("Agent:Anna", "agent:Anna")])
def test_case_matters_in_ids_alone(text: str, written: str) -> None:
    assert assignee_text(assignee_from_text(text)) == written


@pytest.mark.parametrize("text", ["me", "ME", "anna@example.com", "agt_1"])
def test_an_agent_is_named_in_other_ways_too(text: str) -> None:
    expected = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AGENT, agent_id=text)

    assert assignee_from_text(text) == expected


@pytest.mark.parametrize("text", ["", "anna", "agent:", "agent", "ai:1", "operator:max", "operator:max@example.com"])
def test_who_is_no_assignee_is_refused_with_how_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match="write nobody, ai, me, or an agent's e-mail address or id"):
        assignee_from_text(text)


@pytest.mark.parametrize("text", ["nobody", "ai", "available", "agent:anna"])
def test_who_a_channel_assigns_to_is_read_as_it_is_written(text: str) -> None:
    assert assignee_text(auto_assign_from_text(text.replace("a", "A", 1))).lower() == text


def test_available_is_for_channels_alone() -> None:
    with pytest.raises(ValueError, match="write nobody, ai, me, or"):
        assignee_from_text("available")
    with pytest.raises(ValueError, match="write nobody, ai, available, me, or"):
        auto_assign_from_text("somebody")


def test_nothing_given_is_nobody() -> None:
    assert assignee_text(routing_pb2.Assignee()) == "nobody"


@pytest.mark.parametrize(
    ("actor", "text"),
    [
        (actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_AGENT, id="anna"), "agent:anna"),
        (actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_AI), "ai"),
    ],
)
def test_an_actor(actor: actor_pb2.Actor, text: str) -> None:
    assert actor_text(actor) == text
