"""Safari on phones lays its keyboard over the page, which stays as high as it was. Chromium makes the window lower
(looks/test_low_windows.py); here it says what Safari says, which is that less of the page is seen."""

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from dev.local_stack.desk import Desk
from keva.ticket.v1 import ticket_service_pb2
from tests.browsers import PHONE, overflow
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.conftest import SignIn

if TYPE_CHECKING:
    from playwright.async_api import Page

_REPLY = "textarea[data-draft=reply]"
_SEEN = """(height) => {
  Object.defineProperty(visualViewport, "height", { configurable: true, value: height });
  visualViewport.dispatchEvent(new Event("resize"));
}"""
_BOTTOM = "(one) => one.getBoundingClientRect().bottom"


async def _see(page: "Page", height: int) -> None:
    """So many pixels of the page are above the keyboard."""
    await page.evaluate(_SEEN, height)


@pytest.mark.parametrize("height", [430, 370])
async def test_send_and_menus_are_above_the_keyboard(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole, height: int
) -> None:
    page = await open_console(await sign_in("dana"), PHONE)
    await desk.text("hello")
    await page.goto(f"/t/{(await desk.ticket()).number}")
    await page.locator(_REPLY).tap()
    await page.locator(_REPLY).fill("word " * 200)

    await _see(page, height)

    for part in (".tabs", _REPLY, ".pane-reply [data-submit]", ".pane-reply #menu-later > summary"):
        assert await page.locator(part).evaluate(_BOTTOM) <= height, part
    assert await page.locator("[data-thread]").evaluate("(one) => one.offsetHeight") >= 44
    assert await overflow(page) == 0
    for menu in ("#menu-later", "#menu-snooze"):
        await page.locator(f"{menu} > summary").tap()
        assert await page.locator(f"{menu} > .menu-list").evaluate(_BOTTOM) <= height, menu
        await page.keyboard.press("Escape")

    await _see(page, PHONE.height)
    assert await page.locator(".box").evaluate(_BOTTOM) == PHONE.height


async def test_what_can_be_read_elsewhere_gives_its_place(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole
) -> None:
    page = await open_console(await sign_in("dana"), PHONE)
    await desk.text("hello")
    ticket = await desk.ticket()
    await desk.clients.tickets.AddTags(
        ticket_service_pb2.AddTagsRequest(workspace_id=ticket.workspace_id, ticket_id=ticket.ticket_id, tags=["vip"])
    )
    await page.goto(f"/t/{ticket.number}")
    await expect(page.locator(".ticket-tags")).to_be_visible()

    await _see(page, 400)
    await expect(page.locator(".ticket-tags")).to_be_hidden()

    await _see(page, PHONE.height)
    await expect(page.locator(".ticket-tags")).to_be_visible()


async def test_a_page_that_is_made_larger_stays_as_high(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    """By two fingers, say: less of it is seen then, too."""
    page = await open_console(await sign_in("dana"), PHONE)
    await desk.text("hello")
    await page.goto(f"/t/{(await desk.ticket()).number}")
    await expect(page.locator(_REPLY)).to_be_visible()

    await page.evaluate("Object.defineProperty(visualViewport, 'scale', { configurable: true, value: 2 })")
    await _see(page, PHONE.height // 2)

    assert await page.locator(".box").evaluate(_BOTTOM) == PHONE.height
