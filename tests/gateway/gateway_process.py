"""`python -m gateway` as a process of its own."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

from dev.local_stack.processes import ChildProcess, Launch
from tests.gateway.webhook_requests import request
from tests.identities import environment_of
from tests.servicekit.http.raw_http import Answer, exchange

PUBLIC_URL = "https://sms.example.com/keva"


class Gateway:
    """A running gateway."""

    def __init__(self) -> None:
        self.port = 0
        self.health_port = 0
        self.lines: list[str] = []
        self._changed = asyncio.Event()
        self.process: ChildProcess

    @classmethod
    async def start(cls, launch: Launch, peers: Mapping[str, str], **settings: str) -> "Gateway":
        """Starts it by `launch` and waits until it listens."""
        gateway = cls()
        listen = {"KEVA_HTTP_LISTEN": "127.0.0.1:0", "KEVA_PUBLIC_URL": PUBLIC_URL, **environment_of("gateway")}
        gateway.process = await start_process(launch, {**listen, **peers, **settings}, gateway.take)
        gateway.port = (await gateway.logged("listening"))["port"]
        gateway.health_port = (await gateway.logged("health served"))["port"]
        return gateway

    def take(self, _: str, line: str) -> None:
        """Keeps a line of its output."""
        self.lines.append(line)
        self._changed.set()

    async def logged(self, event: str) -> dict[str, Any]:
        """The newest log line of that event, once there is one. Fails when the process ends first."""
        while True:
            self._changed.clear()
            if found := [entry for entry in self.entries() if entry.get("event") == event]:
                return found[-1]
            assert not self.process.exited.done(), self.lines
            changed = asyncio.create_task(self._changed.wait())
            await asyncio.wait({changed, self.process.exited}, return_when=asyncio.FIRST_COMPLETED)
            changed.cancel()

    async def outcome(self, **fields: object) -> dict[str, Any]:
        """The log line of the webhook with those fields, once it is there."""
        while True:
            self._changed.clear()
            for entry in self.entries():
                if entry.get("event") == "webhook answered" and fields.items() <= entry.items():
                    return entry
            await self._changed.wait()

    def entries(self) -> list[dict[str, Any]]:
        """Its log."""
        return [json.loads(line) for line in self.lines if line.startswith("{")]

    async def send(self, sent: bytes) -> Answer:
        """One exchange on a connection of its own."""
        return await exchange(self.port, sent)

    async def probe(self, target: str) -> Answer:
        """What Kubernetes is told."""
        sent = request(b"", method="GET", target=target, headers={"Content-Type": None})
        return await exchange(self.health_port, sent)

    def terminate(self) -> None:
        """SIGTERM, as Kubernetes sends it."""
        os.kill(self.process.pid, signal.SIGTERM)


async def start_process(launch: Launch, settings: Mapping[str, str], sink: Any) -> ChildProcess:
    """`python -m gateway` with nothing but these settings."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME") if name in os.environ}
    command = [sys.executable, "-m", "gateway"]
    return await launch("gateway", command, {**kept, **settings}, sink)
