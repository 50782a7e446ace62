"""Signing in, one's own page and people, in a browser."""

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from dev.local_stack.desk import RunningStack
from tests.browsers import LOOKS, NO_SCRIPTS, WIDE, Look, OpenPage, axe, overflow
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.stranger import PASSWORD, Invite

if TYPE_CHECKING:
    from playwright.async_api import Page

PEOPLE = "/settings/people"


async def _visit(page: "Page", path: str) -> None:
    await page.goto(path)
    assert await axe(page) == [], path
    assert await overflow(page) == 0, path


@pytest.mark.parametrize("look", LOOKS)
async def test_they_can_be_read_by_all(
    running: RunningStack, open_page: OpenPage, sign_in: SignIn, open_console: OpenConsole, invite: Invite, look: Look
) -> None:
    long = await invite("bartholomew" * 8)
    stranger = await open_page(look, base_url=running.stack.console_url)
    for path in ("/sign-in", long.link, "/welcome/" + "x" * 43):
        await _visit(stranger, path)
    page = await open_console(await sign_in("dana"), look)
    person = f"{PEOPLE}/{long.agent.agent_id}"

    for path in ("/me", PEOPLE, f"{PEOPLE}/new", person, f"{person}/deactivate"):
        await _visit(page, path)
    await page.goto(person)
    await page.get_by_role("button", name="Make a new link").click()
    await expect(page.locator("#sign-in-link")).to_contain_text("/welcome/")
    assert await axe(page) == []
    assert await overflow(page) == 0


@pytest.mark.parametrize("look", [pytest.param(WIDE, id="scripts"), pytest.param(NO_SCRIPTS, id="no scripts")])
async def test_somebody_comes_in_and_goes(
    running: RunningStack, open_page: OpenPage, invite: Invite, look: Look
) -> None:
    ann = await invite("ann")
    page = await open_page(look, base_url=running.stack.console_url)

    await page.goto(ann.link)
    await page.get_by_label("New password").fill("short")
    await page.get_by_role("button", name="Set password").click()
    await expect(page.get_by_role("alert")).to_contain_text("at least 12 characters")
    await page.get_by_label("New password").fill(PASSWORD)
    await page.get_by_role("button", name="Set password").click()
    await page.wait_for_url("**/inbox/**")
    await page.goto("/me")
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await page.wait_for_url("**/sign-in")
    await page.goto("/me")
    await page.get_by_label("E-mail address").fill(ann.agent.email)
    await page.get_by_label("Password").fill("a wrong password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("do not go together")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()

    await page.wait_for_url("**/me")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ann")
