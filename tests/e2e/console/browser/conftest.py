"""The console in a real browser (tests/browsers.py): somebody who has signed in, at any width, light or dark."""

from typing import TYPE_CHECKING, Protocol

import pytest

from dev.local_stack.desk import RunningStack
from tests.browsers import WIDE, Look, OpenPage
from tests.e2e.console.browser.toasts import toasts_stay
from tests.e2e.console.person import Person

if TYPE_CHECKING:
    from playwright.async_api import Page


class OpenConsole(Protocol):
    """Opens a browser for a person who has signed in. Paths are enough for addresses: `await page.goto("/inbox/all")`.
    Each call is another browser of the same session, in which toasts stay."""

    async def __call__(self, person: Person, look: Look = WIDE) -> "Page": ...


@pytest.fixture
def open_console(running: RunningStack, open_page: OpenPage) -> OpenConsole:
    """Opens the console."""
    url = running.stack.console_url

    async def opened(person: Person, look: Look = WIDE) -> "Page":
        page = await open_page(look, base_url=url)
        await toasts_stay(page)
        await page.context.add_cookies(
            [{"name": "keva-session", "value": person.secret, "url": url, "httpOnly": True, "sameSite": "Lax"}]
        )
        return page

    return opened
