"""What a stranger sends compressed costs the gateway what the same bytes cost that are not: in CPU time of its process,
since the event loop that decompresses answers nobody."""

import asyncio
import contextlib
from pathlib import Path

import pytest

from dev.benchmark.machine import cpu_seconds
from dev.compressed_flood.bodies import bomb, request
from tests.gateway.gateway_process import Gateway
from tests.gateway.webhook_requests import FALLBACK, STATUS, TEXT
from tests.servicekit.http.raw_http import FORM

REQUESTS = 10
# A hundredth of a second is as exact as it is counted, for each of two readings; and what else the process does.
UNCERTAIN_SECONDS = 0.1

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="CPU time is read from /proc")


async def status_of(port: int, sent: bytes) -> int:
    """Of the answer; then all of `sent` is sent, until the gateway ends the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            await writer.drain()
            await reader.read()
        return int(head.split()[1])
    finally:
        writer.transport.abort()


async def cost_of(gateway: Gateway, sent: bytes) -> tuple[set[int], float]:
    """The answers to some such requests, and the CPU time for all of them."""
    pids = {"gateway": gateway.process.pid}
    before = cpu_seconds(pids)["gateway"]
    statuses = await asyncio.gather(*(status_of(gateway.port, sent) for _ in range(REQUESTS)))
    return set(statuses), cpu_seconds(pids)["gateway"] - before


@pytest.mark.parametrize(
    ("coding", "target", "media_type", "chunked"),
    [
        pytest.param("gzip", TEXT, FORM, False, id="text"),
        pytest.param("GZIP", FALLBACK, FORM, False, id="fallback"),
        pytest.param("deflate", STATUS, FORM, True, id="status, chunked"),
        pytest.param("gzip", TEXT, "text/plain", False, id="media type that is not taken"),
        pytest.param("gzip", "/", FORM, False, id="no webhook"),
        pytest.param("deflate", "/", FORM, True, id="no webhook, chunked"),
        pytest.param("br", TEXT, FORM, False, id="brotli"),
        pytest.param("gzip, gzip", "/", FORM, False, id="twice"),
    ],
)
async def test_a_refused_body_costs_as_much_as_one_that_is_not_compressed(
    lonely: Gateway, coding: str, target: str, media_type: str, chunked: bool
) -> None:
    body = bomb(coding if coding in ("deflate", "br") else "gzip")
    uncompressed = request(target, body, "", media_type, chunked)

    _, usual = await cost_of(lonely, uncompressed)
    statuses, cost = await cost_of(lonely, request(target, body, coding, media_type, chunked))

    assert statuses <= {404, 413, 415}
    assert cost <= 3 * usual + UNCERTAIN_SECONDS


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_a_small_body_that_becomes_large_is_refused_at_once(lonely: Gateway, coding: str) -> None:
    """It passes the limit of what is read; what it becomes does not."""
    body = bomb(coding, 60_000)[:60_000]

    _, usual = await cost_of(lonely, request(TEXT, body))
    statuses, cost = await cost_of(lonely, request(TEXT, body, coding))

    assert statuses == {413}
    assert cost <= 3 * usual + UNCERTAIN_SECONDS


async def test_the_rest_of_a_refused_body_in_many_chunks_is_looked_at_by_nobody(lonely: Gateway) -> None:
    chunk = b"1\r\nx\r\n"
    head = request("/", b"", chunked=True).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    sent = chunk * (len(bomb("gzip")) // len(chunk))

    _, usual = await cost_of(lonely, request("/", bomb("gzip")))
    statuses, cost = await cost_of(lonely, head + sent)

    assert statuses == {404}
    assert cost <= 3 * usual + 3 * UNCERTAIN_SECONDS
