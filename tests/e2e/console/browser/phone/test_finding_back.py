"""Whoever goes from the list to a ticket and back finds the list where it was, sees that a page is coming, and loses
nothing behind a bar."""

import asyncio
import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Route, expect

from dev.local_stack.desk import Desk, new_number
from tests.browsers import PHONE, WIDE, Look, axe, intercept, until
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.browser.late import Late
from tests.e2e.console.conftest import SignIn

if TYPE_CHECKING:
    from playwright.async_api import Page

_LOOKS = pytest.mark.parametrize("look", [PHONE, WIDE], ids=str)
_TICKET = re.compile(r"/t/\d+")
_SCROLLED = "document.getElementById('inbox').scrollTop"
# As a link of the page does.
_GO = """(url) => {
  const link = document.getElementById("main").appendChild(document.createElement("a"));
  link.href = url;
  htmx.process(link);
  link.click();
}"""
_LISTEN = "document.addEventListener('htmx:historyRestore', () => { window.isRestored = true; })"
# What stands below the bar for a lost connection, in a page whose parts are `selector`.
_COVERED = """(selector) => {
  const end = document.getElementById("offline").getBoundingClientRect().bottom;
  return [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility())
    .filter((one) => one.getBoundingClientRect().top < end).map((one) => one.outerHTML.slice(0, 100));
}"""


async def _long_list(desk: Desk, page: "Page") -> None:
    """Of thirty tickets, of which the last are seen."""
    for number in range(30):
        await desk.text(f"text {number}", new_number())
    await page.goto(f"/inbox/all?channel={desk.channel.channel_id}")
    await expect(page.locator(".row")).to_have_count(30)
    await page.evaluate(f"{_SCROLLED} = 1200")


async def _go_back(page: "Page") -> None:
    """Until the page from before is there."""
    await page.evaluate(_LISTEN)
    await page.go_back()
    await until(page, "window.isRestored")


@_LOOKS
async def test_going_back_leads_to_where_one_was_in_the_list(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole, look: Look
) -> None:
    page = await open_console(await sign_in("dana"), look)
    await _long_list(desk, page)
    before = await page.evaluate(_SCROLLED)
    await page.locator(".row-link").nth(20).click()
    await page.wait_for_url(_TICKET)

    await _go_back(page)

    await expect(page.locator(".row")).to_have_count(30)
    assert await page.evaluate(_SCROLLED) == before


async def test_going_back_among_tickets_leaves_the_list_as_it_is(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole
) -> None:
    page = await open_console(await sign_in("dana"))
    await _long_list(desk, page)
    await page.locator(".row-link").nth(20).click()
    await page.wait_for_url(_TICKET)
    first = page.url
    await page.locator(".row-link").nth(21).click()
    await page.wait_for_url(lambda url: bool(_TICKET.search(url)) and url != first)
    await page.evaluate(f"{_SCROLLED} = 1000")

    await _go_back(page)

    assert page.url == first
    assert await page.evaluate(_SCROLLED) == 1000


async def test_a_customer_who_was_closed_does_not_come_back(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole
) -> None:
    page = await open_console(await sign_in("dana"), PHONE)
    await desk.text("hello")
    await page.goto(f"/inbox/all?channel={desk.channel.channel_id}")
    await page.locator(".row-link").tap()
    await page.wait_for_url(_TICKET)
    customer = page.locator("#customer")

    await page.locator(".ticket-side-link").tap()
    await expect(customer).to_be_visible()
    await page.go_back()
    await expect(customer).to_be_hidden()
    await page.locator(".ticket-side-link").tap()
    await customer.get_by_label("Close").tap()
    await expect(customer).to_be_hidden()
    await page.go_back()

    await page.wait_for_url("**/inbox/all**")
    await expect(page.locator(".row")).to_be_visible()


async def test_who_goes_back_and_forward_before_the_page_is_there_stays(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole
) -> None:
    page = await open_console(await sign_in("dana"))
    await desk.text("hello")
    await page.goto(f"/inbox/all?channel={desk.channel.channel_id}")
    await page.locator(".row-link").click()
    await page.wait_for_url(_TICKET)
    ticket, late = page.url, Late(page, like=lambda request: "hx-history-restore-request" in request.headers)
    await late.to(re.compile("/inbox/all"))
    await page.go_back()
    await late.sent()

    await page.go_forward()
    await late.over()

    assert page.url == ticket
    await expect(page.locator("[data-ticket-page]")).to_be_visible()


