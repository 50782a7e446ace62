"""OutboxStore on MongoDB. A reply is in the outbox while it has `outbox_due`, which is also its lease. One that waits
behind another of its ticket has the id of that one in `outbox_behind`; whoever records what came of that one makes it
due (`next_due` in messages.py)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from bson.errors import BSONError
from pymongo import ASCENDING, UpdateOne

from servicekit.ids import new_id
from servicekit.mongo.leases import FREE
from ticket_service.domain.message import ClaimedReplies, QueuedReply, Wait
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.message_documents import message_from_document
from ticket_service.mongo.outgoing.impossible_times import free_impossible
from ticket_service.mongo.ticket_documents import ticket_from_document

# When a reply behind another one is looked at all the same. Replicas of a version that makes no follower due need it.
_SAFETY = timedelta(minutes=1)
_WAITS: Document = {"outbox_due": {"$gte": FREE}}
_ORDER = [("outbox_due", ASCENDING), ("_id", ASCENDING)]
# Not by what is due: that may be thousands.
_BY_ID = "_id_"
# How long a quiet stream of changes is waited for in one call.
_STREAM_MILLISECONDS = 1000
_log = structlog.get_logger(__name__)


class MongoOutbox:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def claim(self, now: datetime, lease_until: datetime, limit: int) -> ClaimedReplies:
        # One more than are claimed says whether there are more, or when the next one is due. The index has it all.
        found = await self._db.messages.find(_WAITS, {"outbox_due": 1}).sort(_ORDER).limit(limit + 1).to_list(None)
        due = [document["_id"] for document in found if document["outbox_due"] <= now]
        next_due = found[len(due)]["outbox_due"] if len(due) < len(found) else None
        if not due:
            freed = bool(found) and await free_impossible(self._db.messages, now)
            return ClaimedReplies(more=freed, next_due=next_due)
        lines = _lines(await self._read(due[:limit], now, lease_until))
        followed = await self._hold_back([line for line in lines if _before(line[0])], now)
        free = [line for line in lines if not _before(line[0])]
        # Before they are taken: what cannot be read must not keep its neighbours until its lease runs out.
        read = [_as_far_as_readable(line) for line in free]
        await self._leave([line[len(known) :] for line, known in zip(free, read, strict=True)], now, lease_until)
        readable = [line[: len(known)] for line, known in zip(free, read, strict=True) if known]
        replies = {reply.message.message_id: reply for known in read for reply in known}
        taken = [replies[document["_id"]] for document in await self._take(readable, now, lease_until)]
        return ClaimedReplies(tuple(taken), followed, len(due) > limit, next_due)

    async def _read(self, message_ids: Sequence[str], now: datetime, later: datetime) -> list[Document]:
        """Those of the replies that are still due; what not even the driver can read is left."""
        try:
            read = self._db.messages.aggregate(_read(message_ids, now), hint=_BY_ID)
            found: list[Document] = await read.to_list(None)
            return found
        except BSONError as error:
            if len(message_ids) == 1:
                _log.error("a reply cannot be read, and waits", message_id=message_ids[0], exc_info=error)
                await self._leave([[{"_id": message_ids[0]}]], now, later)
                return []
        return [document for one in message_ids for document in await self._read([one], now, later)]

    async def _leave(self, lines: Sequence[list[Document]], now: datetime, later: datetime) -> None:
        """The first one of each line cannot be read. It is looked at again `later`, by a replica of another version
        perhaps; those behind it wait for it."""
        first = {"$set": {"outbox_due": later}, **_FOLLOWED}
        await self._line_up([_Line([document["_id"] for document in line], first) for line in lines if line], now)

    async def _take(self, lines: Sequence[list[Document]], now: datetime, lease_until: datetime) -> list[Document]:
        """Claims the replies of these lines: those that are ours now, in their order."""
        ids = [reply["_id"] for line in lines for reply in line]
        if not ids:
            return []
        lease_id = new_id("lse")
        taken = {"$set": {"outbox_due": lease_until, "outbox_lease": lease_id}, "$unset": {"outbox_behind": ""}}
        claimed = await self._db.messages.update_many(
            {"_id": {"$in": ids}, "outbox_due": {"$lte": now}}, taken, hint=_BY_ID
        )
        if claimed.matched_count == len(ids):
            return [reply for line in lines for reply in line]
        found = await self._db.messages.find({"_id": {"$in": ids}, "outbox_lease": lease_id}, {"_id": 1}).to_list(None)
        mine = {document["_id"] for document in found}
        return [reply for line in lines for reply in await self._beginning(line, mine, now)]

    async def _beginning(self, line: list[Document], mine: set[str], now: datetime) -> list[Document]:
        """The replies of a line up to the first one that another replica has claimed; those behind it wait for it."""
        lost = next((i for i, reply in enumerate(line) if reply["_id"] not in mine), len(line))
        behind = [reply["_id"] for reply in line[lost + 1 :] if reply["_id"] in mine]
        if behind:
            await self._line_up([_Line([line[lost]["_id"], *behind], _FOLLOWED)], now)
        return line[:lost]

    async def _hold_back(self, lines: Sequence[list[Document]], now: datetime) -> frozenset[str]:
        """Lines whose first reply is behind another one; the ids of those others."""
        followed = [_before(line[0]) for line in lines]
        behind = [[before, *(reply["_id"] for reply in line)] for before, line in zip(followed, lines, strict=True)]
        # Those that somebody else has claimed by now are not behind any more.
        await self._line_up([_Line(ids, _FOLLOWED, {"outbox_due": {"$lte": now}}) for ids in behind], now)
        return frozenset(followed)

    async def postpone(self, waits: Sequence[Wait], now: datetime) -> None:
        lines = [
            _Line(
                wait.message_ids,
                {"$set": {"outbox_due": wait.due or FREE}, "$unset": {"outbox_behind": ""}, **_FOLLOWED},
            )
            for wait in waits
        ]
        await self._line_up(lines, now)

    async def _line_up(self, lines: Sequence["_Line"], now: datetime) -> None:
        """Makes each reply of a line wait for the one before it, and changes the first one."""
        if not lines:
            return
        writes = [write for line in lines for write in line.writes(now + _SAFETY)]
        written = await self._db.messages.bulk_write(writes)
        followers = [reply for line in lines for reply in line.message_ids[1:]]
        if followers and written.matched_count < len(writes):
            # Some have left meanwhile. Whoever waits for them, or for others here, is looked at again.
            due = {"$set": {"outbox_due": FREE}, "$unset": {"outbox_behind": ""}}
            behind = {"_id": {"$in": followers}, "outbox_behind": {"$exists": True}}
            await self._db.messages.update_many(behind, due)

    async def watch(self, changed: Callable[[], None]) -> None:
        async with self._db.messages.watch(_stream(self._db.replica), max_await_time_ms=_STREAM_MILLISECONDS) as stream:
            await stream.try_next()
            changed()
            while stream.alive:
                if await stream.try_next() is not None:
                    changed()


# Whoever sends it looks then for the one behind it. And any change makes transactions meet.
_FOLLOWED: Document = {"$inc": {"outbox_followers": 1}}


@dataclass(frozen=True)
class _Line:
    """Replies of one ticket in their order. `first` is what is changed on the first one; the others are made to wait if
    they are as `those` says."""

    message_ids: Sequence[str]
    first: Mapping[str, Any]
    those: Mapping[str, Any] = field(default_factory=lambda: _WAITS)

    def writes(self, until: datetime) -> list[UpdateOne]:
        """The last one comes first, so that each reply is written once more when its follower waits for it already: a
        transaction that records what came of it meanwhile either sees the follower, or meets this write and begins
        again, or has left nothing to write."""
        pairs = list(zip(self.message_ids[1:], self.message_ids, strict=False))
        behind = [
            UpdateOne(
                {"_id": reply, **self.those}, {"$set": {"outbox_due": until, "outbox_behind": before}, **_FOLLOWED}
            )
            for reply, before in reversed(pairs)
        ]
        return [*behind, UpdateOne({"_id": self.message_ids[0], **_WAITS}, self.first)]


def _read(message_ids: Sequence[str], now: datetime) -> list[Document]:
    """Those of the replies that are still due: each with its `ticket`, its `channel`'s rate, and the last one `before`
    it that waits on its ticket, if there is one."""
    # Not by id: replicas' clocks differ.
    earlier = {**_WAITS, "$expr": {"$lt": ["$position", "$$position"]}}
    last: list[Document] = [{"$match": earlier}, {"$sort": {"position": -1}}, {"$limit": 1}, {"$project": {"_id": 1}}]
    rate: list[Document] = [{"$project": {"segments_per_second": 1}}]
    return [
        {"$match": {"_id": {"$in": list(message_ids)}, "outbox_due": {"$lte": now}}},
        {"$lookup": {**_joined("tickets", "ticket_id", "_id"), "as": "ticket"}},
        {"$lookup": {**_joined("channels", "channel_id", "_id"), "pipeline": rate, "as": "channel"}},
        {
            "$lookup": {
                **_joined("messages", "ticket_id", "ticket_id"),
                "let": {"position": "$position"},
                "pipeline": last,
                "as": "before",
            }
        },
    ]


def _joined(collection: str, own: str, theirs: str) -> Document:
    return {"from": collection, "localField": own, "foreignField": theirs}


def _lines(replies: Sequence[Document]) -> list[list[Document]]:
    """The replies as lines, the one that has been due for longest first. A line is of one ticket, in order, with no
    other reply that waits in between; `before` of its first one is none of them."""
    lines: list[list[Document]] = []
    for reply in sorted(replies, key=_place):
        before = _before(reply)
        if before and lines and lines[-1][-1]["_id"] == before:
            lines[-1].append(reply)
        else:
            lines.append([reply])
    return sorted(lines, key=lambda line: (line[0]["outbox_due"], str(line[0]["_id"])))


def _place(reply: Document) -> tuple[str, float, str]:
    """Where it stands among all. What somebody changed may be anything, and is left as unreadable later."""
    position = reply.get("position", 0)
    return str(reply.get("ticket_id")), position if isinstance(position, int | float) else 0, str(reply["_id"])


def _before(reply: Document) -> str:
    """The reply that has to leave first, empty when there is none."""
    return next((earlier["_id"] for earlier in reply["before"]), "")


def _queued_reply(document: Document) -> QueuedReply:
    rate = next((channel.get("segments_per_second", 0.0) for channel in document["channel"]), 0.0)
    followed = "outbox_followers" in document
    return QueuedReply(message_from_document(document), ticket_from_document(document["ticket"][0]), rate, followed)


def _as_far_as_readable(line: Sequence[Document]) -> list[QueuedReply]:
    """The replies of a line up to the first one that cannot be read."""
    replies: list[QueuedReply] = []
    for document in line:
        try:
            replies.append(_queued_reply(document))
        except Exception as error:
            _log.error("a reply cannot be read, and waits", message_id=document["_id"], exc_info=error)
            break
    return replies


def _stream(replica: str) -> list[Document]:
    """What there is to look at: replies that others stored, and those that somebody else made due about now. A claim
    does neither."""
    due = "updateDescription.updatedFields.outbox_due"
    soon = {"$lt": [f"${due}", {"$add": ["$wallTime", 5000]}]}
    stored = {
        "operationType": "insert",
        "fullDocument.outbox_due": {"$exists": True},
        "fullDocument.outbox_replica": {"$ne": replica},
    }
    made_due = {"operationType": "update", due: {"$exists": True}, "$expr": soon}
    return [{"$match": {"$or": [stored, made_due]}}, {"$project": {"_id": 1}}]
