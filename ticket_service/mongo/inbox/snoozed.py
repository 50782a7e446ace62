"""How many tickets are snoozed: asked once for all views of an inbox, most of which leave those out."""

import asyncio
from collections.abc import Mapping

from ticket_service.domain.inbox.ticket_list import MAX_COUNT, TicketFilter
from ticket_service.domain.ticket import TicketState
from ticket_service.mongo.database import Database
from ticket_service.mongo.inbox import indexes
from ticket_service.mongo.inbox.conditions import NO_TIME, Condition, scope, within
from ticket_service.mongo.inbox.listing import Listing

# Answered by the index alone, unlike whether there is such a time.
SNOOZED = Condition({"snooze_until": {"$gt": NO_TIME}}, indexes.SNOOZED)


class Snoozed:
    """Counts of one moment: not to be kept."""

    def __init__(self, database: Database, listing: Listing) -> None:
        self._db = database
        self._listing = listing
        self._known: dict[str, asyncio.Future[Mapping[str, int]]] = {}

    async def count(self, tickets: TicketFilter) -> int:
        """How many are snoozed of the workspace and the states that the filter names, up to MAX_COUNT + 1."""
        workspace_id = tickets.workspace_id
        if workspace_id not in self._known:
            self._known[workspace_id] = asyncio.ensure_future(self._of_states(workspace_id))
        known = await self._known[workspace_id]
        if sum(known.values()) > MAX_COUNT:
            return await self._listing.count_up_to(tickets, SNOOZED, MAX_COUNT + 1)
        return sum(known.get(state, 0) for state in scope(tickets)["state"]["$in"])

    async def _of_states(self, workspace_id: str) -> Mapping[str, int]:
        """By state, MAX_COUNT + 1 in all at most."""
        stages = [
            {"$match": within(TicketFilter(workspace_id, states=tuple(TicketState)), SNOOZED)},
            {"$limit": MAX_COUNT + 1},
            {"$group": {"_id": "$state", "count": {"$sum": 1}}},
        ]
        counted = await self._db.tickets.aggregate(stages, hint=SNOOZED.index).to_list(None)
        return {one["_id"]: one["count"] for one in counted}
