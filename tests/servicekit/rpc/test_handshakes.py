"""Many connections at once, while certificates are renewed, to a server in a process of its own: it would take the
tests with it."""

import asyncio
import os
import ssl
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from servicekit.rpc import identity
from servicekit.rpc.certificates import AUTHORITIES, CERTIFICATE, KEY
from tests.identities import authority, tls_dir

ROOT = Path(__file__).parents[2]
AT_ONCE = 24
RENEWALS = 24


@asynccontextmanager
async def _server(folder: Path) -> AsyncIterator[tuple[Process, int]]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", "-m", "tests.servicekit.handshake_server", str(folder)),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=PIPE,
        stderr=DEVNULL,
    )
    assert process.stdout is not None
    lines = [await process.stdout.readline()]
    while not lines[-1].strip().isdigit():
        lines.append(await process.stdout.readline())
    reading = asyncio.create_task(process.stdout.read())
    yield process, int(lines[-1])
    if process.returncode is None:
        process.kill()
    await process.wait()
    await reading


def _as_gateway() -> ssl.SSLContext:
    folder = tls_dir("gateway")
    context = ssl.create_default_context(cafile=folder / AUTHORITIES)
    context.load_cert_chain(folder / CERTIFICATE, folder / KEY)
    context.set_alpn_protocols(["h2"])
    return context


async def _shake_hands(port: int, context: ssl.SSLContext) -> str:
    """The serial number of the certificate that is presented."""
    name = identity.server_name("tester")
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=name)
    serial: str = writer.get_extra_info("peercert")["serialNumber"]
    writer.transport.abort()
    return serial


async def test_a_storm_of_connections_during_renewals_is_survived(tmp_path: Path) -> None:
    authority().issue(tmp_path, "tester")
    context, seen, done = _as_gateway(), set[str](), asyncio.Event()

    async with _server(tmp_path) as (process, port):

        async def client() -> None:
            while not done.is_set():
                seen.add(await _shake_hands(port, context))

        async with asyncio.TaskGroup() as clients:
            for _ in range(AT_ONCE):
                clients.create_task(client())
            for renewal in range(RENEWALS):
                async with asyncio.timeout(60):
                    while len(seen) <= renewal:  # noqa: ASYNC110 - what is presented tells no event
                        await asyncio.sleep(0.01)
                authority().issue(tmp_path, "tester")
            done.set()

        assert process.returncode is None
