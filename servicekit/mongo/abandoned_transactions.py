"""Ends transactions whose process is gone. MongoDB does not notice that a client died inside a transaction: what it had
written stays locked for everybody else until the server's own limit, a minute, and often half a minute more."""

import asyncio
from collections.abc import Collection, Hashable, Mapping
from typing import Any

import structlog
from pymongo.errors import PyMongoError

from servicekit.mongo.client_options import CLIENT_OPTIONS

# Ours wait for nothing but the database between two steps. One of a replica that only hung is run again by it.
_IDLE_SECONDS = 3.0
_POLL_SECONDS = 1.0
# One transaction of a session, and how the server knows the session.
Idle = Mapping[Hashable, Mapping[str, Any]]
_log = structlog.get_logger(__name__)


async def idle_transactions(client: Any, idle_seconds: float = _IDLE_SECONDS) -> Idle:
    """This user's transactions in which nothing has happened for so long, each under a key that no other one has. Needs
    no privilege: every user may see and end sessions of its own. Raises the driver's errors."""
    match = {
        "appName": CLIENT_OPTIONS["appname"],
        "active": False,
        "transaction.timeInactiveMicros": {"$gte": int(idle_seconds * 1_000_000)},
    }
    found = client.admin.aggregate(
        [
            {"$currentOp": {"allUsers": False, "idleSessions": True}},
            {"$match": match},
            {"$project": {"lsid.id": 1, "number": "$transaction.parameters.txnNumber"}},
        ]
    )
    return {(bytes(one["lsid"]["id"]), one["number"]): one["lsid"] for one in await found.to_list(None)}


async def end_transactions(client: Any, idle: Idle, among: Collection[Hashable]) -> int:
    """Ends those of the `idle` ones whose keys are `among` these. Returns how many. Raises the driver's errors."""
    sessions = [session for key, session in idle.items() if key in among]
    if sessions:
        await client.admin.command("killSessions", sessions)
    return len(sessions)


async def keep_ending_abandoned_transactions(client: Any) -> None:
    """A background loop: every second, until cancelled. Where the database does not allow it, its own limit remains.

    What is idle has to be so at two looks: after a moment in which the whole machine was frozen everything seems to be
    abandoned, and goes on.
    """
    works = True
    suspected: Collection[Hashable] = ()
    while True:
        try:
            idle = await idle_transactions(client)
            ended = await end_transactions(client, idle, suspected)
        except PyMongoError as error:
            if works:
                _log.warning("abandoned transactions cannot be looked for", error=error)
            works, suspected = False, ()
        else:
            works, suspected = True, set(idle)
            if ended:
                _log.warning("abandoned transactions ended", count=ended)
        await asyncio.sleep(_POLL_SECONDS)
