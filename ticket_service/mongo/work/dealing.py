"""DealingStore on MongoDB."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pymongo import UpdateOne

from servicekit.mongo.readable import first_readable, readable
from ticket_service.domain.staff.agent import Availability, Role
from ticket_service.domain.ticket import Assignee, AssigneeKind, Ticket, TicketChange, TicketState
from ticket_service.domain.work.dealing import Load, WaitingWorkspace
from ticket_service.mongo.audit_chains import append_to_ticket
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.staff.agents import agent_from_document
from ticket_service.mongo.ticket_documents import (
    TO_DEAL_INDEX,
    assignee_from_document,
    assignee_to_document,
    ticket_from_document,
)

# When an agent was dealt a ticket last; and what makes dealings to the same agent meet.
_DEAL_TIME = "deal_time"
_ATTEMPTS = 5


class MongoDealing:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def waiting_workspaces(self) -> list[WaitingWorkspace]:
        ids = await self._db.tickets.distinct("workspace_id", {"to_deal": True})
        known = {"_id": {"$in": ids}, "organization_id": {"$gt": ""}}
        found = await self._db.workspaces.find(known, {"organization_id": 1}).to_list(None)
        return [WaitingWorkspace(document["organization_id"], document["_id"]) for document in found]

    async def deal(
        self,
        workspace: WaitingWorkspace,
        decide: Callable[[Sequence[Ticket], Sequence[Load]], Sequence[TicketChange]],
        limit: int,
    ) -> int:
        async def work(session: Any) -> int:
            sharing = await self._sharing_channels(workspace, session)
            loads = await self._loads(workspace, session) if sharing else []
            query = {**_waiting(workspace), "channel_id": {"$in": sharing}}
            waiting = self._db.tickets.find(query, session=session).sort("_id", 1).hint(TO_DEAL_INDEX)
            found = await first_readable(waiting, limit, ticket_from_document, "ticket") if loads else []
            changes = decide(found, loads)
            for change in changes:
                await append_to_ticket(self._db, change, session)
            await self._note(changes, session)
            return len(changes)

        return await self._db.in_own_transaction(work, _ATTEMPTS)

    async def withdraw(self, workspace: WaitingWorkspace, limit: int) -> int:
        async def work(session: Any) -> int:
            query = {**_waiting(workspace), "channel_id": {"$nin": await self._sharing_channels(workspace, session)}}
            found = self._db.tickets.find(query, {"_id": 1}, session=session).hint(TO_DEAL_INDEX).limit(limit)
            ids = [ticket["_id"] async for ticket in found]
            if ids:
                no_more = {"$unset": {"to_deal": ""}}
                await self._db.tickets.update_many({"_id": {"$in": ids}}, no_more, session=session)
            return len(ids)

        return await self._db.in_own_transaction(work, _ATTEMPTS)

    async def _sharing_channels(self, workspace: WaitingWorkspace, session: Any) -> list[str]:
        """Those that leave new tickets to the available agents of the workspace now."""
        query = {
            "organization_id": workspace.organization_id,
            "workspace_id": workspace.workspace_id,
            "round_robin": True,
            "delete_time": None,
        }
        return [channel["_id"] async for channel in self._db.channels.find(query, {"_id": 1}, session=session)]

    async def _loads(self, workspace: WaitingWorkspace, session: Any) -> list[Load]:
        available = {
            "organization_id": workspace.organization_id,
            "availability": Availability.AVAILABLE.value,
            "deactivate_time": None,
        }
        documents = await self._db.agents.find(available, session=session).to_list(None)
        known = readable(documents, lambda document: (agent_from_document(document), document), "agent")
        agents = {a.agent_id: d for a, d in known if a.refusal(Role.AGENT, workspace.workspace_id) is None}
        counts = await self._open_tickets(workspace.workspace_id, agents, session) if agents else {}
        return [Load(agent_id, counts.get(agent_id, 0), agents[agent_id].get(_DEAL_TIME)) for agent_id in agents]

    async def _open_tickets(self, workspace_id: str, agent_ids: Iterable[str], session: Any) -> dict[str, int]:
        names = [assignee_to_document(Assignee(AssigneeKind.AGENT, agent_id)) for agent_id in agent_ids]
        open_ones = {"workspace_id": workspace_id, "assignee": {"$in": names}, "state": TicketState.OPEN.value}
        stages: list[Document] = [{"$match": open_ones}, {"$group": {"_id": "$assignee", "count": {"$sum": 1}}}]
        found = await self._db.tickets.aggregate(stages, session=session).to_list(None)
        return {assignee_from_document(document["_id"]).agent_id: document["count"] for document in found}

    async def _note(self, changes: Sequence[TicketChange], session: Any) -> None:
        """Writes to each agent who got one: whoever deals to them, or changes them, at the same time begins again."""
        times = {change.ticket.assignee.agent_id: change.ticket.update_time for change in changes}
        if times:
            notes = [UpdateOne({"_id": agent}, {"$set": {_DEAL_TIME: time}}) for agent, time in times.items()]
            await self._db.agents.bulk_write(notes, session=session)


def _waiting(workspace: WaitingWorkspace) -> Document:
    return {"workspace_id": workspace.workspace_id, "to_deal": True}
