"""A ticket's page in a browser."""

import pytest
from playwright.async_api import expect

from dev.local_stack.desk import Desk
from tests.browsers import LOOKS, NO_SCRIPTS, Look, axe, overflow
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.conftest import SignIn


@pytest.mark.parametrize("look", LOOKS)
async def test_it_can_be_read_by_all(desk: Desk, sign_in: SignIn, open_console: OpenConsole, look: Look) -> None:
    dana = await sign_in("dana")
    await desk.text("Are you open on Sunday?")
    number = (await desk.ticket()).number
    page = await open_console(dana, look)

    await page.goto(f"/t/{number}")

    await expect(page.locator(".bubble-theirs")).to_contain_text("Are you open on Sunday?")
    assert await axe(page) == []
    assert await overflow(page) == 0


async def test_it_is_answered_without_scripts(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    dana = await sign_in("dana")
    await desk.text("Are you open on Sunday?")
    number = (await desk.ticket()).number
    page = await open_console(dana, NO_SCRIPTS)

    await page.goto(f"/t/{number}")
    await page.locator("form[data-box=reply] textarea[name=text]").fill("Yes, from ten.")
    await page.get_by_role("button", name="Send", exact=True).click()

    await expect(page.locator(".bubble-ours")).to_contain_text("Yes, from ten.")
    (sent,) = await desk.sent(1)
    assert sent.body == "Yes, from ten."
