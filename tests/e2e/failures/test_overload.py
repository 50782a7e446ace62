"""Far more webhooks at once than one gateway works on: its memory is bounded, what it acknowledged is stored, and what
comes after is taken."""

import asyncio
import resource
import secrets
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from twilio.request_validator import RequestValidator

from dev.local_stack.accounts import WEBHOOK_PATH, Clients
from dev.local_stack.desk import Desk, new_number
from dev.local_stack.processes import ChildProcess
from keva.ticket.v1 import ticket_service_pb2
from tests.e2e.conftest import StartStack

WEBHOOKS = 10_000
# docs/reliability.md states it; deploy/base/gateway.yaml allows the gateway as much.
MEMORY_MIB = 256
_PARTS = 1000
_AFTERWARDS = 50


@pytest.fixture(autouse=True)
def _many_files() -> None:
    """Each webhook is a connection, here and in the gateway, which inherits the limit."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _request(desk: Desk, sid: str, customer: str) -> bytes:
    form = {
        "MessageSid": sid,
        "AccountSid": desk.account.account_sid,
        "From": customer,
        "To": desk.account.phone_number,
        "Body": "hello",
    }
    validator = RequestValidator(desk.account.auth_token)
    signature = validator.compute_signature(desk.stack.public_url + WEBHOOK_PATH, form)
    body = urlencode(form)
    head = [
        f"POST {WEBHOOK_PATH} HTTP/1.1",
        "Host: keva",
        f"X-Twilio-Signature: {signature}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*head, "", body]).encode()


class _Client:
    """A connection of its own for every webhook; all are open before the first one is sent."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname, parts.port
        self._go = asyncio.Event()
        self._connected = 0
        self.all_connected = asyncio.Event()

    async def post(self, request: bytes) -> bytes:
        """The answer's head."""
        reader, writer = await asyncio.open_connection(self._host, self._port)
        self._connected += 1
        if self._connected == WEBHOOKS:
            self.all_connected.set()
        await self._go.wait()
        writer.write(request)
        try:
            return await reader.readuntil(b"\r\n\r\n")
        finally:
            writer.close()

    def go(self) -> None:
        self._go.set()


async def _missing(desk: Desk, sids: list[str]) -> list[str]:
    missing: list[str] = []
    async with Clients(desk.stack, "sms_service") as clients:
        for start in range(0, len(sids), _PARTS):
            request = ticket_service_pb2.FindMissingMessagesRequest(
                organization_id="default",
                account_sid=desk.account.account_sid,
                twilio_message_sids=sids[start : start + _PARTS],
            )
            missing += (await clients.tickets.FindMissingMessages(request, timeout=90)).missing_message_sids
    return missing


async def _answers_after_it(desk: Desk, client: _Client) -> list[int]:
    """One after the other, from the first one on that is taken: as if nothing had been."""
    statuses: list[int] = []
    while len(statuses) < _AFTERWARDS:
        head = await client.post(_request(desk, f"SM{secrets.token_hex(16)}", new_number()))
        if statuses or head.split()[1] == b"200":
            statuses.append(int(head.split()[1]))
    return statuses


def _peak_memory_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    (peak,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(peak) / 1024


async def test_ten_thousand_webhooks_at_once(start_stack: StartStack) -> None:
    # A forked process would be charged for what it shares with its siblings.
    async with start_stack(launch=ChildProcess.start) as running:
        desk = await running.open_desk()
        customers = [new_number() for _ in range(100)]
        sids = [f"SM{secrets.token_hex(16)}" for _ in range(WEBHOOKS)]
        client = _Client(running.stack.gateway_url)
        requests = [_request(desk, sid, customers[i % 100]) for i, sid in enumerate(sids)]
        sending = [asyncio.create_task(client.post(request)) for request in requests]
        async with asyncio.timeout(90):
            await client.all_connected.wait()

        client.go()
        heads = await asyncio.gather(*sending)

        statuses = [int(head.split()[1]) for head in heads]
        assert set(statuses) <= {200, 503}, Counter(statuses)
        assert min(Counter(statuses).values()) > 0
        assert all(b"Retry-After" in head for head, status in zip(heads, statuses, strict=True) if status == 503)
        acknowledged = [sid for sid, status in zip(sids, statuses, strict=True) if status == 200]
        assert await _missing(desk, acknowledged) == []
        assert await _answers_after_it(desk, client) == [200] * _AFTERWARDS
        assert _peak_memory_mib(running.stack.supervisor.process("gateway").pid) < MEMORY_MIB
        assert (await desk.text("and now?")).acknowledged
