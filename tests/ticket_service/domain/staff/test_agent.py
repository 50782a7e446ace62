"""What agents may do, and what changes of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.ticket_service.domain.examples import BEFORE, DANA, NOW
from ticket_service.domain.errors import LastAdministrator
from ticket_service.domain.staff import agent as domain
from ticket_service.domain.staff.agent import (
    ALL_WORKSPACES,
    Agent,
    AgentChange,
    AgentEdit,
    Availability,
    Refusal,
    Role,
    email_key,
)

AGENT = Agent("agt_1", "default", "ann@example.com", "Ann", Role.AGENT, ("support",), BEFORE, BEFORE, BEFORE)
BOSS = replace(AGENT, role=Role.ADMINISTRATOR, workspace_ids=())
GONE = replace(AGENT, deactivate_time=BEFORE)


def edited(agent: Agent, others: int = 0, **values: object) -> AgentChange:
    return domain.edit(agent, AgentEdit(**values), others, DANA, NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("agent", "needed", "workspace_id", "refusal"),
    [
        pytest.param(AGENT, Role.AGENT, "support", None, id="an agent at work"),
        pytest.param(AGENT, Role.VIEWER, "support", None, id="an agent reads"),
        pytest.param(AGENT, Role.VIEWER, "", None, id="an agent, nothing of a workspace"),
        pytest.param(AGENT, Role.ADMINISTRATOR, "support", Refusal.ROLE, id="an agent as administrator"),
        pytest.param(AGENT, Role.VIEWER, "sales", Refusal.WORKSPACE, id="an agent elsewhere"),
        pytest.param(AGENT, Role.VIEWER, ALL_WORKSPACES, Refusal.WORKSPACE, id="an agent everywhere"),
        pytest.param(replace(AGENT, role=Role.VIEWER), Role.AGENT, "support", Refusal.ROLE, id="a viewer at work"),
        pytest.param(replace(AGENT, role=Role.VIEWER), Role.VIEWER, "support", None, id="a viewer reads"),
        pytest.param(BOSS, Role.ADMINISTRATOR, ALL_WORKSPACES, None, id="an administrator everywhere"),
        pytest.param(BOSS, Role.AGENT, "sales", None, id="an administrator at work"),
        pytest.param(GONE, Role.VIEWER, "support", Refusal.INACTIVE, id="somebody who left"),
        pytest.param(replace(BOSS, deactivate_time=BEFORE), Role.VIEWER, "", Refusal.INACTIVE, id="a boss who left"),
    ],
)
def test_what_an_agent_may_do(agent: Agent, needed: Role, workspace_id: str, refusal: Refusal | None) -> None:
    assert agent.refusal(needed, workspace_id) is refusal


@pytest.mark.parametrize(
    ("agent", "values", "leaves"),
    [
        pytest.param(AGENT, {"workspace_ids": ("sales",)}, True, id="another workspace"),
        pytest.param(AGENT, {"workspace_ids": ("support", "sales")}, False, id="one workspace more"),
        pytest.param(AGENT, {"role": Role.VIEWER}, True, id="reads only"),
        pytest.param(AGENT, {"role": Role.ADMINISTRATOR, "workspace_ids": ()}, False, id="everywhere"),
        pytest.param(AGENT, {"display_name": "Anna"}, False, id="another name"),
        pytest.param(BOSS, {"role": Role.AGENT}, True, id="no administrator any more"),
        pytest.param(GONE, {"workspace_ids": ()}, False, id="of somebody who left before"),
    ],
)
def test_work_is_left_by_whoever_may_do_less(agent: Agent, values: dict[str, object], leaves: bool) -> None:
    assert edited(agent, 1, **values).leaves_work is leaves


def test_trail_says_which_fields_changed_and_quotes_no_person() -> None:
    change = edited(AGENT, email="anna@example.com", display_name="Anna", role=Role.VIEWER, workspace_ids=("a", "b"))

    (entry,) = change.entries
    assert entry.details == {
        "fields": "display_name, email, role, workspace_ids",
        "role": "VIEWER",
        "workspace_ids": "a, b",
    }
    assert change.agent.update_time == NOW
    assert edited(change.agent, email="anna@example.com") == AgentChange(change.agent)


def test_last_active_administrator_stays() -> None:
    with pytest.raises(LastAdministrator):
        edited(BOSS, 0, role=Role.AGENT)
    with pytest.raises(LastAdministrator):
        domain.deactivate(BOSS, 0, DANA, NOW)

    assert edited(BOSS, 1, role=Role.AGENT).entries
    assert domain.deactivate(BOSS, 1, DANA, NOW).entries
    # One who is not an administrator, or no longer was, may go.
    assert domain.deactivate(AGENT, 0, DANA, NOW).agent.deactivate_time == NOW
    assert edited(replace(BOSS, deactivate_time=BEFORE), 0, role=Role.AGENT).entries


def test_who_leaves_is_away_and_comes_back_away() -> None:
    here = domain.set_availability(AGENT, Availability.AVAILABLE, DANA, NOW)
    later = NOW + timedelta(hours=1)

    gone = domain.deactivate(here.agent, 0, DANA, later)
    back = domain.reactivate(gone.agent, DANA, later)

    assert here.entries[0].details == {"from": "AWAY", "to": "AVAILABLE"}
    assert here.agent.availability_time == NOW
    assert domain.set_availability(here.agent, Availability.AVAILABLE, DANA, later) == AgentChange(here.agent)
    assert (gone.agent.availability, gone.agent.availability_time) == (Availability.AWAY, later)
    assert gone.leaves_work
    assert domain.deactivate(gone.agent, 0, DANA, later) == AgentChange(gone.agent)
    assert (back.agent.is_active, back.agent.availability, back.leaves_work) == (True, Availability.AWAY, False)
    assert (gone.agent.reactivate_time, back.agent.reactivate_time) == (None, later)
    assert domain.reactivate(back.agent, DANA, later) == AgentChange(back.agent)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(" Ann@Example.COM ", "ann@example.com", id="case"),
        pytest.param("andr\u00e9@example.com", "ANDRE\u0301@example.com", id="an accent of its own"),
    ],
)
def test_an_address_is_the_same_however_it_is_typed(one: str, other: str) -> None:
    assert email_key(one) == email_key(other)
