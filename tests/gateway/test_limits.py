"""The gateway's memory is bounded, whatever strangers send. The limits one by one: tests/servicekit/http."""

import asyncio
from pathlib import Path

import pytest

from dev.local_stack.ports import free_port
from dev.local_stack.processes import ChildProcess
from servicekit.http.intake import connections_for_this_process
from tests.gateway.gateway_process import Gateway
from tests.gateway.scripted_servicer import Peers
from tests.gateway.webhook_requests import request

HEAD = b"POST /api/webhooks/twilio HTTP/1.1\r\nHost: x\r\n"
# tests/e2e/failures/test_overload.py has it too; docs/reliability.md states it.
MEMORY_MIB = 256


def _peak_memory_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    (peak,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(peak) / 1024


PARAMETERS = b"&".join(b"parameter%d=%s" % (number, b"x" * 45) for number in range(1000))
LARGE = {
    "largest bodies": request(b"a=" + b"x" * 65_000, headers={"X-Twilio-Signature": "s"}),
    "most parameters": request(PARAMETERS, headers={"X-Twilio-Signature": "s"}),
    "bodies that do not end": request(b"a=" + b"x" * 65_000)[:-1],
    "requests without waiting": request(method="GET", target="/") * 1000,
    "heads that do not end": HEAD + b"".join(b"A%d: %s\r\n" % (number, b"x" * 8000) for number in range(30)),
}


@pytest.mark.parametrize("sent", LARGE.values(), ids=LARGE.keys())
async def test_memory_is_bounded_whatever_thousands_send_at_once(sent: bytes) -> None:
    # Ours, too.
    connections_for_this_process(12_000)
    peers = Peers(free_port(), free_port())
    await peers.start_all()
    # Not forked: it would be charged for what it shares.
    gateway = await Gateway.start(ChildProcess.start, peers.environment)
    opened = [await asyncio.open_connection("127.0.0.1", gateway.port) for _ in range(4000)]

    for _, writer in opened:
        writer.write(sent)
    # Each is answered, or its connection ended.
    answers = await asyncio.gather(*(reader.read(1) for reader, _ in opened), return_exceptions=True)

    assert [answer for answer in answers if not isinstance(answer, bytes | ConnectionError)] == []
    assert _peak_memory_mib(gateway.process.pid) < MEMORY_MIB
    assert (await gateway.probe("/healthz")).status == 200
    for _, writer in opened:
        writer.close()
    gateway.process.kill()
    await peers.stop_all()
