import asyncio
import os
import signal
from collections.abc import AsyncIterator

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from dev.local_stack.ports import free_port
from servicekit import errors
from servicekit.rpc.server import Listeners, serve
from tests.identities import channel_to
from tests.identities import server as make_server
from tests.servicekit.one_method import Context, echo, method, serving, start

SERVING = health_pb2.HealthCheckResponse.SERVING
ANYWHERE = Listeners("127.0.0.1:0", "127.0.0.1:0")
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


@pytest.fixture
async def signals_restored() -> AsyncIterator[None]:
    """Takes away the handlers that `serve` sets."""
    yield
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().remove_signal_handler(signum)


def translate(error: Exception) -> errors.KevaError | None:
    """Takes OSError for a database that is away."""
    return errors.Unavailable("STORE_UNAVAILABLE", "away") if isinstance(error, OSError) else None


async def health(channel: grpc.aio.Channel, service: str = "") -> object:
    stub: health_pb2_grpc.HealthStub = health_pb2_grpc.HealthStub(channel)
    answer = await stub.Check(health_pb2.HealthCheckRequest(service=service), wait_for_ready=True)
    return answer.status


async def test_not_ready_until_it_says_so() -> None:
    server = make_server("tester", ("test.Service",), reflect=True)
    port = await server.start("127.0.0.1:0")
    async with channel_to("tester", port) as channel:
        assert await health(channel) == await health(channel, "test.Service") == NOT_SERVING
        await server.set_ready()
        assert await health(channel) == await health(channel, "test.Service") == SERVING
    await server.drain(0)


async def test_a_port_that_is_taken_is_an_error() -> None:
    async with serving(echo) as port:
        with pytest.raises(OSError, match=f"127.0.0.1:{port}"):
            await start(echo, port)


async def test_drain_lets_running_calls_finish_and_takes_no_new_ones() -> None:
    entered, release = asyncio.Event(), asyncio.Event()

    async def slow(request: bytes, _: Context) -> bytes:
        entered.set()
        await release.wait()
        return request

    server, port = await start(slow)
    async with channel_to("tester", port) as channel, channel_to("tester", port) as other:
        running = asyncio.ensure_future(method(channel)(b"hello", timeout=90))
        await entered.wait()
        stub: health_pb2_grpc.HealthStub = health_pb2_grpc.HealthStub(other)
        watch = stub.Watch(health_pb2.HealthCheckRequest(), timeout=90)
        assert (await watch.read()).status == SERVING

        draining = asyncio.create_task(server.drain(90))
        assert (await watch.read()).status == NOT_SERVING
        watch.cancel()
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await method(other)(b"too late", timeout=1)
        assert not draining.done()
        release.set()

        assert await running == b"hello"
        assert refused.value.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
        await draining


async def test_drain_ends_calls_that_take_too_long() -> None:
    entered = asyncio.Event()

    async def hang(_: bytes, __: Context) -> bytes:
        entered.set()
        await asyncio.Event().wait()
        return b""

    server, port = await start(hang)
    # A caller that waits for servers that are away would wait for this one until its deadline.
    async with channel_to("tester", port, wait_for_ready=False) as channel:
        running = asyncio.ensure_future(method(channel)(b"", timeout=90))
        await entered.wait()
        await server.drain(0.05)
        with pytest.raises(grpc.aio.AioRpcError):
            await running


async def test_serve_waits_for_its_database_and_ends_on_sigterm(signals_restored: None) -> None:
    attempts: list[int] = []
    running, stopped = asyncio.Event(), asyncio.Event()

    async def prepare() -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise ConnectionError("no database yet")

    async def loop() -> None:
        running.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    server = make_server("tester")
    address = f"127.0.0.1:{free_port()}"
    served = asyncio.create_task(
        serve(server, Listeners(address, "127.0.0.1:0"), prepare, translate, [loop], drain_seconds=1)
    )
    await running.wait()
    async with channel_to("tester", address) as channel:
        assert await health(channel) == SERVING

    os.kill(os.getpid(), signal.SIGTERM)

    await served
    assert len(attempts) == 2
    assert stopped.is_set()


async def test_whoever_asks_is_told_that_it_ends_before_its_loops_have_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("servicekit.rpc.server._CANCEL_SECONDS", 90)
    stopped, ending, may_end = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def prepare() -> None:
        pass

    async def loop() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ending.set()
            await may_end.wait()

    server = make_server("tester")
    served = asyncio.create_task(serve(server, ANYWHERE, prepare, translate, [loop], 0, stopped))
    await server.ready.wait()
    async with channel_to("tester", server.port) as channel:
        assert await health(channel) == SERVING

        stopped.set()
        await ending.wait()

        assert (await health(channel), await server.trouble()) == (NOT_SERVING, "it ends")
    may_end.set()
    await served


async def test_a_failure_that_is_no_outage_ends_the_service(signals_restored: None) -> None:
    async def prepare() -> None:
        raise ValueError("a bug")

    server = make_server("tester")

    with pytest.raises(ValueError, match="a bug"):
        await serve(server, ANYWHERE, prepare, translate)


async def test_a_background_loop_that_fails_ends_the_service(signals_restored: None) -> None:
    async def prepare() -> None:
        pass

    async def loop() -> None:
        raise ValueError("a bug")

    server = make_server("tester")

    with pytest.raises(ExceptionGroup) as failed:
        await serve(server, ANYWHERE, prepare, translate, [loop])

    assert failed.group_contains(ValueError, match="a bug")
