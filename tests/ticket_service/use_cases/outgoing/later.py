"""Replies that are sent later, and the time at which they are due."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from servicekit.errors import Aborted, KevaError, Unavailable
from servicekit.rpc.statuses_to_errors import as_keva_error
from tests.ticket_service.audit_keys import AUDIT_KEYS
from ticket_service.mongo.store import MongoStore
from ticket_service.use_cases.outgoing.scheduled_messages import ScheduledMessages

Answer = TypeVar("Answer")
IN_AN_HOUR = timedelta(hours=1)


def scheduled_at(after: timedelta) -> Timestamp:
    """So long after now."""
    time = Timestamp()
    time.FromDatetime(datetime.now(UTC) + after)
    return time


async def persistently(call: Callable[[], Awaitable[Answer]]) -> Answer | KevaError:
    """The answer or the refusal, asked again as callers do while the service is crowded or a race was lost."""
    while True:
        try:
            return await call()
        except grpc.aio.AioRpcError as error:
            refusal = as_keva_error(error)
        except KevaError as error:
            refusal = error
        if not isinstance(refusal, Aborted | Unavailable):
            return refusal


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
