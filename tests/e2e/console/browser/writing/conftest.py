"""Two conversations of one number, and somebody who writes in the older one."""

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from console.mongo.database import Database
from console.sign_in.sessions import Sessions
from dev.local_stack.accounts import ORGANIZATION
from dev.local_stack.desk import Desk, RunningStack, new_number
from servicekit.clock import utc_now
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.person import Person

if TYPE_CHECKING:
    from playwright.async_api import Page


@pytest.fixture
async def dana(sign_in: SignIn) -> Person:
    return await sign_in("dana")


@pytest.fixture
async def page(desk: Desk, dana: Person, open_console: OpenConsole) -> "Page":
    """The older of two conversations, connected."""
    await desk.text("hello")
    await desk.text("another", new_number())
    page = await open_console(dana)
    await open_first(page, desk)
    return page


async def open_first(page: "Page", desk: Desk) -> None:
    """Opens the conversation with the desk's customer, beside the list of all."""
    number = (await desk.ticket(desk.customer)).number
    await page.goto(f"/t/{number}?view=all&channel={desk.channel.channel_id}&order=created")
    await expect(page.locator("html")).to_have_attribute("data-live", "on")


async def sign_in_elsewhere(running: RunningStack, person: Person, page: "Page") -> None:
    """As in another tab: the browser has a new session of theirs."""
    database = Database(running.stack.database_uri("console"), "keva_console")
    secret, _ = await Sessions(database.sessions, utc_now).begin(ORGANIZATION, person.agent.agent_id)
    database.close()
    url = running.stack.console_url
    await page.context.add_cookies([{"name": "keva-session", "value": secret, "url": url, "httpOnly": True}])
