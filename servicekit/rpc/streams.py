"""Streams that are followed for ever, and a server that ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from servicekit import errors


class UntilDraining:
    """Ends streams when the server begins to drain, with UNAVAILABLE, so that who follows them goes on elsewhere: an
    Around of handlers. What is answered once has until the end of the drain."""

    def __init__(self, draining: asyncio.Event) -> None:
        self._draining = draining

    def answering(self, behavior: Any, _: str) -> Any:
        return behavior

    def streaming(self, behavior: Any, rpc: str) -> Any:
        if rpc.startswith("grpc."):
            return behavior

        async def call(request: Any, context: Any) -> AsyncIterator[Any]:
            draining = asyncio.ensure_future(self._draining.wait())
            try:
                async with aclosing(behavior(request, context)) as responses:
                    async for response in _until(draining, responses):
                        yield response
            finally:
                draining.cancel()

        return call


async def _until(draining: "asyncio.Future[Any]", responses: AsyncIterator[Any]) -> AsyncIterator[Any]:
    while True:
        following = asyncio.ensure_future(anext(responses, None))
        try:
            await asyncio.wait((following, draining), return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not following.done():
                following.cancel()
                # It must have ended before anybody closes the generator.
                await asyncio.wait((following,))
        if following.cancelled():
            raise errors.Unavailable("REPLICA_DRAINING", "this replica ends; call again, another one goes on")
        response = following.result()
        if response is None:
            return
        yield response
