"""What becomes of a reply whose answer comes, or does not come, when one has gone on to another conversation."""

import asyncio
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import Route, expect

from dev.local_stack.desk import Desk, RunningStack
from servicekit.clock import utc_now
from tests.browsers import intercept
from tests.e2e.console.browser.late import Late
from tests.e2e.console.browser.writing.conftest import sign_in_elsewhere
from tests.e2e.console.browser.writing.cut import (
    ALERT,
    BAR,
    OURS,
    REPLY,
    TOAST,
    come_back,
    go_on,
    late_reply,
    reply,
    waits,
)
from tests.e2e.console.person import Person

if TYPE_CHECKING:
    from playwright.async_api import Page

HEAD = "#ticket-head"
_BAD_GATEWAY: dict[str, Any] = {"status": 502, "body": "<h1>502 Bad Gateway</h1>", "content_type": "text/html"}
_NOT_NOW: dict[str, Any] = {
    "status": 503,
    "body": '<main id="main"><div data-failure><h1>ticket_service does not answer</h1></div></main>',
    "content_type": "text/html",
}


async def test_a_gateway_that_has_no_console_behind_it_loses_nothing(page: "Page", troubles: list[str]) -> None:
    answered = asyncio.Event()

    async def away(route: Route) -> None:
        if answered.is_set():
            await route.continue_()
            return
        answered.set()
        await route.fulfill(**_BAD_GATEWAY)

    await intercept(page, re.compile(r"/reply\b"), away)
    await reply(page, "It is ready.")

    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    await expect(page.locator(REPLY)).to_have_value("")
    await expect(page.locator(BAR)).to_be_hidden()
    troubles.clear()


@pytest.mark.parametrize("status", [0, 502], ids=["a lost line", "a gateway"])
async def test_what_does_not_arrive_is_sent_again_wherever_one_is(
    desk: Desk, page: "Page", troubles: list[str], status: int
) -> None:
    late = await late_reply(page, "It is ready.", {} if status == 0 else _BAD_GATEWAY)
    first = await go_on(page)
    late.release()

    await expect(page.locator(TOAST)).to_contain_text("What waited for a connection is done.")
    assert [message.body for message in await desk.sent(1)] == ["It is ready."]
    await come_back(page, first)
    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    await expect(page.locator(REPLY)).to_have_value("")
    troubles.clear()


async def test_whoever_is_signed_out_by_then_loses_nothing(
    running: RunningStack, dana: Person, desk: Desk, page: "Page", troubles: list[str]
) -> None:
    late = await late_reply(page, "It is ready.")
    await go_on(page)
    await dana.post("/sign-out")
    late.release()

    await expect(page.locator(ALERT)).to_contain_text("Sign in again in another tab")
    await waits(page)
    await sign_in_elsewhere(running, dana, page)

    await expect(page.locator(TOAST)).to_contain_text("What waited for a connection is done.")
    assert [message.body for message in await desk.sent(1)] == ["It is ready."]
    troubles.clear()


@pytest.mark.parametrize("instead", [None, _NOT_NOW], ids=["by Keva", "before Keva has it"])
async def test_what_is_refused_by_then_is_a_draft(
    page: "Page", troubles: list[str], instead: dict[str, Any] | None
) -> None:
    late = await late_reply(page, "long " * 700, instead)
    first = await go_on(page)
    late.release()
    await expect(page.locator(ALERT)).to_contain_text("Not done at")

    await come_back(page, first)

    await expect(page.locator(REPLY)).to_have_value(re.compile("^long long"))
    troubles.clear()


async def test_what_one_writes_elsewhere_meanwhile_is_kept(page: "Page") -> None:
    late = await late_reply(page, "It is ready.")
    first = await go_on(page)
    second = page.url
    async with page.expect_response(lambda got: "/draft" in got.url and "Monday" in (got.request.post_data or "")):
        await page.locator(REPLY).press_sequentially("It left on Monday")
        late.release()
    await expect(page.locator(REPLY)).to_have_value("It left on Monday")

    await come_back(page, first)
    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    await page.goto(second)
    await expect(page.locator(REPLY)).to_have_value("It left on Monday")


async def test_the_box_that_one_comes_back_to_is_the_next_one(desk: Desk, page: "Page") -> None:
    late = await late_reply(page, "It is ready.", is_done=True)
    first = await go_on(page)
    await come_back(page, first)
    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    await expect(page.locator(REPLY)).to_have_value("")

    # It is not kept yet when the answer comes.
    await page.clock.install()
    await page.clock.pause_at(utc_now() + timedelta(seconds=1))
    await page.locator(REPLY).press_sequentially("It is ready. Bring a bag.")
    await late.release_to_htmx()
    async with page.expect_response(
        lambda got: "/draft" in got.url and "bag." in (got.request.post_data or "") and got.ok
    ):
        await page.clock.run_for(1000)
    await page.clock.resume()
    await page.reload()
    await expect(page.locator(REPLY)).to_have_value("It is ready. Bring a bag.")
    await page.locator(REPLY).press("Control+Enter")

    await expect(page.locator(OURS)).to_have_text(["It is ready.", "It is ready. Bring a bag."])
    assert len(await desk.sent(2)) == 2


async def test_whoever_went_back_is_not_taken_away(page: "Page") -> None:
    other = page.locator(".row-link:not([aria-current])")
    second = await other.get_attribute("href")
    await other.click()
    await expect(page.locator(".bubble-theirs")).to_contain_text("another")
    await page.locator(".row-link:not([aria-current])").click()
    await expect(page.locator(".bubble-theirs")).to_contain_text("hello")
    late = await late_reply(page, "It is ready.")
    await page.go_back()
    await expect(page.locator(".bubble-theirs")).to_contain_text("another")
    await late.release_to_htmx()

    await page.locator(REPLY).press_sequentially("Not sent yet")
    assert second is not None
    assert page.url.endswith(second)
    await expect(page.locator(".bubble-theirs")).to_contain_text("another")


async def test_undo_is_of_what_was_done_last_when_something_before_is_still_on_its_way(page: "Page") -> None:
    late = Late(page, is_done=True)
    await late.to("**/resolve*")
    await page.keyboard.press("e")
    await late.sent()
    await page.keyboard.press("i")
    await expect(page.locator(TOAST)).to_contain_text("It is yours")

    await page.keyboard.press("Control+z")

    await expect(page.locator(HEAD)).to_contain_text("Nobody’s")
    late.release()
    await expect(page.locator(HEAD)).to_contain_text("Resolved")


async def test_a_page_that_waits_does_not_go_away_by_what_a_field_asks(
    running: RunningStack, dana: Person, page: "Page", troubles: list[str]
) -> None:
    await page.locator(REPLY).press_sequentially("It is")
    await dana.post("/sign-out")
    async with page.expect_response("**/segments") as counted:
        await page.locator(REPLY).press_sequentially(" ready.")
        await page.keyboard.press("Control+Enter")
    assert (await counted.value).status == 401
    await expect(page.locator(ALERT)).to_contain_text("Sign in again in another tab")

    await sign_in_elsewhere(running, dana, page)

    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    troubles.clear()
