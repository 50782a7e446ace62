"""Requests and answers that a test holds back: an answer to a form that comes when one has gone on to another page."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from playwright.async_api import APIResponse, Route, expect

if TYPE_CHECKING:
    from playwright.async_api import Page

# Only where the connection is reset, as an idle one may be just then.
_RETRIES = 3
_PATIENCE = 90_000  # milliseconds

# A whole page that htmx has got.
ANSWERED = """new Promise((done) => document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target === document.body) done(1);
}))"""


class Arrival:
    """The console's first answer to what a handler of `page.route` lets through, for a test that waits for it. What
    fails in a handler is lost: it is raised in the test instead."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[APIResponse] = asyncio.get_running_loop().create_future()

    @property
    def known(self) -> bool:
        return self._answer.done()

    async def fetch(self, route: Route) -> APIResponse:
        """The console's answer, which the page does not get by that."""
        try:
            answer = await route.fetch(max_retries=_RETRIES, timeout=_PATIENCE)
        except Exception as error:
            if not self.known:
                self._answer.set_exception(error)
            raise
        if not self.known:
            self._answer.set_result(answer)
        return answer

    async def wait(self) -> None:
        """Until it is there; raises what kept it from coming."""
        async with asyncio.timeout(90):
            await asyncio.shield(self._answer)


async def go_on_before_the_answer(page: "Page", path: str, press: Callable[[], Awaitable[None]]) -> str:
    """Presses what sends a form to `path`, and goes on to the next conversation before the answer comes. Says where
    that is."""
    arrival, released, first = Arrival(), asyncio.Event(), page.url

    async def late(route: Route) -> None:
        answer = await arrival.fetch(route)
        await released.wait()
        await route.fulfill(response=answer)

    await page.route(re.compile(path), late)
    await press()
    await arrival.wait()
    await page.keyboard.press("Alt+ArrowDown")
    await expect(page).not_to_have_url(first)
    second = page.url
    answered = asyncio.create_task(page.evaluate(ANSWERED))
    await page.evaluate("1")
    released.set()
    await answered
    return second
