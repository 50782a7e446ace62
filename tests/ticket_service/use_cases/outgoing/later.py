"""Replies that are sent later, and the time at which they are due."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp

from tests.ticket_service.audit_keys import AUDIT_KEYS
from ticket_service.mongo.store import MongoStore
from ticket_service.use_cases.outgoing.scheduled_messages import ScheduledMessages

IN_AN_HOUR = timedelta(hours=1)


def scheduled_at(after: timedelta) -> Timestamp:
    """So long after now."""
    time = Timestamp()
    time.FromDatetime(datetime.now(UTC) + after)
    return time


class Later:
    """Two hours from now: what was scheduled within an hour is due."""

    def __init__(self, store: MongoStore) -> None:
        self.now = datetime.now(UTC) + 2 * IN_AN_HOUR
        self.store = store
        self.messages = ScheduledMessages(store.scheduled_messages, store.tickets, lambda: self.now, lambda: None)

    async def let_go(self) -> list[str]:
        """Lets go all that is due; the ids."""
        due = await self.store.scheduled_messages.claim_due(self.now, self.now + IN_AN_HOUR, 100)
        for one in due.messages:
            await self.messages.let_go(one.workspace_id, one.message_id)
        return [one.message_id for one in due.messages]


@asynccontextmanager
async def later(uri: str, database: str) -> AsyncIterator[Later]:
    """On the database of a desk, whose own clock is at now."""
    store = MongoStore(uri, database, AUDIT_KEYS)
    yield Later(store)
    store.close()
