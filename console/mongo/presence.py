"""Sightings as documents: one per agent and ticket. They are read by their time, and cleared away later."""

from datetime import datetime
from typing import Any

from pymongo import IndexModel

from console.live.presence import Sighting
from console.mongo.reading import entity_from
from servicekit.mongo.readable import readable

Document = dict[str, Any]
# More than that at once are not shown.
_MOST = 2000


class MongoPresence:
    """Implements presence.PresenceStore."""

    def __init__(self, database: Any) -> None:
        self._sightings = database["presence"]

    async def prepare(self) -> None:
        """Creates the indexes, where they are missing."""
        await self._sightings.create_indexes(
            [
                IndexModel([("workspace_id", 1), ("expire_time", 1)], name="of_workspace"),
                IndexModel([("organization_id", 1), ("expire_time", 1)], name="of_organization"),
                IndexModel([("expire_time", 1)], name="expired", expireAfterSeconds=0),
            ]
        )

    async def put(self, sighting: Sighting) -> None:
        document = {
            "organization_id": sighting.organization_id,
            "workspace_id": sighting.workspace_id,
            "ticket_id": sighting.ticket_id,
            "agent_id": sighting.agent_id,
            "name": sighting.name,
            "expire_time": sighting.expire_time,
            "writing_until": sighting.writing_until,
        }
        await self._sightings.replace_one(
            _of(sighting.workspace_id, sighting.ticket_id, sighting.agent_id), document, upsert=True
        )

    async def remove(self, workspace_id: str, ticket_id: str, agent_id: str) -> None:
        await self._sightings.delete_one(_of(workspace_id, ticket_id, agent_id))

    async def in_workspace(self, workspace_id: str, now: datetime) -> list[Sighting]:
        return await self._find({"workspace_id": workspace_id, "expire_time": {"$gt": now}})

    async def in_organization(self, organization_id: str, now: datetime) -> list[Sighting]:
        return await self._find({"organization_id": organization_id, "expire_time": {"$gt": now}})

    async def _find(self, query: Document) -> list[Sighting]:
        found = await self._sightings.find(query).limit(_MOST).to_list(None)
        return sorted(readable(found, _sighting, "sighting"), key=lambda seen: (seen.name, seen.agent_id))


def _sighting(document: Document) -> Sighting:
    return entity_from(Sighting, document)


def _of(workspace_id: str, ticket_id: str, agent_id: str) -> Document:
    return {"_id": f"{workspace_id} {ticket_id} {agent_id}"}
