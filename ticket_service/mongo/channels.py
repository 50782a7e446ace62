"""ChannelStore on MongoDB."""

from collections.abc import Callable
from typing import Any

from ticket_service import errors
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.channel import Channel
from ticket_service.mongo import documents
from ticket_service.mongo.database import Database


class MongoChannels:
    """See store.ChannelStore."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def get_channel(self, organization_id: str, channel_id: str) -> Channel:
        """See store.ChannelStore."""
        return await self._get(organization_id, channel_id, None)

    async def list_channels(self, organization_id: str, after: str, limit: int) -> list[Channel]:
        """See store.ChannelStore."""
        query = {"organization_id": organization_id, "delete_time": None, "_id": {"$gt": after}}
        found = await self._db.channels.find(query).sort("_id", 1).limit(limit).to_list(None)
        return [documents.to_channel(document) for document in found]

    async def list_subscribed(self, after: str, limit: int) -> list[Channel]:
        """See store.ChannelStore."""
        query = {"delete_time": None, "_id": {"$gt": after}}
        found = await self._db.channels.find(query).sort("_id", 1).limit(limit).to_list(None)
        return [documents.to_channel(document) for document in found]

    async def subscribe(
        self, channel: Channel, decide: Callable[[Channel | None], tuple[Channel, tuple[AuditEntry, ...]]]
    ) -> Channel:
        """See store.ChannelStore."""

        async def work(session: Any) -> Channel:
            query = {"account_sid": channel.account_sid, "phone_number": channel.phone_number}
            document = await self._db.channels.find_one(query, session=session)
            decided, entries = decide(documents.to_channel(document) if document else None)
            await self._write(decided, entries, session)
            return decided

        return await self._db.in_transaction(work)

    async def change_channel(
        self,
        organization_id: str,
        channel_id: str,
        decide: Callable[[Channel], tuple[Channel, tuple[AuditEntry, ...]]],
    ) -> Channel:
        """See store.ChannelStore."""

        async def work(session: Any) -> Channel:
            channel, entries = decide(await self._get(organization_id, channel_id, session))
            if entries:
                await self._write(channel, entries, session)
            return channel

        return await self._db.in_transaction(work)

    async def _write(self, channel: Channel, entries: tuple[AuditEntry, ...], session: Any) -> None:
        document = documents.from_channel(channel)
        await self._db.channels.replace_one({"_id": channel.channel_id}, document, upsert=True, session=session)
        await self._db.write_entries(channel.organization_id, channel.workspace_id, entries, session)

    async def _get(self, organization_id: str, channel_id: str, session: Any) -> Channel:
        query = {"_id": channel_id, "organization_id": organization_id}
        document = await self._db.channels.find_one(query, session=session)
        if document is None:
            raise errors.channel_not_found(channel_id)
        return documents.to_channel(document)
