"""Sessions as documents: the hash of the cookie's secret is the `_id`."""

from typing import Any

from pymongo import IndexModel

from console.sign_in.session import Session

Document = dict[str, Any]


class MongoSessions:
    """Implements session.SessionStore."""

    def __init__(self, database: Any) -> None:
        self._sessions = database["sessions"]

    async def prepare(self) -> None:
        """Creates the indexes, where they are missing."""
        await self._sessions.create_indexes([IndexModel([("organization_id", 1), ("agent_id", 1)], name="of_agent")])

    async def add(self, session: Session) -> None:
        await self._sessions.insert_one(_document(session))

    async def get(self, session_id: str) -> Session | None:
        document = await self._sessions.find_one({"_id": session_id})
        return _session(document) if document else None

    async def remove(self, session_id: str) -> None:
        await self._sessions.delete_one({"_id": session_id})


def _document(session: Session) -> Document:
    return {
        "_id": session.session_id,
        "organization_id": session.organization_id,
        "agent_id": session.agent_id,
        "csrf_token": session.csrf_token,
        "create_time": session.create_time,
        "last_used_time": session.last_used_time,
    }


def _session(document: Document) -> Session:
    return Session(
        session_id=document["_id"],
        organization_id=document["organization_id"],
        agent_id=document["agent_id"],
        csrf_token=document["csrf_token"],
        create_time=document["create_time"],
        last_used_time=document["last_used_time"],
    )
