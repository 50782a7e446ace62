"""One page that is open: it follows its stream as EventSource does, and comes back when it is cut off."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress

import aiohttp


class Browser:
    """`texts` are the ids of events of texts that have come, `twice` how many came again."""

    def __init__(self, http: aiohttp.ClientSession, url: str, headers: Mapping[str, str]) -> None:
        self.texts: set[str] = set()
        self.twice = 0
        self.begun = asyncio.Event()
        self._http = http
        self._url = f"{url}/live"
        self._headers = headers
        self._token = ""
        self._reading: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begins, or goes on where it was."""
        self._reading = asyncio.create_task(self._follow())

    async def close(self) -> None:
        """As a laptop does that goes to sleep."""
        if self._reading is not None:
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading

    async def _follow(self) -> None:
        while True:
            with suppress(aiohttp.ClientError, ConnectionError, TimeoutError):
                query = {"after": self._token} if self._token else {}
                async with self._http.get(self._url, params=query, headers=self._headers) as response:
                    response.raise_for_status()
                    await self._read(response.content)
            await asyncio.sleep(1)

    async def _read(self, lines: aiohttp.StreamReader) -> None:
        fields: dict[str, str] = {}
        async for line in lines:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
                continue
            self._take(fields)
            fields = {}

    def _take(self, fields: dict[str, str]) -> None:
        self._token = fields.get("id", self._token)
        self.begun.set()
        if fields.get("event") != "events":
            return
        for event in json.loads(fields["data"]):
            if event["type"] == "message.received":
                self.twice += event["id"] in self.texts
                self.texts.add(event["id"])