async def test_going_back_from_other_filters_leads_to_where_one_was(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole
) -> None:
    page = await open_console(await sign_in("dana"))
    await _long_list(desk, page)
    before = await page.evaluate(_SCROLLED)
    await page.evaluate(_GO, f"/inbox/all?channel={desk.channel.channel_id}&order=created")
    await page.wait_for_url("**order=created**")
    await page.evaluate(f"{_SCROLLED} = 300")

    await _go_back(page)

    assert await page.evaluate(_SCROLLED) == before


async def test_what_is_done_beside_a_ticket_is_no_step_back(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole
) -> None:
    page = await open_console(await sign_in("dana"), PHONE)
    await desk.text("hello")
    await page.goto("/inbox/all")
    await page.goto(f"/t/{(await desk.ticket()).number}")
    customer = page.locator("#customer")
    await page.locator(".ticket-side-link").tap()
    await customer.get_by_label("New note on this customer").fill("Prefers Spanish")
    await customer.get_by_role("button", name="Add note").tap()
    await expect(customer).to_contain_text("Prefers Spanish")
    await expect(customer.get_by_label("New note on this customer")).to_have_value("")

    await customer.get_by_label("Close").tap()
    await expect(customer).to_be_hidden()
    await page.go_back()

    await expect(customer).to_be_hidden()


async def test_skipping_to_the_page_leads_to_it(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    page = await open_console(await sign_in("dana"), Look(1000, 800))
    await desk.text("hello")
    await page.goto(f"/t/{(await desk.ticket()).number}")
    await page.locator(".skip-link").focus()

    await page.keyboard.press("Enter")

    await page.wait_for_url("**#main")
    assert await page.evaluate("document.activeElement.matches('.ticket-side-link')") is False


@_LOOKS
async def test_a_page_that_is_long_in_coming_is_said_to_come(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole, look: Look
) -> None:
    page, comes = await open_console(await sign_in("dana"), look), asyncio.Event()
    await desk.text("hello")
    await page.goto(f"/inbox/all?channel={desk.channel.channel_id}")

    async def late(route: Route) -> None:
        await comes.wait()
        await route.continue_()

    await intercept(page, re.compile(r"/t/\d+\?"), late, times=1)
    await page.locator(".row-link").click()

    await expect(page.locator("#coming")).to_be_visible()
    await expect(page.locator("#coming-words")).to_have_text("The page is on its way.")
    assert await axe(page) == []
    comes.set()
    await page.wait_for_url(_TICKET)
    await expect(page.locator("#coming")).to_be_hidden()
    await expect(page.locator("#coming-words")).to_be_empty()


@_LOOKS
async def test_the_bar_for_a_lost_connection_covers_nothing(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole, troubles: list[str], look: Look
) -> None:
    page = await open_console(await sign_in("dana"), look)
    await desk.text("hello")
    await page.goto(f"/t/{(await desk.ticket()).number}")
    await page.context.set_offline(True)
    await expect(page.locator("#offline")).to_be_visible()
    # With the longer of its words. What is typed is not counted meanwhile.
    async with page.expect_event("requestfailed", lambda request: "/segments" in request.url):
        await page.locator("textarea[data-draft=reply]").fill("Yes.")
    await page.locator(".pane-reply [data-submit]").click()
    await expect(page.locator("#offline")).to_contain_text("waits here")

    assert await page.evaluate(_COVERED, "a:not(.skip-link), button, summary, .ticket-name, .ticket-facts, .view") == []
    bottom = "Math.round(document.querySelector('.box').getBoundingClientRect().bottom) === innerHeight"
    assert await page.evaluate(bottom), "the box ends where the window does"
    if look is PHONE:
        await page.locator(".ticket-side-link").tap()
        await page.locator("#customer").get_by_label("Close").tap()
        await expect(page.locator("#customer")).to_be_hidden()
    await page.context.set_offline(False)
    await expect(page.locator("#offline")).to_be_hidden()
    troubles.clear()
