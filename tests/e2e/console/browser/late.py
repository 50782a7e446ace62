"""Requests whose answer a test holds back: one goes on, or presses something again, before it comes."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from playwright.async_api import APIResponse, Error, Request, Route, expect

from tests.browsers import intercept

if TYPE_CHECKING:
    from playwright.async_api import Page

# Only where the connection is reset, as an idle one may be just then.
_RETRIES = 3
_PATIENCE = 90  # seconds

# A whole page that htmx has got.
_ANSWERED = """new Promise((done) => document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target === document.body) done(1);
}))"""


class Late:
    """The first request to a path, among those that are `like` it; all others go on. Until `release` the page hears
    nothing of it. `is_done`: the console has it by then, otherwise afterwards, whether or not the page still waits.
    With `instead` the console does not get it at all: that is the answer, or none if it is empty. What fails is raised
    by `sent` and `arrived`: in a handler it would be lost."""

    def __init__(
        self,
        page: "Page",
        instead: Mapping[str, Any] | None = None,
        *,
        is_done: bool = False,
        like: Callable[[Request], bool] = lambda _: True,
    ) -> None:
        self._page = page
        self._instead = instead
        self._is_done = is_done
        self._like = like
        self._is_taken = False
        self._sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._arrived: asyncio.Future[APIResponse] = asyncio.get_running_loop().create_future()
        self._released = asyncio.Event()
        self._over = asyncio.Event()

    async def to(self, path: str | re.Pattern[str]) -> None:
        await intercept(self._page, path, self._late)

    async def sent(self) -> None:
        """Until the browser has sent it."""
        await self._until(self._sent)

    def release(self) -> None:
        self._released.set()

    async def arrived(self) -> None:
        """Until the console has answered it."""
        await self._until(self._arrived)

    async def over(self) -> None:
        """Releases it, until the page has heard of it, or is known not to wait for it any more."""
        self.release()
        async with asyncio.timeout(_PATIENCE):
            await self._over.wait()
        await self._page.evaluate("fetch('/live/check').then(() => 1)")

    async def release_to_htmx(self) -> None:
        """Releases it, until the page that answers has come."""
        answered = asyncio.create_task(self._page.evaluate(_ANSWERED))
        await self._page.evaluate("1")
        self.release()
        await answered

    @staticmethod
    async def _until(future: asyncio.Future[Any]) -> None:
        async with asyncio.timeout(_PATIENCE):
            await asyncio.shield(future)

    async def _late(self, route: Route) -> None:
        if self._is_taken or not self._like(route.request):
            await route.fallback()
            return
        self._is_taken = True
        if self._is_done:
            await self._ask(route)
        self._sent.set_result(None)
        await self._released.wait()
        # The page may have given it up.
        with suppress(Error):
            await self._answer(route)
        self._over.set()

    async def _answer(self, route: Route) -> None:
        if self._instead is None:
            await route.fulfill(response=await self._ask(route))
        elif self._instead:
            await route.fulfill(**self._instead)
        else:
            await route.abort("connectionreset")

    async def _ask(self, route: Route) -> APIResponse:
        """The console's answer."""
        if self._arrived.done():
            return self._arrived.result()
        try:
            answer = await route.fetch(max_redirects=0, max_retries=_RETRIES, timeout=_PATIENCE * 1000)
        except Exception as error:
            for future in (self._sent, self._arrived):
                if not future.done():
                    future.set_exception(error)
            raise
        self._arrived.set_result(answer)
        return answer


async def go_on_before_the_answer(page: "Page", path: str, press: Callable[[], Awaitable[None]]) -> str:
    """Presses what sends a form to `path`, and goes on to the next conversation before the answer comes. Says where
    that is."""
    late, first = Late(page, is_done=True), page.url
    await late.to(re.compile(path))
    await press()
    await late.sent()
    await page.keyboard.press("Alt+ArrowDown")
    await expect(page).not_to_have_url(first)
    second = page.url
    await late.release_to_htmx()
    return second
