"""How a test calls a replica: outcomes are tested, on however busy a machine."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, cast

import grpc

from servicekit import errors
from servicekit.rpc.statuses_to_errors import as_keva_error

_SECONDS = 90
_PAUSE_SECONDS = 0.05


class _Patient:
    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel

    def unary_unary(self, *given: Any, **named: Any) -> Any:
        call = self._channel.unary_unary(*given, **named)
        # It begins at once, as gRPC's own calls do, whether or not anybody waits for it.
        return lambda *arguments, **options: asyncio.ensure_future(_again(lambda: call(*arguments, **options)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)


async def _again(call: Callable[[], Awaitable[Any]]) -> Any:
    until = time.monotonic() + _SECONDS
    while True:
        try:
            return await call()
        except grpc.aio.AioRpcError as error:
            if as_keva_error(error).reason != errors.OVERLOADED or time.monotonic() > until:
                raise
        await asyncio.sleep(_PAUSE_SECONDS)


def patient(channel: grpc.aio.Channel) -> grpc.aio.Channel:
    """The same channel, whose calls are made again while the service says that too much waits there: whoever waits for
    more than a second is turned away, which a busy machine makes of few."""
    return cast("grpc.aio.Channel", _Patient(channel))
