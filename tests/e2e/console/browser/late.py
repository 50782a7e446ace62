"""Answers to forms that come when one has gone on to another page."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from playwright.async_api import Route, expect

if TYPE_CHECKING:
    from playwright.async_api import Page

# A whole page that htmx has got.
_ANSWERED = """new Promise((done) => document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target === document.body) done(1);
}))"""


async def go_on_before_the_answer(page: "Page", path: str, press: Callable[[], Awaitable[None]]) -> str:
    """Presses what sends a form to `path`, and goes on to the next conversation before the answer comes. Says where
    that is."""
    sent, released, first = asyncio.Event(), asyncio.Event(), page.url

    async def late(route: Route) -> None:
        answer = await route.fetch()
        sent.set()
        await released.wait()
        await route.fulfill(response=answer)

    await page.route(re.compile(path), late)
    await press()
    async with asyncio.timeout(60):
        await sent.wait()
    await page.keyboard.press("Alt+ArrowDown")
    await expect(page).not_to_have_url(first)
    second = page.url
    answered = asyncio.create_task(page.evaluate(_ANSWERED))
    await page.evaluate("1")
    released.set()
    await answered
    return second
