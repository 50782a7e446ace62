"""LeftWorkStore on MongoDB. An agent's left work is due at `left_due`, which is also its lease."""

from datetime import datetime
from typing import Any

from servicekit.ids import new_id
from servicekit.mongo import leases
from servicekit.mongo.readable import first_readable, readable
from ticket_service.domain.channel import Channel
from ticket_service.domain.staff.agent import ALL_WORKSPACES, Agent, LeftWork, may_work_in
from ticket_service.domain.ticket import Assignee, AssigneeKind, Ticket
from ticket_service.mongo.channels import channel_from_document
from ticket_service.mongo.database import Database
from ticket_service.mongo.inbox.indexes import ASSIGNEE
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.staff.agents import LEFT_DUE, LEFT_SINCE, agent_from_document
from ticket_service.mongo.ticket_documents import (
    UNCLOSED,
    assignee_to_document,
    ticket_from_document,
)

_LEASE = "left_lease"


class MongoLeftWork:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def claim_left_work(self, now: datetime, lease_until: datetime) -> LeftWork | None:
        document = await leases.claim(self._db.agents, LEFT_DUE, now, lease_until, also={_LEASE: new_id("lse")})
        return LeftWork(agent_from_document(document), document[LEFT_SINCE], document[_LEASE]) if document else None

    async def left_tickets(self, agent: Agent, limit: int) -> list[Ticket]:
        query = _not_the_agents(agent, "assignee")
        if query is None:
            return []
        # The index begins with the workspace.
        workspaces = self._db.workspaces.find({"organization_id": agent.organization_id}, {"_id": 1})
        ids = {workspace["_id"] async for workspace in workspaces}
        elsewhere = {"workspace_id": {"$in": sorted(ids.difference(may_work_in(agent)))}}
        unclosed = self._db.tickets.find({**query, **elsewhere, "state": UNCLOSED}).hint(ASSIGNEE)
        return await first_readable(unclosed, limit, ticket_from_document, "ticket")

    async def left_channels(self, agent: Agent) -> list[Channel]:
        query = _not_the_agents(agent, "auto_assign")
        if query is None:
            return []
        subscribed = {**query, "organization_id": agent.organization_id, "delete_time": None}
        found = await self._db.channels.find(subscribed).to_list(None)
        return readable(found, channel_from_document, "channel")

    async def postpone_left_work(self, work: LeftWork, due: datetime) -> None:
        await self._db.agents.update_one(_as_claimed(work), {"$set": {LEFT_DUE: due}})

    async def finish_left_work(self, work: LeftWork) -> None:
        gone = {LEFT_DUE: "", LEFT_SINCE: "", _LEASE: ""}
        await self._db.agents.update_one(_as_claimed(work), {"$unset": gone})


def _not_the_agents(agent: Agent, field: str) -> Document | None:
    """What names the agent in `field` though the agent may not work there; None: nothing does."""
    allowed = may_work_in(agent)
    if ALL_WORKSPACES in allowed:
        return None
    named: dict[str, Any] = {field: assignee_to_document(Assignee(AssigneeKind.AGENT, agent.agent_id))}
    return {**named, "workspace_id": {"$nin": sorted(allowed)}} if allowed else named


def _as_claimed(work: LeftWork) -> Document:
    """The agent's document, unless there is newer left work since the claim, or another replica has claimed it."""
    return {"_id": work.agent.agent_id, LEFT_SINCE: work.since, _LEASE: work.lease_id}
