"""A whole Keva to be measured, as `keva up` starts it: mutual TLS, audit trail, metrics, logs, default settings."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pymongo

from dev.benchmark.floor import COLLECTION, DATABASE
from dev.benchmark.load.orders import Number
from dev.load_balancer import LoadBalancer
from dev.local_stack.accounts import WEBHOOK_PATH, Clients
from dev.local_stack.desk import Desk, RunningStack
from dev.local_stack.layout import base_environment, python_module
from dev.local_stack.ports import free_port
from dev.local_stack.processes import ChildProcess, Launch
from dev.local_stack.readiness import http_ok
from dev.local_stack.stack import SIMULATOR, LocalStack
from dev.local_stack.supervisor import NoProgress, Program, Supervisor
from dev.twilio_simulator.client import SimulatorClient

PUBLIC_URL = "https://sms.keva.example"
# What is started several times; the rest answers seldom.
REPLICATED = ("ticket_service", "sms_service", "gateway")
FLOOR = "floor"
_SIMULATOR_ARGUMENTS = ("--pace", "20")


class StartUp(NoProgress):
    """Remembers how many seconds each process took until it was ready."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def ready(self, name: str, seconds: float) -> None:
        """Supervisor's."""
        self.seconds[name] = round(seconds, 2)


@dataclass(frozen=True)
class Keva:
    """A running one with one number that is subscribed. `start_up` is in seconds, by process."""

    running: RunningStack
    desk: Desk
    start_up: Mapping[str, float]

    @property
    def number(self) -> Number:
        """Whose webhooks it takes."""
        account = self.desk.account
        return Number(PUBLIC_URL + WEBHOOK_PATH, account.account_sid, account.auth_token, account.phone_number)

    @property
    def gateway_ports(self) -> list[int]:
        """Where webhooks go, in turn."""
        layout = self.running.stack.layout
        return [layout.ports[name] for name in layout.names("gateway")]

    def pids(self) -> dict[str, int]:
        """All processes by name, mongod and the simulator among them."""
        supervisor = self.running.stack.supervisor
        return {name: supervisor.process(name).pid for name in supervisor.names if name != FLOOR}

    def everyone(self) -> dict[str, int]:
        """The same, and what else is measured: the floor, if it runs, and this process."""
        supervisor = self.running.stack.supervisor
        return {**{name: supervisor.process(name).pid for name in supervisor.names}, "benchmark": os.getpid()}

    async def mark(self) -> str:
        """The newest message, for `texts_since`."""
        newest = await asyncio.to_thread(self._messages, lambda messages: messages.find_one({}, {}, sort=[("_id", -1)]))
        return str(newest["_id"]) if newest else ""

    async def texts_since(self, mark: str) -> int:
        """How many customers' texts are stored that were not when `mark` was taken: ids rise with time."""
        query = {"_id": {"$gt": mark}, "direction": "INBOUND"}
        return int(await asyncio.to_thread(self._messages, lambda messages: messages.count_documents(query)))

    def _messages(self, ask: Callable[[Any], Any]) -> Any:
        client: pymongo.MongoClient[dict[str, Any]]
        with pymongo.MongoClient(self.running.stack.mongodb_uri) as client:
            return ask(client["keva_tickets"]["messages"])


class Place:
    """Where a Keva is started, and how its processes are."""

    def __init__(self, folder: Path, launch: Launch = ChildProcess.start) -> None:
        self._folder = folder
        self._launch = launch

    @asynccontextmanager
    async def keva(
        self, replicas: int = 1, environment: Mapping[str, str] | None = None, **channel: Any
    ) -> AsyncIterator[Keva]:
        """Starts one. Its state and logs go into the folder; `environment` may change settings as that of `keva up`;
        `channel` are fields of CreateChannelRequest. Raises StackError."""
        start_up = StartUp()
        async with AsyncExitStack() as ending:
            supervisor = Supervisor(log_files(self._folder), start_up, self._launch)
            stack = LocalStack(
                self._folder,
                supervisor,
                environment={"KEVA_PUBLIC_URL": PUBLIC_URL, **(environment or {})},
                replicas=dict.fromkeys(REPLICATED, replicas),
                simulator_arguments=_SIMULATOR_ARGUMENTS,
            )
            await ending.enter_async_context(stack)
            # In good order it would take seconds, for data that nobody needs any more.
            ending.callback(supervisor.kill_all)
            simulator = await ending.enter_async_context(
                SimulatorClient(stack.layout.urls(SIMULATOR)[0], stack.simulator_token)
            )
            running = RunningStack(stack, simulator, await ending.enter_async_context(Clients(stack)))
            desk = await running.open_desk(**channel)
            balancer = LoadBalancer(stack.layout.health_addresses("gateway"), free_port())
            await _send_callbacks_to(desk, await ending.enter_async_context(balancer))
            yield Keva(running, desk, start_up.seconds)


@dataclass(frozen=True)
class Floor:
    """The floor, beside a running Keva, on the same mongod."""

    keva: Keva
    port: int

    @classmethod
    async def started(cls, keva: Keva) -> "Floor":
        """It ends with Keva. Raises StackError."""
        stack, port = keva.running.stack, free_port()
        environment = {
            **base_environment(),
            "KEVA_FLOOR_PORT": str(port),
            "KEVA_FLOOR_MONGODB_URI": stack.mongodb_uri,
            "KEVA_FLOOR_NUMBER": json.dumps(vars(keva.number)),
        }
        ready = partial(http_ok, f"http://127.0.0.1:{port}/readyz")
        await stack.supervisor.start(Program(FLOOR, python_module("dev.benchmark.floor"), environment, ready))
        return cls(keva, port)

    def pids(self) -> dict[str, int]:
        """Its process and mongod."""
        supervisor = self.keva.running.stack.supervisor
        return {name: supervisor.process(name).pid for name in (FLOOR, "mongod")}

    async def mark(self) -> int:
        """How many texts it has stored, for `texts_since`."""
        return await asyncio.to_thread(self._count)

    async def texts_since(self, mark: int) -> int:
        """How many it has stored since."""
        return await asyncio.to_thread(self._count) - mark

    def _count(self) -> int:
        client: pymongo.MongoClient[dict[str, Any]]
        with pymongo.MongoClient(self.keva.running.stack.mongodb_uri) as client:
            return client[DATABASE][COLLECTION].count_documents({})


def log_files(folder: Path) -> Callable[[str, str], None]:
    """A sink that keeps the lines of each process in a file of its own in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)

    def write(name: str, line: str) -> None:
        with (folder / f"{name}.log").open("a") as file:
            file.write(line + "\n")

    return write


async def _send_callbacks_to(desk: Desk, balancer: LoadBalancer) -> None:
    """The simulator's requests reach all gateways."""
    account = desk.account
    where = {PUBLIC_URL: balancer.url}
    await desk.simulator.put_account(account.account_sid, account.auth_token, public_url_map=where)
