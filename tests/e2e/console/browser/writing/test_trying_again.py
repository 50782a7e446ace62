"""What has not arrived is sent again: drafts, and what waits, after pauses that grow."""

import asyncio
import re
from collections.abc import Awaitable
from datetime import timedelta
from typing import TYPE_CHECKING

from playwright.async_api import Route, expect

from dev.local_stack.desk import Desk
from servicekit.clock import utc_now
from tests.browsers import intercept
from tests.e2e.console.browser.late import Late
from tests.e2e.console.browser.writing.cut import ALERT, BAR, OURS, REPLY, TOAST, Cut, go_on, reply, waits

if TYPE_CHECKING:
    from playwright.async_api import Page

_PAUSES = [0, 2000, 4000, 8000, 16000, 30000, 30000]
# How long each try waited since the answer before, by the page's clock.
_LISTEN = """() => {
  window.pauses = [];
  let answered = 0;
  document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
    if (detail.xhr.status === 502) answered = Date.now();
  });
  document.addEventListener("keva:connect", () => { pauses.push(Date.now() - answered); });
}"""
_ANSWERED = """new Promise((done) => document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  if (detail.xhr.status === 502) done(1);
}))"""


async def test_the_pauses_grow_and_end(desk: Desk, page: "Page", troubles: list[str]) -> None:
    is_there = False

    async def gateway(route: Route) -> None:
        if is_there:
            await route.continue_()
        else:
            await route.fulfill(status=502, body="<h1>502 Bad Gateway</h1>", content_type="text/html")

    await intercept(page, re.compile(r"/reply\b"), gateway)
    await page.clock.install()
    await page.clock.pause_at(utc_now() + timedelta(seconds=1))
    await page.evaluate(_LISTEN)
    await _until_answered(page, reply(page, "It is ready."))
    while len(await page.evaluate("pauses")) < len(_PAUSES):
        await _until_answered(page, page.clock.run_for(31_000))
    is_there = True
    await page.clock.run_for(31_000)

    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    assert (await page.evaluate("pauses"))[: len(_PAUSES)] == _PAUSES
    assert [message.body for message in await desk.sent(1)] == ["It is ready."]
    troubles.clear()


async def _until_answered(page: "Page", doing: Awaitable[None]) -> None:
    answered = asyncio.create_task(page.evaluate(_ANSWERED))
    await page.evaluate("1")
    await doing
    await answered


async def test_an_answer_that_never_comes_is_not_waited_for(desk: Desk, page: "Page", troubles: list[str]) -> None:
    late = Late(page)
    await late.to("**/reply*")
    await page.clock.install()
    await reply(page, "It is ready.")
    await late.sent()

    await page.clock.fast_forward(46_000)

    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    await expect(page.locator(REPLY)).to_have_value("")
    await expect(page.locator(BAR)).to_be_hidden()
    await late.over()
    assert [message.body for message in await desk.sent(1)] == ["It is ready."]
    troubles.clear()


async def test_nor_is_one_that_was_asked_for_wherever_one_is(desk: Desk, page: "Page", troubles: list[str]) -> None:
    await page.clock.install()
    line, late = Cut(page), Late(page)
    await line.cut()
    await reply(page, "It is ready.")
    await waits(page)
    await line.mend()
    await go_on(page)
    await late.to("**/reply*")
    line.let_through()
    await late.sent()

    await page.clock.fast_forward(46_000)

    await expect(page.locator(TOAST)).to_contain_text("What waited for a connection is done.")
    await expect(page.locator(ALERT)).to_be_empty()
    await late.over()
    assert [message.body for message in await desk.sent(1)] == ["It is ready."]
    troubles.clear()


async def test_a_draft_that_could_not_be_kept_is_kept_later(page: "Page", troubles: list[str]) -> None:
    late = Late(page, {"status": 503, "body": "Not now."})
    await late.to("**/draft*")
    await page.clock.install()
    await page.locator(REPLY).fill("It is ready.")
    await late.sent()
    await late.over()
    async with page.expect_response(lambda got: "/draft" in got.url and got.ok):
        await page.clock.run_for(6000)

    await page.reload()

    await expect(page.locator(REPLY)).to_have_value("It is ready.")
    troubles.clear()
