"""One request on the wire, and what came of it."""

import asyncio
import contextlib
import re
from dataclasses import dataclass

from dev.fuzz.requests import Sent

# The gateway answers within 3 s; it waits 3 s for a head and 1.5 s for a body. The rest is a slow machine's.
SECONDS = 15.0
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
_DIGITS_AND_SECRETS = re.compile(rb"(\+\d{7,}|[0-9a-fA-F]{32}|Signature: \S+)")


@dataclass(frozen=True)
class Result:
    """`statuses`: of the answers that came. `hung`: neither answer nor end in SECONDS. `refused`: not connected."""

    statuses: tuple[int, ...] = ()
    hung: bool = False
    refused: bool = False


async def exchange(host: str, port: int, sent: Sent) -> Result:
    """Sends `sent` on a connection of its own and reads until the answer has come, or the end of the connection."""
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError:
        return Result(refused=True)
    try:
        with contextlib.suppress(ConnectionError):
            writer.write(sent.data)
            if sent.half_closed:
                writer.write_eof()
        return await _read(reader)
    finally:
        writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> Result:
    received = b""
    try:
        async with asyncio.timeout(SECONDS):
            while not _STATUS.search(received):
                chunk = await reader.read(65536)
                if not chunk:
                    break
                received += chunk
            # Who pipelines has more than one answer.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.001):
                    received += await reader.read(65536)
    except TimeoutError:
        return Result(hung=True)
    except ConnectionError:
        pass
    return Result(tuple(int(status) for status in _STATUS.findall(received)))


def masked(data: bytes) -> str:
    """A request for people to look at: no whole number, no SID, no signature."""
    shown = _DIGITS_AND_SECRETS.sub(b"<masked>", data)
    return repr(shown[:2000]) + (f" … {len(shown)} bytes" if len(shown) > 2000 else "")
