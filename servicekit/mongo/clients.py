"""The driver's client, with its connections and threads: one for all that a process keeps."""

from collections.abc import Sequence
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

from servicekit.mongo.client_options import CLIENT_OPTIONS

Client = AsyncIOMotorClient[dict[str, Any]]


def new_client(uri: str, listeners: Sequence[Any] = ()) -> Client:
    """Connects when first used. `uri` is the connection string of a replica set; `listeners` are those of
    `pymongo.monitoring` that hear what goes over the wire."""
    return AsyncIOMotorClient(uri, event_listeners=listeners, **CLIENT_OPTIONS)


class Connection:
    """A client of its own, which `close` closes, or one that several services of a process share, which whoever opened
    it closes."""

    def __init__(self, uri: str, shared: Client | None = None, listeners: Sequence[Any] = ()) -> None:
        self._own = new_client(uri, listeners) if shared is None else None
        self.client: Any = shared if self._own is None else self._own

    def close(self) -> None:
        """Closes the connections, if they are its own."""
        if self._own is not None:
            self._own.close()
