"""Ends transactions whose process is gone. MongoDB does not notice that a client died inside a transaction: what it had
written stays locked for everybody else until the server's own limit, a minute, and often half a minute more."""

import asyncio
from typing import Any

import structlog
from pymongo.errors import PyMongoError

from servicekit.mongo.client_options import CLIENT_OPTIONS

# Ours wait for nothing but the database between two steps. One of a replica that only hung is run again by it.
_IDLE_SECONDS = 3.0
_POLL_SECONDS = 1.0
_log = structlog.get_logger(__name__)


async def end_abandoned_transactions(client: Any, idle_seconds: float = _IDLE_SECONDS) -> int:
    """Ends this user's transactions in which nothing has happened for so long. Returns how many there were. Needs no
    privilege: every user may see and end sessions of its own. Raises the driver's errors."""
    match = {
        "appName": CLIENT_OPTIONS["appname"],
        "active": False,
        "transaction.timeInactiveMicros": {"$gte": int(idle_seconds * 1_000_000)},
    }
    idle = client.admin.aggregate(
        [{"$currentOp": {"allUsers": False, "idleSessions": True}}, {"$match": match}, {"$project": {"lsid.id": 1}}]
    )
    sessions = [operation["lsid"] for operation in await idle.to_list(None)]
    if sessions:
        await client.admin.command("killSessions", sessions)
    return len(sessions)


async def keep_ending_abandoned_transactions(client: Any) -> None:
    """A background loop: every second, until cancelled. Where the database does not allow it, its own limit remains."""
    works = True
    while True:
        try:
            ended = await end_abandoned_transactions(client)
        except PyMongoError as error:
            if works:
                _log.warning("abandoned transactions cannot be looked for", exc_info=error)
            works = False
        else:
            works = True
            if ended:
                _log.warning("abandoned transactions ended", count=ended)
        await asyncio.sleep(_POLL_SECONDS)
