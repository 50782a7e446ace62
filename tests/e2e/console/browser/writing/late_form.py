"""A form whose answer is late."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from playwright.async_api import Route

if TYPE_CHECKING:
    from playwright.async_api import Page


class LateForm:
    """The first form that goes to a path. Until `release` the browser knows nothing. `is_done`: the console has it by
    then. Otherwise it goes on to the console afterwards, or is answered by `instead`, or by nobody if that is empty."""

    def __init__(self, page: "Page", instead: Mapping[str, Any] | None = None, *, is_done: bool = False) -> None:
        self._page = page
        self._instead = instead
        self._is_done = is_done
        self._sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._released = asyncio.Event()

    async def to(self, path: str) -> None:
        await self._page.route(path, self._late)

    async def sent(self) -> None:
        async with asyncio.timeout(90):
            await self._sent

    def release(self) -> None:
        self._released.set()

    async def _late(self, route: Route) -> None:
        if self._sent.done():
            await route.fallback()
            return
        try:
            answer = await route.fetch(max_redirects=0, max_retries=3) if self._is_done else None
        except Exception as error:
            self._sent.set_exception(error)
            raise
        self._sent.set_result(None)
        await self._released.wait()
        if answer:
            await route.fulfill(response=answer)
        elif self._instead is None:
            await route.continue_()
        elif self._instead:
            await route.fulfill(**self._instead)
        else:
            await route.abort("connectionreset")
