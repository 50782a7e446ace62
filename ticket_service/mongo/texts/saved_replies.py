"""SavedReplyStore on MongoDB."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel

from servicekit.mongo.readable import first_readable
from ticket_service import customer_errors, errors
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.texts.saved_reply import SavedReply
from ticket_service.mongo.audit_chains import append_to_organization
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import KEY, Document, Mapper, sparse

BY_SHORTCUT = "one_saved_reply_per_shortcut"
INDEXES = [
    IndexModel(
        [("workspace_id", ASCENDING), ("agent_id", ASCENDING), ("shortcut_key", ASCENDING)],
        name=BY_SHORTCUT,
        unique=True,
    ),
    # In the order of the list, whosesoever they are.
    IndexModel([("workspace_id", ASCENDING), ("shortcut_key", ASCENDING), ("_id", ASCENDING)], name="by_shortcut"),
    IndexModel(
        [("workspace_id", ASCENDING), ("request_id", ASCENDING)],
        name="one_saved_reply_per_request_id",
        unique=True,
        partialFilterExpression={"request_id": {"$exists": True}},
    ),
]
_SAVED = Mapper(SavedReply, saved_reply_id=KEY, last_use_time=sparse(None))
saved_reply_from_document = _SAVED.from_document
_ASKED_FOR = ("agent_id", "shortcut", "title", "text")
# Using it does not change it, and may happen at the same moment.
_OF_USES = ("use_count", "last_use_time")


def saved_reply_to_document(saved: SavedReply) -> Document:
    """With what makes two spellings of a shortcut one, and the words that it is found by."""
    return {**_SAVED.to_document(saved), "shortcut_key": saved.shortcut_key, "keys": saved.keys()}


class MongoSavedReplies:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def create_saved_reply(self, saved: SavedReply, request_id: str, entry: AuditEntry) -> SavedReply:
        document = saved_reply_to_document(saved)
        if request_id:
            # What was asked for: it may be changed before the same request comes again.
            document["request"] = {name: document[name] for name in _ASKED_FOR}
            document["request_id"] = request_id

        async def work(session: Any) -> SavedReply:
            query = {"workspace_id": saved.workspace_id, "request_id": request_id}
            earlier = await self._db.saved_replies.find_one(query, session=session) if request_id else None
            if earlier is not None and earlier["request"] != document["request"]:
                raise errors.request_id_reused(request_id)
            if earlier is not None:
                return saved_reply_from_document(earlier)
            await self._require_free(saved, session)
            await self._db.saved_replies.insert_one(document, session=session)
            await append_to_organization(self._db, saved.organization_id, saved.workspace_id, [entry], session)
            return saved

        return await self._db.in_transaction(work)

    async def get_saved_reply(self, workspace_id: str, named: str, agent_id: str) -> SavedReply:
        seen = {"workspace_id": workspace_id, "agent_id": {"$in": _seen_by(agent_id)}}
        document = await self._db.saved_replies.find_one({**seen, "_id": named})
        if document is None:
            by_shortcut = {**seen, "shortcut_key": named.casefold()}
            found = await self._db.saved_replies.find(by_shortcut).hint(BY_SHORTCUT).to_list(None)
            document = max(found, key=lambda one: bool(one["agent_id"]), default=None)
        if document is None:
            raise customer_errors.saved_reply_not_found(named)
        return saved_reply_from_document(document)

    async def list_saved_replies(
        self, workspace_id: str, agent_id: str, beginnings: Sequence[str], after: tuple[str, str] | None, limit: int
    ) -> list[SavedReply]:
        query: Document = {"workspace_id": workspace_id, "agent_id": {"$in": _seen_by(agent_id)}}
        conditions: list[Document] = [{"keys": {"$regex": f"^{beginning}"}} for beginning in beginnings]
        if after is not None:
            key, saved_reply_id = after
            behind = [{"shortcut_key": key, "_id": {"$gt": saved_reply_id}}, {"shortcut_key": {"$gt": key}}]
            query["shortcut_key"] = {"$gte": key}
            conditions.append({"$or": behind})
        if conditions:
            query["$and"] = conditions
        order = [("shortcut_key", ASCENDING), ("_id", ASCENDING)]
        found = self._db.saved_replies.find(query).sort(order).hint("by_shortcut")
        return await first_readable(found, limit, saved_reply_from_document, "saved reply")

    async def change_saved_reply(
        self,
        workspace_id: str,
        saved_reply_id: str,
        agent_id: str,
        decide: Callable[[SavedReply], tuple[SavedReply | None, tuple[AuditEntry, ...]]],
    ) -> SavedReply | None:
        query = {"_id": saved_reply_id, "workspace_id": workspace_id, "agent_id": {"$in": _seen_by(agent_id)}}

        async def work(session: Any) -> SavedReply | None:
            document = await self._db.saved_replies.find_one(query, session=session)
            if document is None:
                raise customer_errors.saved_reply_not_found(saved_reply_id)
            before = saved_reply_from_document(document)
            after, entries = decide(before)
            if entries:
                await self._write(before, after, session)
                await append_to_organization(self._db, before.organization_id, workspace_id, entries, session)
            return after

        return await self._db.in_transaction(work)

    async def _write(self, before: SavedReply, after: SavedReply | None, session: Any) -> None:
        mine = {"_id": before.saved_reply_id}
        if after is None:
            await self._db.saved_replies.delete_one(mine, session=session)
            return
        if after.shortcut_key != before.shortcut_key:
            await self._require_free(after, session)
        document = saved_reply_to_document(after)
        changed = {name: value for name, value in document.items() if name not in ("_id", *_OF_USES)}
        await self._db.saved_replies.update_one(mine, {"$set": changed}, session=session)

    async def _require_free(self, saved: SavedReply, session: Any) -> None:
        """Whoever takes it at the same moment meets the index: one of both begins again, and sees the other."""
        query = {
            "workspace_id": saved.workspace_id,
            "agent_id": saved.agent_id,
            "shortcut_key": saved.shortcut_key,
        }
        taken = await self._db.saved_replies.find_one(query, {"_id": 1}, session=session)
        if taken is not None:
            raise customer_errors.saved_reply_already_exists(taken["_id"], own=bool(saved.agent_id))

    async def count_use(self, workspace_id: str, saved_reply_id: str, now: datetime) -> None:
        mine = {"_id": saved_reply_id, "workspace_id": workspace_id}
        used = {"$inc": {"use_count": 1}, "$max": {"last_use_time": now}}
        await self._db.saved_replies.update_one(mine, used)


def _seen_by(agent_id: str) -> list[str]:
    return sorted({"", agent_id})
