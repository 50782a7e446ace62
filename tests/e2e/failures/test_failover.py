"""The primary of three is killed under load: nothing acknowledged is lost, and work goes on by itself."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pymongo
import pytest_asyncio

from dev.local_stack.desk import new_number
from dev.local_stack.mongod import find_mongod
from dev.local_stack.ports import free_port
from dev.local_stack.processes import ChildProcess
from tests.e2e.conftest import StartStack

_MEMBERS = 3


class _ReplicaSet:
    """Three mongods, by port."""

    def __init__(self, processes: dict[int, ChildProcess]) -> None:
        self.processes = processes
        self.uri = f"mongodb://{','.join(f'127.0.0.1:{port}' for port in processes)}/?replicaSet=keva"

    async def initiate(self) -> None:
        members = [{"_id": i, "host": f"127.0.0.1:{port}"} for i, port in enumerate(self.processes)]
        # A second instead of ten until another one stands for election.
        settings = {"electionTimeoutMillis": 1000, "heartbeatIntervalMillis": 300}
        config = {"_id": "keva", "members": members, "settings": settings}
        await self._all_listen()
        first = next(iter(self.processes))
        await asyncio.to_thread(self._command, first, "replSetInitiate", config)
        await self.primary()

    async def _all_listen(self) -> None:
        """The first member asks all others at once, and takes no for an answer (NodeNotFound)."""
        for port in self.processes:
            while not await asyncio.to_thread(self._hello, port):  # noqa: ASYNC110 - another process tells no event
                await asyncio.sleep(0.1)

    async def primary(self, other_than: int = 0) -> int:
        """The port of the primary, once there is one."""
        async with asyncio.timeout(90):
            while True:
                for port in self.processes:
                    hello = await asyncio.to_thread(self._hello, port)
                    if port != other_than and hello.get("isWritablePrimary"):
                        return port
                await asyncio.sleep(0.1)

    def _hello(self, port: int) -> dict[str, Any]:
        try:
            return self._command(port, "hello", 1)
        except pymongo.errors.PyMongoError:
            return {}

    @staticmethod
    def _command(port: int, name: str, value: Any) -> dict[str, Any]:
        uri = f"mongodb://127.0.0.1:{port}/?directConnection=true"
        client: pymongo.MongoClient[dict[str, Any]]
        with pymongo.MongoClient(uri, serverSelectionTimeoutMS=10_000 if name != "hello" else 300) as client:
            return dict(client.admin.command(name, value))


async def _kill(process: ChildProcess) -> None:
    process.kill()
    await process.exited


@pytest_asyncio.fixture
async def replica_set(tmp_path: Path) -> AsyncIterator[_ReplicaSet]:
    processes: dict[int, ChildProcess] = {}
    async with AsyncExitStack() as stopping:
        for _ in range(_MEMBERS):
            port = free_port()
            folder = tmp_path / str(port)
            folder.mkdir()
            command = [find_mongod(), "--dbpath", str(folder), "--port", str(port), "--bind_ip", "127.0.0.1"]
            command += ["--replSet", "keva", "--nounixsocket", "--wiredTigerCacheSizeGB", "0.25"]
            ignore: Callable[[str, str], None] = lambda _, __: None  # noqa: E731
            processes[port] = await ChildProcess.start(f"mongod-{port}", command, os.environ, ignore)
            # Not asked to: one after the other, each would wait for a majority that is gone.
            stopping.push_async_callback(_kill, processes[port])
        members = _ReplicaSet(processes)
        await members.initiate()
        yield members


async def test_killed_primary_costs_seconds_and_no_text(replica_set: _ReplicaSet, start_stack: StartStack) -> None:
    environment = {"KEVA_MONGODB_URI": replica_set.uri, "KEVA_BACKFILL_GRACE_SECONDS": "3600"}
    async with start_stack(environment) as running:
        desk = await running.open_desk(segments_per_second=1000)
        acknowledged: list[str] = []
        over = asyncio.Event()

        async def text_on() -> None:
            customer = new_number()
            while not over.is_set():
                answer = await desk.text("hello", customer)
                # Whoever asks gives up after the 3 s that we promise to answer within: that would be None. What is
                # answered 503 is sent again, to the fallback URL at last.
                *before, last = [attempt.status for attempt in answer.attempts]
                assert {*before} <= {503}
                assert last in (200, 503)
                assert answer.acknowledged == (last == 200)
                if answer.acknowledged:
                    acknowledged.append(answer.message_sid)

        # A load that fails says so at once, and not as a wait that never ends.
        async with asyncio.TaskGroup() as loads:
            for _ in range(4):
                loads.create_task(text_on())
            await desk.simulator.wait_for_messages(20, account_sid=desk.account.account_sid)
            before = await replica_set.primary()
            replica_set.processes[before].kill()
            await replica_set.primary(other_than=before)
            known = len(acknowledged)
            async with asyncio.timeout(90):
                while len(acknowledged) < known + 20:  # noqa: ASYNC110 - four loads, no one event
                    await asyncio.sleep(0.05)
            over.set()

        stored = [m for t in await desk.tickets() for m in await desk.messages(t)]
        assert set(acknowledged) <= {message.twilio_message_sid for message in stored}
        reply = await desk.reply((await desk.tickets())[0], "hi")
        await desk.until_delivery(reply)
