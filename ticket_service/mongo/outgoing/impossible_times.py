"""Replies that wait for a time that cannot be right: that of a replica whose clock was ahead. Nobody else would send
them before it comes."""

from datetime import datetime, timedelta
from typing import Any

from servicekit.mongo.leases import FREE, impossible

# Longer than a reply waits for its place in line, or to be tried again.
_LONGEST_WAIT = timedelta(hours=2)


async def free_impossible(messages: Any, now: datetime) -> bool:
    """Makes them due; whether there were any. `messages` is the collection."""
    due = {"$set": {"outbox_due": FREE}, "$unset": {"outbox_behind": ""}}
    freed = await messages.update_many(impossible("outbox_due", now, _LONGEST_WAIT), due, hint="outbox")
    return bool(freed.matched_count)
