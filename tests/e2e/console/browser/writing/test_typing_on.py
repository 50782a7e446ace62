"""Somebody goes on typing when a page or an answer comes that they have asked for before."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from dev.local_stack.desk import Desk
from servicekit.clock import utc_now
from tests.e2e.console.browser.late import Late
from tests.e2e.console.browser.writing.cut import NOTE, OURS, REPLY, TOAST, late_reply, reply
from tests.e2e.console.browser.writing.test_once import Sent

if TYPE_CHECKING:
    from playwright.async_api import Page

HEAD = "#ticket-head"


async def test_what_is_typed_on_presses_no_keys_of_the_page_that_comes(page: "Page") -> None:
    resolved, now = Sent(page, "resolve"), utc_now()
    await page.clock.set_fixed_time(now)
    late = Late(page, like=lambda request: request.headers.get("hx-boosted") == "true")
    await late.to(re.compile(r"/t/\d+\?"))
    await page.locator(REPLY).press_sequentially("One mom")
    await page.keyboard.press("Alt+ArrowUp")
    await late.sent()
    await page.keyboard.type("ent, pl")
    late.release()
    await expect(page.locator(".bubble-theirs")).to_contain_text("another")

    await page.keyboard.type("ease")

    assert await resolved.count() == 0
    await expect(page.locator(REPLY)).to_have_value("")
    await page.clock.set_fixed_time(now + timedelta(seconds=2))
    await page.keyboard.press("e")
    await expect(page.locator(HEAD)).to_contain_text("Resolved")


async def _to_me(page: "Page") -> None:
    await page.keyboard.press("i")


async def _reply(page: "Page") -> None:
    await reply(page, "It is ready.")
    await page.keyboard.press("Escape")


@pytest.mark.parametrize(
    ("do", "path", "shown"),
    [
        pytest.param(_to_me, "assign", "It is yours.", id="assign"),
        pytest.param(_reply, "reply", "It is ready.", id="reply"),
    ],
)
async def test_a_note_is_not_written_on_to_the_customer(
    page: "Page", do: Callable[["Page"], Awaitable[None]], path: str, shown: str
) -> None:
    late = Late(page, is_done=True)
    await late.to(f"**/{path}*")
    await do(page)
    await late.sent()
    await page.keyboard.press("n")
    await page.keyboard.type("Between us: ")
    await late.release_to_htmx()
    await expect(page.get_by_text(shown).first).to_be_visible()

    await page.keyboard.type("never pays")

    await expect(page.locator(NOTE)).to_have_value("Between us: never pays")
    await expect(page.locator(NOTE)).to_be_focused()
    await expect(page.locator(REPLY)).to_have_value("")


async def test_what_was_refused_is_shown_and_the_note_stays_a_draft(page: "Page") -> None:
    late = await late_reply(page, "long " * 700, is_done=True)
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await page.keyboard.type("Between us")
    await late.release_to_htmx()

    await expect(page.locator(".parts")).to_be_visible()
    await expect(page.locator(NOTE)).to_have_value("Between us")


async def test_the_caret_stays_where_one_writes(page: "Page") -> None:
    late, save = Late(page, is_done=True), Late(page)
    await late.to("**/assign*")
    # The page that comes does not know of it yet.
    await save.to("**/draft*")
    await page.keyboard.press("i")
    await late.sent()
    await page.locator(REPLY).press_sequentially("it is ready.")
    await page.keyboard.press("Home")
    await page.keyboard.type("Good")
    await late.release_to_htmx()
    await expect(page.locator(TOAST)).to_contain_text("It is yours.")

    await page.keyboard.type(" news: ")

    await expect(page.locator(REPLY)).to_have_value("Good news: it is ready.")
    save.release()


async def test_what_crosses_is_said_until_it_was_looked_at(desk: Desk, page: "Page") -> None:
    newer, send = page.locator("[data-newer]"), page.locator(".pane-reply [data-send-anyway]")
    late = Late(page, is_done=True)
    await late.to("**/assign*")
    await page.keyboard.press("i")
    await late.sent()
    await page.locator(REPLY).press_sequentially("It is ready.")
    await desk.text("No hurry, tomorrow is fine")
    await expect(newer).to_contain_text("tomorrow is fine")
    await late.release_to_htmx()
    await expect(page.locator(TOAST)).to_contain_text("It is yours.")

    await expect(newer).to_contain_text("tomorrow is fine")
    await expect(send).to_have_text("Send anyway")
    await page.locator(REPLY).press("Control+Enter")
    await expect(newer).to_contain_text("tomorrow is fine")
    await expect(page.locator(OURS)).to_have_count(0)


async def test_ones_own_reply_is_no_news(page: "Page") -> None:
    late = await late_reply(page, "It is ready.", is_done=True)

    # The page is told of it before it has the answer.
    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    await expect(page.locator("[data-newer]")).to_be_hidden()
    await late.release_to_htmx()
    await expect(page.locator(REPLY)).to_have_value("")
