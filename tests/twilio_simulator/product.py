"""A stand-in for the product: a real HTTP server that records what Twilio sends and answers what a test orders."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from multidict import CIMultiDictProxy, MultiDictProxy
from twilio.request_validator import RequestValidator

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: str = EMPTY_TWIML
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/xml; charset=utf-8"})
    hang: bool = False


@dataclass(frozen=True)
class Received:
    method: str
    target: str
    headers: CIMultiDictProxy[str]
    params: MultiDictProxy[str]

    def signed_for(self, origin: str, token: str) -> bool:
        """What Twilio's own library says about the signature."""
        signature = self.headers.get("X-Twilio-Signature", "")
        return bool(RequestValidator(token).validate(origin + self.target, self.params, signature))


class Product:
    """Answers come from the list of a path, in order; the last one stays."""

    def __init__(self) -> None:
        self.url = ""
        self.received: list[Received] = []
        self.answers: defaultdict[str, list[Answer]] = defaultdict(lambda: [Answer()])
        self._queue: asyncio.Queue[Received] = asyncio.Queue()
        self._released = asyncio.Event()

    async def next(self) -> Received:
        return await asyncio.wait_for(self._queue.get(), 90)

    def at(self, path: str) -> list[Received]:
        return [one for one in self.received if one.target.partition("?")[0] == path]

    @asynccontextmanager
    async def serve(self) -> AsyncIterator["Product"]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield self
        self._released.set()
        await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.Response:
        params = await request.post()
        texts: MultiDictProxy[str] = params  # type: ignore[assignment]
        one = Received(request.method, request.raw_path, request.headers, texts)
        self.received.append(one)
        self._queue.put_nowait(one)
        answers = self.answers[request.path]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer.hang:
            await self._released.wait()
        return web.Response(status=answer.status, body=answer.body.encode(), headers=answer.headers)
