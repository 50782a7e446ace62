"""One-time links as documents: the hash of the secret is the `_id`."""

from collections.abc import Collection
from typing import Any

from pymongo import IndexModel

from console.sign_in.links import Link, LinkKind

Document = dict[str, Any]
_INDEXES = [
    IndexModel([("organization_id", 1), ("agent_id", 1)], name="of_agent"),
    IndexModel([("expire_time", 1)], name="expired", expireAfterSeconds=0),
]


class MongoLinks:
    """Implements links.LinkStore."""

    def __init__(self, database: Any) -> None:
        self._links = database["links"]

    async def prepare(self) -> None:
        """Creates the indexes, where they are missing."""
        await self._links.create_indexes(_INDEXES)

    async def add(self, link: Link) -> None:
        await self._links.insert_one(
            {
                "_id": link.link_id,
                "kind": link.kind.value,
                "organization_id": link.organization_id,
                "agent_id": link.agent_id,
                "expire_time": link.expire_time,
            }
        )

    async def get(self, link_id: str) -> Link | None:
        document = await self._links.find_one({"_id": link_id})
        return _link(document) if document else None

    async def take(self, link_id: str) -> Link | None:
        document = await self._links.find_one_and_delete({"_id": link_id})
        return _link(document) if document else None

    async def remove_of_agent(
        self, organization_id: str, agent_id: str, kinds: Collection[LinkKind], but: str = ""
    ) -> None:
        whose = {"organization_id": organization_id, "agent_id": agent_id}
        named = {"kind": {"$in": [kind.value for kind in kinds]}, "_id": {"$ne": but}}
        await self._links.delete_many({**whose, **named})


def _link(document: Document) -> Link:
    return Link(
        link_id=document["_id"],
        kind=LinkKind(document["kind"]),
        organization_id=document["organization_id"],
        agent_id=document["agent_id"],
        expire_time=document["expire_time"],
    )
