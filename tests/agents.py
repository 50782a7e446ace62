"""Agents for tests: whoever acts as `agent:<id>`, or is assigned a ticket, must be one."""

from datetime import UTC, datetime
from typing import Any

import pymongo

from ticket_service.domain.staff.agent import Agent, Role
from ticket_service.mongo.staff.agents import agent_to_document

_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def put_agent(
    mongodb_uri: str,
    database: str,
    agent_id: str = "dana",
    role: Role = Role.ADMINISTRATOR,
    workspace_ids: tuple[str, ...] = (),
    organization_id: str = "default",
) -> None:
    """An agent with an id that reads well, in the database of a ticket_service, without a trace in its audit trail; one
    that is there already stays. CreateAgent chooses ids of its own."""
    email, name = f"{agent_id}@example.com", agent_id.title()
    agent = Agent(agent_id, organization_id, email, name, role, workspace_ids, _LONG_AGO, _LONG_AGO, _LONG_AGO)
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongodb_uri) as client:
        client[database]["agents"].replace_one({"_id": agent_id}, agent_to_document(agent), upsert=True)
