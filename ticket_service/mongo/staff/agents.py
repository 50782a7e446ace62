"""AgentStore on MongoDB."""

from collections.abc import Callable
from typing import Any

from pymongo import ASCENDING, IndexModel

from servicekit.mongo.readable import first_readable
from ticket_service import errors, staff_errors
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.staff.agent import Agent, AgentChange, AgentFilter, Availability, Role, email_key
from ticket_service.mongo.audit_chains import append_to_organization
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import KEY, LIST, Document, Mapper, enum, sparse

# When work that the agent may have left is looked for, and since when there may be some.
LEFT_DUE, LEFT_SINCE = "left_due", "left_since"
INDEXES = [
    IndexModel([("organization_id", ASCENDING), ("email_key", ASCENDING)], name="one_agent_per_email", unique=True),
    IndexModel(
        [("organization_id", ASCENDING), ("request_id", ASCENDING)],
        name="one_agent_per_request_id",
        unique=True,
        partialFilterExpression={"request_id": {"$exists": True}},
    ),
    # Who signs in names no organization.
    IndexModel([("email_key", ASCENDING), ("_id", ASCENDING)], name="email"),
    IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)], name="oldest"),
    IndexModel([("organization_id", ASCENDING), ("role", ASCENDING)], name="role"),
    IndexModel([(LEFT_DUE, ASCENDING)], name=LEFT_DUE, partialFilterExpression={LEFT_DUE: {"$exists": True}}),
]
_AGENTS = Mapper(
    Agent,
    agent_id=KEY,
    role=enum(Role),
    workspace_ids=LIST,
    availability=enum(Availability),
    deactivate_time=sparse(None),
    reactivate_time=sparse(None),
)
agent_from_document = _AGENTS.from_document

_ASKED_FOR = ("email", "display_name", "role", "workspace_ids")


def agent_to_document(agent: Agent) -> Document:
    """The agent, with what makes two spellings of an e-mail address one."""
    return {**_AGENTS.to_document(agent), "email_key": email_key(agent.email)}


class MongoAgents:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def create_agent(self, agent: Agent, request_id: str, entry: AuditEntry) -> Agent:
        document = agent_to_document(agent)
        if request_id:
            # What was asked for: the agent may be changed before the same request comes again.
            document["request"] = {name: document[name] for name in _ASKED_FOR}
            document["request_id"] = request_id

        async def work(session: Any) -> Agent:
            query = {"organization_id": agent.organization_id, "request_id": request_id}
            earlier = await self._db.agents.find_one(query, session=session) if request_id else None
            if earlier is not None and earlier["request"] != document["request"]:
                raise errors.request_id_reused(request_id)
            if earlier is not None:
                return agent_from_document(earlier)
            await self._require_free(agent, session)
            await self._db.agents.insert_one(document, session=session)
            await append_to_organization(self._db, agent.organization_id, "", [entry], session)
            return agent

        return await self._db.in_transaction(work)

    async def get_agent(self, organization_id: str, agent_id: str) -> Agent:
        return await self._get(organization_id, agent_id, None)

    async def find_agent(self, agent_id: str) -> Agent | None:
        document = await self._db.agents.find_one({"_id": agent_id})
        return None if document is None else agent_from_document(document)

    async def find_by_email(self, email: str, limit: int) -> list[Agent]:
        query = {"email_key": email_key(email), "deactivate_time": None}
        return await first_readable(self._db.agents.find(query).sort("_id", 1), limit, agent_from_document, "agent")

    async def list_agents(self, agents: AgentFilter, limit: int) -> list[Agent]:
        query: Document = {"organization_id": agents.organization_id, "_id": {"$gt": agents.after}}
        if agents.workspace_id:
            query["$or"] = [{"workspace_ids": agents.workspace_id}, {"role": Role.ADMINISTRATOR.value}]
        if agents.email:
            query["email_key"] = email_key(agents.email)
        if not agents.show_deactivated:
            query["deactivate_time"] = None
        return await first_readable(self._db.agents.find(query).sort("_id", 1), limit, agent_from_document, "agent")

    async def change_agent(
        self, organization_id: str, agent_id: str, decide: Callable[[Agent, int], AgentChange]
    ) -> Agent:
        async def work(session: Any) -> Agent:
            before = await self._get(organization_id, agent_id, session)
            change = decide(before, await self._other_administrators(before, session))
            if change.entries:
                if email_key(change.agent.email) != email_key(before.email):
                    await self._require_free(change.agent, session)
                await self._write(change, session)
            return change.agent

        return await self._db.in_transaction(work)

    async def _write(self, change: AgentChange, session: Any) -> None:
        agent, now = change.agent, change.entries[0].time
        update = _AGENTS.to_update(agent)
        update["$set"]["email_key"] = email_key(agent.email)
        if change.leaves_work:
            update["$set"] |= {LEFT_DUE: now, LEFT_SINCE: now}
        await self._db.agents.update_one({"_id": agent.agent_id}, update, session=session)
        # Every change writes the end of the organization's chain, and so conflicts with any other one that was decided
        # by the same state: that is what keeps the last administrator.
        await append_to_organization(self._db, agent.organization_id, "", change.entries, session)

    async def _other_administrators(self, agent: Agent, session: Any) -> int:
        query = {
            "organization_id": agent.organization_id,
            "role": Role.ADMINISTRATOR.value,
            "deactivate_time": None,
            "_id": {"$ne": agent.agent_id},
        }
        return int(await self._db.agents.count_documents(query, session=session))

    async def _require_free(self, agent: Agent, session: Any) -> None:
        query = {"organization_id": agent.organization_id, "email_key": email_key(agent.email)}
        other = await self._db.agents.find_one(query, {"_id": 1}, session=session)
        if other is not None:
            raise staff_errors.agent_already_exists(other["_id"])

    async def _get(self, organization_id: str, agent_id: str, session: Any) -> Agent:
        query = {"_id": agent_id, "organization_id": organization_id}
        document = await self._db.agents.find_one(query, session=session)
        if document is None:
            raise staff_errors.agent_not_found(agent_id)
        return agent_from_document(document)
