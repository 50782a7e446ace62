"""Left work survives whoever works on it, and those who learn late that an agent has left."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

import pytest

from tests.agents import known_agents
from tests.ticket_service.mongo.conftest import DANA, NOW, NewTicket
from ticket_service.background.left_work import LeftWorkLoop
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.staff import agent as domain
from ticket_service.domain.staff.agent import Agent, AgentEdit, Role
from ticket_service.domain.ticket import NOBODY, Assignee, AssigneeKind
from ticket_service.mongo.store import MongoStore
from ticket_service.ports.sms import PhoneNumbers
from ticket_service.use_cases.channels import Channels

ANN = Agent("agt_ann", "default", "ann@example.com", "Ann", Role.AGENT, ("default",), NOW, NOW, NOW)
TO_ANN = Assignee(AssigneeKind.AGENT, ANN.agent_id)
LEASE = timedelta(seconds=60)


@dataclass
class Replica:
    """What of ticket_service takes left work, at a time of the test's own."""

    store: MongoStore
    now: datetime = NOW

    def loop(self) -> LeftWorkLoop:
        store = self.store

        def clock() -> datetime:
            return self.now

        # No number is asked for.
        channels = Channels(
            store.channels, store.workspaces, cast("PhoneNumbers", None), known_agents(store), clock, "US"
        )
        return LeftWorkLoop(store.left_work, store.tickets, channels, clock)

    async def take_all(self) -> int:
        """Takes what is due until nothing is; in how many steps."""
        steps, loop = 0, self.loop()
        while await loop.take_due():
            steps += 1
        return steps

    async def deactivate(self) -> None:
        await self.store.agents.change_agent(
            "default", ANN.agent_id, lambda agent, others: domain.deactivate(agent, others, DANA, self.now)
        )

    async def assignee(self, ticket_id: str) -> Assignee:
        return (await self.store.tickets.get_ticket("default", ticket_id)).assignee


@pytest.fixture
async def replica(store: MongoStore) -> Replica:
    """With one agent, Ann."""
    await store.agents.create_agent(ANN, "", AuditEntry("agent.created", ANN.agent_id, DANA, NOW))
    return Replica(store)


async def test_it_is_taken_in_batches(replica: Replica, new_ticket: NewTicket) -> None:
    tickets = [await new_ticket(assignee=TO_ANN) for _ in range(3)]
    store, gone = replica.store, replace(ANN, deactivate_time=NOW)

    assert len(await store.left_work.left_tickets(gone, 2)) == 2
    assert await store.left_work.left_tickets(ANN, 2) == []
    assert len(await store.left_work.left_tickets(replace(ANN, workspace_ids=("sales",)), 9)) == 3
    assert len(await store.left_work.left_tickets(replace(ANN, role=Role.VIEWER), 9)) == 3
    assert await store.left_work.left_tickets(replace(ANN, role=Role.ADMINISTRATOR, workspace_ids=()), 9) == []
    assert await replica.assignee(tickets[0].ticket_id) == TO_ANN


async def test_what_a_replica_died_over_another_one_takes(replica: Replica, new_ticket: NewTicket) -> None:
    ticket = await new_ticket(assignee=TO_ANN)
    await replica.deactivate()
    died = await replica.store.left_work.claim_left_work(NOW, NOW + LEASE)
    assert died is not None
    assert await replica.take_all() == 0

    replica.now = NOW + LEASE

    assert await replica.take_all()
    assert await replica.assignee(ticket.ticket_id) == NOBODY
    # The one that came back to life has nothing more to say.
    await replica.store.left_work.postpone_left_work(died, NOW)
    await replica.store.left_work.finish_left_work(died)


async def test_what_is_assigned_a_moment_later_is_taken_too(replica: Replica, new_ticket: NewTicket) -> None:
    await replica.deactivate()
    assert await replica.take_all() == 1
    # By a replica that took Ann for active.
    late = await new_ticket(assignee=TO_ANN)

    replica.now = NOW + timedelta(seconds=2)
    await replica.take_all()
    assert await replica.assignee(late.ticket_id) == NOBODY
    for seconds in range(3, 200):
        replica.now = NOW + timedelta(seconds=seconds)
        await replica.take_all()

    assert await replica.store.left_work.claim_left_work(NOW + timedelta(days=1), NOW + timedelta(days=2)) is None


async def test_nothing_is_finished_that_was_left_meanwhile(replica: Replica) -> None:
    await replica.deactivate()
    claimed = await replica.store.left_work.claim_left_work(NOW, NOW + LEASE)
    assert claimed is not None
    later = NOW + timedelta(seconds=30)
    await replica.store.agents.change_agent("default", ANN.agent_id, lambda a, _: domain.reactivate(a, DANA, later))
    edit = AgentEdit(workspace_ids=())
    await replica.store.agents.change_agent("default", ANN.agent_id, lambda a, o: domain.edit(a, edit, o, DANA, later))

    await replica.store.left_work.finish_left_work(claimed)
    await replica.store.left_work.postpone_left_work(claimed, NOW + timedelta(days=1))

    again = await replica.store.left_work.claim_left_work(later, later + LEASE)
    assert again is not None
    assert (again.since, again.agent.is_active) == (later, True)


async def test_who_came_back_keeps_what_is_left(replica: Replica, new_ticket: NewTicket) -> None:
    ticket = await new_ticket(assignee=TO_ANN)
    await replica.deactivate()
    await replica.store.agents.change_agent("default", ANN.agent_id, lambda a, _: domain.reactivate(a, DANA, NOW))

    await replica.take_all()

    assert await replica.assignee(ticket.ticket_id) == TO_ANN
