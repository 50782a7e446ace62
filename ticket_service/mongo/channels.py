"""ChannelStore on MongoDB."""

from collections.abc import Callable
from typing import Any

from pymongo import ASCENDING, IndexModel

from servicekit.mongo.readable import first_readable, readable
from ticket_service import errors
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.channel import AiAutonomy, Channel, CreateTicketOn
from ticket_service.domain.ticket import Priority
from ticket_service.mongo.audit_chains import append_to_organization
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import KEY, Mapper, enum, sparse
from ticket_service.mongo.messages import waiting_on
from ticket_service.mongo.ticket_documents import ASSIGNEE

INDEXES = [
    IndexModel([("account_sid", ASCENDING), ("phone_number", ASCENDING)], name="one_channel_per_number", unique=True),
    IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)], name="oldest"),
]
_CHANNELS = Mapper(
    Channel,
    channel_id=KEY,
    create_ticket_on=enum(CreateTicketOn),
    default_priority=enum(Priority),
    auto_assign=ASSIGNEE,
    round_robin=sparse(False),
    ai_autonomy=sparse(AiAutonomy.SURE, enum(AiAutonomy)),
)
_WHAT = "channel"
channel_to_document, channel_from_document = _CHANNELS.to_document, _CHANNELS.from_document


class MongoChannels:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def get_channel(self, organization_id: str, channel_id: str) -> Channel:
        return await self._get(organization_id, channel_id, None)

    async def list_channels(self, organization_id: str, after: str, limit: int) -> list[Channel]:
        query = {"organization_id": organization_id, "delete_time": None, "_id": {"$gt": after}}
        return await first_readable(self._db.channels.find(query).sort("_id", 1), limit, channel_from_document, _WHAT)

    async def list_subscribed(self, after: str, limit: int) -> list[Channel]:
        query = {"delete_time": None, "_id": {"$gt": after}}
        return await first_readable(self._db.channels.find(query).sort("_id", 1), limit, channel_from_document, _WHAT)

    async def subscribe(
        self, channel: Channel, decide: Callable[[Channel | None], tuple[Channel, tuple[AuditEntry, ...]]]
    ) -> Channel:
        async def work(session: Any) -> Channel:
            known = await self._of_number(channel, session)
            decided, entries = decide(known)
            await self._write(decided, entries, session)
            if known is not None and known.account_sid != decided.account_sid:
                await self._db.messages.update_many(
                    waiting_on(decided.channel_id), {"$set": {"account_sid": decided.account_sid}}, session=session
                )
            return decided

        return await self._db.in_transaction(work)

    async def change_channel(
        self,
        organization_id: str,
        channel_id: str,
        decide: Callable[[Channel], tuple[Channel, tuple[AuditEntry, ...]]],
    ) -> Channel:
        async def work(session: Any) -> Channel:
            channel, entries = decide(await self._get(organization_id, channel_id, session))
            if entries:
                await self._write(channel, entries, session)
            return channel

        return await self._db.in_transaction(work)

    async def _of_number(self, channel: Channel, session: Any) -> Channel | None:
        """Of several, the one in the same account, then one that is subscribed, then the one that was changed last."""
        here = {"account_sid": channel.account_sid}
        anywhere = {"organization_id": channel.organization_id}
        number = {"phone_number": channel.phone_number, "$or": [here, anywhere]}
        found = await self._db.channels.find(number, session=session).to_list(None)
        known = readable(found, channel_from_document, _WHAT)
        if not known:
            return None
        return max(known, key=lambda c: (c.account_sid == channel.account_sid, c.delete_time is None, c.update_time))

    async def _write(self, channel: Channel, entries: tuple[AuditEntry, ...], session: Any) -> None:
        document = channel_to_document(channel)
        await self._db.channels.replace_one({"_id": channel.channel_id}, document, upsert=True, session=session)
        await append_to_organization(self._db, channel.organization_id, channel.workspace_id, entries, session)

    async def _get(self, organization_id: str, channel_id: str, session: Any) -> Channel:
        query = {"_id": channel_id, "organization_id": organization_id}
        document = await self._db.channels.find_one(query, session=session)
        if document is None:
            raise errors.channel_not_found(channel_id)
        return channel_from_document(document)
