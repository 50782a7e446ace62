"""The load generator from outside."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from dev.benchmark.load.orders import Order, Result
from dev.local_stack.layout import base_environment, python_module

# A result is a line.
_LONGEST_LINE = 4 * 1024 * 1024


class LoadError(Exception):
    """The load generator failed; it has said why on standard error."""


class Generator:
    """A generator that has signed its requests."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._is_done = False

    @classmethod
    @asynccontextmanager
    async def ready(cls, order: Order) -> AsyncIterator[Self]:
        """Starts one for `order`. Raises LoadError."""
        process = await asyncio.create_subprocess_exec(
            *python_module("dev.benchmark.load"),
            env=base_environment(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
            start_new_session=True,
        )
        generator = cls(process)
        try:
            await generator._write(order.line())
            await generator._read()
            yield generator
        finally:
            # One that is done ends by itself.
            if process.returncode is None and not generator._is_done:
                process.kill()
            await process.wait()

    async def run(self) -> Result:
        """Sends everything. Raises LoadError."""
        await self._write("go")
        result = Result.parse(await self._read())
        self._is_done = True
        return result

    async def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        await self._process.stdin.drain()

    async def _read(self) -> str:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise LoadError(f"the load generator ended with exit status {await self._process.wait()}")
        return line.decode()
