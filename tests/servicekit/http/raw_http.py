"""HTTP as bytes on a socket, so that nothing is tidied up on the way."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

FORM = "application/x-www-form-urlencoded"
_SECONDS = 90


@dataclass(frozen=True)
class Answer:
    """One response; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: str


def request(
    body: bytes = b"a=b",
    *,
    method: str = "POST",
    target: str | bytes = "/",
    headers: Mapping[str, str | bytes | None] | None = None,
) -> bytes:
    """A request's bytes; `headers` adds, overrides and (None) removes."""
    usual: dict[str, str | bytes | None] = {"Host": "x", "Content-Type": FORM, "Content-Length": str(len(body))}
    lines = [b"%s %s HTTP/1.1" % (method.encode(), _bytes(target))]
    for name, value in {**usual, **(headers or {})}.items():
        if value is not None:
            lines.append(b"%s: %s" % (name.encode(), _bytes(value)))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def exchange(port: int, sent: bytes) -> Answer:
    """Sends `sent` on a connection of its own and reads one answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        return await read_answer(reader, head_only=sent.startswith(b"HEAD "))
    finally:
        writer.close()


async def read_answer(reader: asyncio.StreamReader, head_only: bool = False) -> Answer:
    """The next answer on a connection. Raises IncompleteReadError when there is none."""
    async with asyncio.timeout(_SECONDS):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status_line, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = b"" if head_only else await reader.readexactly(int(headers.get("content-length", 0)))
        return Answer(int(status_line.split()[1]), headers, body.decode())


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
