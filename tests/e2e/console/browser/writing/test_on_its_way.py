"""What somebody does while the answer to a form is on its way."""

import asyncio
from typing import TYPE_CHECKING

from playwright.async_api import Route, expect

from dev.local_stack.desk import Desk, RunningStack, new_number
from tests.browsers import intercept
from tests.e2e.console.browser.late import Late
from tests.e2e.console.browser.writing.conftest import sign_in_elsewhere
from tests.e2e.console.browser.writing.cut import ALERT, BAR, OURS, REPLY, TOAST, come_back, go_on, late_reply, reply
from tests.e2e.console.person import Person

if TYPE_CHECKING:
    from playwright.async_api import Page

HEAD = "#ticket-head"


async def _urgent(page: "Page") -> None:
    """By the mouse, out of the box."""
    await page.locator("#menu-more > summary").click()
    await page.locator("#menu-priority > summary").click()
    await page.locator("#menu-priority").get_by_role("button", name="Urgent").click()
    await expect(page.locator(f"{HEAD} .badge-red")).to_contain_text("Urgent")


async def test_undo_is_of_what_is_on_its_way_and_not_of_what_was_before(page: "Page") -> None:
    head = page.locator(HEAD)
    await page.keyboard.press("i")
    await expect(page.locator(TOAST)).to_contain_text("Undo")
    late = Late(page, is_done=True)
    await late.to("**/resolve*")
    await page.keyboard.press("e")
    await late.sent()

    await page.keyboard.press("Control+z")
    late.release()

    await expect(page.locator(TOAST)).to_contain_text("Open again.")
    await expect(head).to_contain_text("Open")
    await expect(head).to_contain_text("Yours")


async def test_undo_twice_takes_back_once(page: "Page") -> None:
    await page.keyboard.press("e")
    await expect(page.locator(TOAST)).to_contain_text("Undo")
    late = Late(page, is_done=True)
    await late.to("**/reopen*")
    await page.keyboard.press("Control+z")
    await late.sent()

    await page.keyboard.press("Control+z")
    late.release()

    await expect(page.locator(TOAST)).to_contain_text("Open again.")
    await expect(page.locator(HEAD)).to_contain_text("Open")


async def test_another_page_that_comes_first_does_not_bring_a_reply_back(page: "Page") -> None:
    late = await late_reply(page, "It is ready.", is_done=True)

    await _urgent(page)
    late.release()

    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    await expect(page.locator(REPLY)).to_have_value("")
    await page.reload()
    await expect(page.locator(REPLY)).to_have_value("")


async def test_sent_again_after_another_page_it_leaves_once(desk: Desk, page: "Page") -> None:
    late = await late_reply(page, "It is ready.", is_done=True)
    await _urgent(page)
    await reply(page, "It is ready.")

    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    late.release()

    await desk.text("and then")
    await expect(page.locator("#ticket-thread")).to_contain_text("and then")
    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    assert [message.body for message in await desk.sent(1)] == ["It is ready."]


async def test_whoever_comes_back_before_it_is_kept_sees_what_they_wrote(page: "Page") -> None:
    save = Late(page, like=lambda request: "Monday" in (request.post_data or ""))
    await save.to("**/draft*")
    async with page.expect_response("**/draft*"):
        await page.locator(REPLY).press_sequentially("Dear customer")
    await page.locator(REPLY).press_sequentially(", it left on Monday")
    await save.sent()
    first = await go_on(page)
    await come_back(page, first)

    await expect(page.locator(REPLY)).to_have_value("Dear customer, it left on Monday")
    await page.locator(REPLY).press_sequentially(".")
    async with page.expect_response(
        lambda got: "/draft" in got.url and "Monday." in (got.request.post_data or "").replace("+", " ")
    ):
        save.release()
    await page.reload()
    await expect(page.locator(REPLY)).to_have_value("Dear customer, it left on Monday.")


async def test_a_save_of_the_box_before_one_went_away_keeps_nothing_once_it_is_sent(page: "Page") -> None:
    save = Late(page)
    await save.to("**/draft*")
    await page.locator(REPLY).press_sequentially("It is ready.")
    await save.sent()
    first = await go_on(page)
    await come_back(page, first)
    await reply(page, "It is ready.")
    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    save.release()
    await save.arrived()

    await page.goto(first)

    await expect(page.locator(REPLY)).to_have_value("")


async def test_whoever_is_signed_out_when_they_send_it_signs_in_elsewhere(
    running: RunningStack, dana: Person, page: "Page", troubles: list[str]
) -> None:
    await page.locator(REPLY).fill("It is ready.")
    await dana.post("/sign-out")
    await page.locator(REPLY).press("Control+Enter")
    alert = page.locator(ALERT)
    await expect(alert).to_contain_text("Sign in again in another tab")
    await expect(page.locator(REPLY)).to_have_value("It is ready.")

    await sign_in_elsewhere(running, dana, page)

    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    await expect(page.locator(REPLY)).to_have_value("")
    await expect(alert).to_be_hidden()
    await expect(page.locator(BAR)).to_be_hidden()
    troubles.clear()


async def test_a_page_with_a_reply_on_its_way_does_not_go_away_to_sign_in(
    desk: Desk, page: "Page", troubles: list[str]
) -> None:
    late = await late_reply(page, "It is ready.")
    asked = asyncio.Event()

    async def ended(route: Route) -> None:
        if asked.is_set():
            await route.fallback()
            return
        await route.fulfill(status=401, headers={"HX-Redirect": "/sign-in"}, body="Sign in again.")
        asked.set()

    # What the page asks by itself finds no session; the reply still has one.
    await intercept(page, "**/inbox/*", ended)
    await desk.text("a third", new_number())
    async with asyncio.timeout(60):
        await asked.wait()
    await expect(page.locator(ALERT)).to_contain_text("Sign in again in another tab")
    late.release()

    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    troubles.clear()
