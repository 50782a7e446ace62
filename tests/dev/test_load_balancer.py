"""The stand-in for a load balancer: ready gateways only, and the next one when one is gone."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from dev.load_balancer import LoadBalancer
from dev.local_stack.ports import free_port


class Backend:
    """A gateway that answers its name, and says that it is ready when it is."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.port = free_port()
        self.ready = True
        self.probed = asyncio.Event()
        app = web.Application()
        app.router.add_get("/readyz", self._probe)
        app.router.add_post("/", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)

    async def start(self) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _probe(self, _: web.Request) -> web.Response:
        self.probed.set()
        return web.Response(status=200 if self.ready else 503)

    async def _answer(self, request: web.Request) -> web.Response:
        return web.Response(text=f"{self.name} got {await request.text()}")


@pytest.fixture
async def backends() -> AsyncIterator[list[Backend]]:
    both = [Backend("a"), Backend("b")]
    for backend in both:
        await backend.start()
    yield both
    for backend in both:
        await backend.stop()


def balancer_of(backends: list[Backend]) -> LoadBalancer:
    addresses = [f"127.0.0.1:{backend.port}" for backend in backends]
    return LoadBalancer(dict(zip(addresses, addresses, strict=True)), free_port())


async def ask(balancer: LoadBalancer) -> str:
    """The answer to a request on a connection of its own."""
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector) as session, session.post(balancer.url, data="hi") as answer:
        return await answer.text()


async def probed_twice(backend: Backend) -> None:
    """The second answer comes when the first has been heeded."""
    for _ in range(2):
        backend.probed.clear()
        await backend.probed.wait()


async def test_connections_go_to_all_in_turn(backends: list[Backend]) -> None:
    async with balancer_of(backends) as balancer:
        answers = Counter([await ask(balancer) for _ in range(6)])

    assert answers == {"a got hi": 3, "b got hi": 3}


async def test_one_that_is_not_ready_gets_none(backends: list[Backend]) -> None:
    async with balancer_of(backends) as balancer:
        backends[0].ready = False
        await probed_twice(backends[0])

        assert {await ask(balancer) for _ in range(4)} == {"b got hi"}


async def test_one_that_is_ready_again_gets_its_share(backends: list[Backend]) -> None:
    async with balancer_of(backends) as balancer:
        backends[0].ready = False
        await probed_twice(backends[0])
        backends[0].ready = True
        await probed_twice(backends[0])

        assert {await ask(balancer) for _ in range(4)} == {"a got hi", "b got hi"}


async def test_refused_connection_goes_to_the_next_one(backends: list[Backend]) -> None:
    async with balancer_of(backends) as balancer:
        await backends[0].stop()

        assert {await ask(balancer) for _ in range(4)} == {"b got hi"}


async def test_without_any_the_connection_is_closed(backends: list[Backend]) -> None:
    async with balancer_of(backends) as balancer:
        for backend in backends:
            await backend.stop()

        with pytest.raises(aiohttp.ClientError):
            await ask(balancer)
