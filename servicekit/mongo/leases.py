"""Leases: a field of a document says until when it is one replica's alone. A replica that dies holds up the others
until then, and no longer.

The times are by replicas' clocks, which may be apart. By the database's, the index could not say what is due."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ASCENDING, ReturnDocument

# The end of a lease that nobody holds.
FREE = datetime(1970, 1, 1, tzinfo=UTC)


async def claim(
    collection: Any,
    lease: str,
    now: datetime,
    until: datetime,
    *,
    where: Mapping[str, Any] | None = None,
    order: Sequence[str] = (),
    also: Mapping[str, Any] | None = None,
    longest: timedelta = timedelta(days=1),
) -> dict[str, Any] | None:
    """Claims one document whose field `lease` has a time that is over, until `until`; None when there is none.

    `where` is what else must hold of it, and `also` what else is set. The first one in the `order` of these fields gets
    claimed; by itself, the one whose time has been over the longest. A time that is further ahead than the `longest`
    that is ever given, by our clock and by the database's, is of a clock that was wrong, and counts as over. The
    document as it is afterwards.
    """
    over = {"$or": [{lease: {"$lte": now}}, impossible(lease, now, longest)]}
    document: dict[str, Any] | None = await collection.find_one_and_update(
        {"$and": [over, where]} if where else over,
        {"$set": {lease: until, **(also or {})}},
        sort=[(field, ASCENDING) for field in order or (lease,)],
        return_document=ReturnDocument.AFTER,
    )
    return document


def impossible(lease: str, now: datetime, longest: timedelta) -> dict[str, Any]:
    """Matches a time that is further ahead than the `longest` that is ever given: that of a clock that was wrong. Found
    along the index by our clock, and judged by the database's: of two replicas whose clocks are days apart, one would
    take for impossible what the other has just written."""
    latest = {"$add": ["$$NOW", round(longest / timedelta(milliseconds=1))]}
    return {lease: {"$gt": now + longest}, "$expr": {"$gt": [f"${lease}", latest]}}
