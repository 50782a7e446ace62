"""Asking again until there is an answer, as callers do while services are down."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import grpc

_RETRY_SECONDS = 0.5
T = TypeVar("T")


async def until_answered(ask: Callable[[], Awaitable[T | None]]) -> T:
    """What `ask` gives, asked again while it gives nothing or a service is down."""
    while True:
        try:
            if (found := await ask()) is not None:
                return found
        except grpc.aio.AioRpcError:
            pass
        await asyncio.sleep(_RETRY_SECONDS)
