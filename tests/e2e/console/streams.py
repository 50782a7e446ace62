"""A browser's stream, as EventSource reads it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.e2e.console.person import Person

_SECONDS = 40


class Stream:
    """What a console sends to one browser. `token` is the newest id, with which any console goes on; `events` are all
    that came, each once."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.token = ""
        self.events: dict[str, dict[str, Any]] = {}
        self.presence: dict[str, list[dict[str, Any]]] = {}
        self.is_over = False
        self.reloads = 0
        self._response = response
        self._changed = asyncio.Condition()

    async def read(self) -> None:
        """Until the stream ends."""
        try:
            async for name, data, token in _messages(self._response):
                async with self._changed:
                    self._take(name, data, token)
                    self._changed.notify_all()
        except (aiohttp.ClientError, ConnectionError):
            pass
        finally:
            async with self._changed:
                self.is_over = True
                self._changed.notify_all()

    def texts(self, ticket_id: str) -> int:
        """How many texts on a ticket have come."""
        of_ticket = [event["type"] for event in self.events.values() if event["ticket_id"] == ticket_id]
        return of_ticket.count("message.received")

    def freeze(self) -> None:
        """Takes nothing any more, as a laptop that sleeps."""
        assert self._response.connection is not None
        assert self._response.connection.transport is not None
        self._response.connection.transport.pause_reading()

    async def until(self, condition: Any) -> None:
        """Waits until `condition()` holds."""
        async with asyncio.timeout(_SECONDS), self._changed:
            await self._changed.wait_for(condition)

    async def until_types(self, *types: str) -> None:
        """Waits until events of these types have come."""
        await self.until(lambda: set(types) <= self.types)

    @property
    def types(self) -> set[str]:
        """The types of the events so far."""
        return {event["type"] for event in self.events.values()}

    def _take(self, name: str, data: Any, token: str) -> None:
        if name == "events":
            self.events |= {event["id"]: event for event in data}
        if name == "presence":
            self.presence |= data
        self.reloads += name == "reload"
        self.token = token or self.token


async def _messages(response: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, Any, str]]:
    fields: dict[str, str] = {}
    async for line in response.content:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            fields[name] = value
        elif "event" in fields:
            yield fields["event"], json.loads(fields.get("data", "null")), fields.get("id", "")
            fields = {}


@asynccontextmanager
async def listening(person: Person, after: str = "", console_url: str = "", **query: str) -> AsyncIterator[Stream]:
    """A stream that is read meanwhile, once it has begun and knows its place."""
    async with person.stream("/live", {**query, "after": after}, console_url) as response:
        assert response.status == 200, response.status
        stream = Stream(response)
        reading = asyncio.create_task(stream.read())
        try:
            await stream.until(lambda: stream.token or stream.is_over)
            yield stream
        finally:
            reading.cancel()
