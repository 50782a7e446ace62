"""Sessions as documents: the hash of the cookie's secret is the `_id`."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from pymongo import DESCENDING, IndexModel

from console.mongo.reading import entity_from
from console.sign_in.session import Browser, Session
from servicekit.mongo.readable import readable

Document = dict[str, Any]
_INDEXES = [
    IndexModel([("organization_id", 1), ("agent_id", 1), ("last_used_time", DESCENDING)], name="of_agent_by_use"),
    # Whoever reads one looks at its time: this only tidies up.
    IndexModel([("expire_time", 1)], name="expired", expireAfterSeconds=0),
]


class MongoSessions:
    """Implements session.SessionStore."""

    def __init__(self, database: Any) -> None:
        self._sessions = database["sessions"]

    async def prepare(self) -> None:
        """Creates the indexes, where they are missing."""
        await self._sessions.create_indexes(_INDEXES)

    async def add(self, session: Session) -> None:
        document = asdict(session)
        await self._sessions.insert_one({"_id": document.pop("session_id"), **document})

    async def get(self, session_id: str) -> Session | None:
        found = await self._sessions.find({"_id": session_id}).to_list(None)
        # What cannot be read is a session no longer: its browser signs in again.
        return next(iter(readable(found, _session, "session")), None)

    async def of_agent(self, organization_id: str, agent_id: str) -> list[Session]:
        query = {"organization_id": organization_id, "agent_id": agent_id}
        found = await self._sessions.find(query).sort("last_used_time", DESCENDING).to_list(None)
        return readable(found, _session, "session")

    async def note_use(self, session_id: str, last_used_time: datetime, expire_time: datetime) -> None:
        times = {"last_used_time": last_used_time, "expire_time": expire_time}
        await self._sessions.update_one({"_id": session_id}, {"$max": times})

    async def remove(self, session_id: str) -> None:
        await self._sessions.delete_one({"_id": session_id})

    async def remove_of_agent(self, organization_id: str, agent_id: str, but: str = "") -> int:
        query = {"organization_id": organization_id, "agent_id": agent_id, "_id": {"$ne": but}}
        return int((await self._sessions.delete_many(query)).deleted_count)


def _session(document: Document) -> Session:
    browser = entity_from(Browser, document["browser"])
    return entity_from(Session, {**document, "session_id": document["_id"], "browser": browser})
