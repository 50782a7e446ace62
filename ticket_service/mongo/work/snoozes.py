"""SnoozeStore on MongoDB."""

from datetime import datetime

from servicekit.mongo.readable import readable
from ticket_service.domain.work.snooze import DueSnooze
from ticket_service.mongo.database import Database


class MongoSnoozes:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def list_due(self, now: datetime, limit: int) -> list[DueSnooze]:
        due = self._db.tickets.find({"snooze_until": {"$lte": now}}, {"workspace_id": 1})
        found = await due.sort("snooze_until", 1).limit(limit).to_list(None)
        return readable(found, lambda document: DueSnooze(document["workspace_id"], document["_id"]), "ticket")
