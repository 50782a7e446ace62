"""A page whose line is cut while somebody writes, and what they do there."""

import asyncio
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from playwright.async_api import Route, expect

from tests.browsers import intercept
from tests.e2e.console.browser.late import Late

if TYPE_CHECKING:
    from playwright.async_api import Page

REPLY, NOTE = "textarea[data-draft=reply]", "textarea[data-draft=note]"
OURS, BAR, ALERT, TOAST = ".bubble-ours .bubble-text", "#offline", "#not-done", "[data-toast]"


class Cut:
    """A page whose line is cut. `mend` lets it ask for pages again; what tells it what happens stays away until
    `connect`."""

    def __init__(self, page: "Page") -> None:
        self.page = page
        self._connected = asyncio.Event()

    async def hold_back(self) -> None:
        await intercept(self.page, re.compile(r"/live\?"), self._late)

    async def cut(self) -> None:
        await self.hold_back()
        await self.page.context.set_offline(True)
        await expect(self.page.locator(BAR)).to_be_visible()

    async def mend(self) -> None:
        await self.page.context.set_offline(False)

    def let_through(self) -> None:
        self._connected.set()

    async def connect(self) -> None:
        self.let_through()
        await expect(self.page.locator(BAR)).to_be_hidden()

    async def _late(self, route: Route) -> None:
        await self._connected.wait()
        await route.continue_()


async def waits(page: "Page") -> None:
    """It is said that something that was sent waits."""
    await expect(page.locator(BAR)).to_contain_text("What you sent waits here")


async def go_on(page: "Page") -> str:
    """To the other one of two conversations. Says where one was."""
    first = page.url
    await page.locator(".row-link:not([aria-current])").click()
    await expect(page).not_to_have_url(first)
    await expect(page.locator(".bubble-theirs")).to_contain_text("another")
    return first


async def come_back(page: "Page", first: str) -> None:
    """To the one that `go_on` left, by the browser's button."""
    await page.go_back()
    await expect(page).to_have_url(first)
    await expect(page.locator(".bubble-theirs")).to_contain_text("hello")


async def reply(page: "Page", text: str) -> None:
    """Writes it and sends it, by keys."""
    await page.locator(REPLY).fill(text)
    await page.keyboard.press("Control+Enter")


async def late_reply(
    page: "Page", text: str, instead: Mapping[str, Any] | None = None, *, is_done: bool = False
) -> Late:
    """The same, with its answer held back as `Late` says. Until the browser has sent it."""
    late = Late(page, instead, is_done=is_done)
    await late.to("**/reply*")
    await reply(page, text)
    await late.sent()
    return late
