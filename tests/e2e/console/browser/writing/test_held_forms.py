"""What was sent without a connection, when one has gone on to another conversation before there is one again."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Dialog, Route, expect

from dev.local_stack.desk import Desk, RunningStack, new_number
from tests.browsers import OpenPage, intercept
from tests.e2e.console.browser.line import line_to
from tests.e2e.console.browser.writing.conftest import open_first, sign_in_elsewhere
from tests.e2e.console.browser.writing.cut import (
    ALERT,
    BAR,
    NOTE,
    OURS,
    REPLY,
    TOAST,
    Cut,
    come_back,
    go_on,
    reply,
    waits,
)
from tests.e2e.console.person import Person

if TYPE_CHECKING:
    from playwright.async_api import Page


async def _note(page: "Page", text: str) -> None:
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await page.locator(NOTE).fill(text)
    await page.keyboard.press("Control+Enter")


async def _note_on_the_customer(page: "Page", text: str) -> None:
    await page.get_by_label("New note on this customer").fill(text)
    await page.get_by_role("button", name="Add note").click()


async def test_a_reply_and_a_note_of_one_page_both_leave(page: "Page", troubles: list[str]) -> None:
    line = Cut(page)
    await line.cut()
    await reply(page, "It is ready.")
    await _note(page, "They were told.")
    await waits(page)

    await line.mend()
    await line.connect()

    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    await expect(page.locator(".bubble-note")).to_have_count(1)
    await expect(page.locator(".bubble-note")).to_contain_text("They were told.")
    await expect(page.locator(REPLY)).to_have_value("")
    await expect(page.locator(NOTE)).to_have_value("")
    await expect(page.locator(ALERT)).to_be_empty()
    troubles.clear()


async def test_a_gateway_that_gave_up_is_no_refusal(page: "Page", troubles: list[str]) -> None:
    line, stored = Cut(page), []
    await line.cut()
    await reply(page, "It is ready.")
    await waits(page)
    await line.mend()
    first = await go_on(page)

    async def lost(route: Route) -> None:
        stored.append((await route.fetch()).status)
        await route.fulfill(status=504, body="<h1>504 Gateway Time-out</h1>", content_type="text/html")

    await intercept(page, re.compile(r"/reply\b"), lost, times=1)
    await line.connect()

    await expect(page.locator(TOAST)).to_contain_text("What waited for a connection is done.")
    assert stored == [200]
    await expect(page.locator(ALERT)).to_be_empty()
    await page.goto(first)
    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    await expect(page.locator(REPLY)).to_have_value("")
    troubles.clear()


@pytest.mark.parametrize(
    ("send", "shown"),
    [
        pytest.param(reply, OURS, id="reply"),
        pytest.param(_note, ".bubble-note", id="note"),
        pytest.param(_note_on_the_customer, ".customer-note", id="note on the customer"),
    ],
)
async def test_it_leaves_once_and_is_told_where_one_is(
    page: "Page", troubles: list[str], send: Callable[["Page", str], Awaitable[None]], shown: str
) -> None:
    line, title = Cut(page), (await page.title()).removesuffix(" – Keva")
    await line.cut()
    await send(page, "It is ready.")
    await waits(page)

    await line.mend()
    first = await go_on(page)
    second = page.url
    await waits(page)
    await line.connect()

    told = page.locator(TOAST)
    await expect(told).to_contain_text(f"{title}: What waited for a connection is done.")
    assert page.url == second
    await told.get_by_role("link", name=title).click()
    await expect(page).to_have_url(first)
    await expect(page.locator(shown)).to_have_count(1)
    await expect(page.locator(shown)).to_contain_text("It is ready.")
    await page.reload()
    for box in (REPLY, NOTE):
        await expect(page.locator(box)).to_have_value("")
    await expect(page.locator(shown)).to_have_count(1)
    troubles.clear()


async def test_a_line_that_dies_while_it_is_sent(
    running: RunningStack, desk: Desk, dana: Person, open_page: OpenPage, troubles: list[str]
) -> None:
    await desk.text("hello")
    await desk.text("another", new_number())
    async with line_to(running.stack.console_url) as line:
        page = await open_page(base_url=line.url)
        await page.context.add_cookies([{"name": "keva-session", "value": dana.secret, "url": line.url}])
        await open_first(page, desk)
        stream = Cut(page)
        await stream.hold_back()
        line.cut()
        # The browser says nothing of a lost connection: what is sent finds out.
        await reply(page, "It is ready.")
        await waits(page)

        line.mend()
        await go_on(page)
        await stream.connect()

        await expect(page.locator(TOAST)).to_contain_text("What waited for a connection is done.")
        assert [message.body for message in await desk.sent(1)] == ["It is ready."]
        await page.goto("about:blank")
    troubles.clear()


async def test_whoever_comes_back_before_finds_it_in_the_box(desk: Desk, page: "Page", troubles: list[str]) -> None:
    line = Cut(page)
    await line.cut()
    await reply(page, "It is ready.")
    await waits(page)
    await line.mend()
    first = await go_on(page)
    await come_back(page, first)
    await expect(page.locator(REPLY)).to_have_value("It is ready.")
    # Impatience sends nothing twice.
    await page.locator(REPLY).focus()
    await page.keyboard.press("Control+Enter")

    await line.connect()

    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    await expect(page.locator(REPLY)).to_have_value("")
    assert [message.body for message in await desk.sent(1)] == ["It is ready."]
    troubles.clear()


async def test_what_is_refused_then_is_said_and_stays_a_draft(page: "Page", troubles: list[str]) -> None:
    line, title = Cut(page), (await page.title()).removesuffix(" – Keva")
    await line.cut()
    await reply(page, "long " * 700)
    await waits(page)
    await line.mend()
    first = await go_on(page)

    await line.connect()

    alert = page.locator(ALERT)
    await expect(alert).to_contain_text(f"Not done at {title}.")
    await alert.get_by_role("link", name=title).click()
    await expect(page).to_have_url(first)
    await expect(page.locator(REPLY)).to_have_value(re.compile("^long long"))
    await expect(page.locator(OURS)).to_have_count(0)
    troubles.clear()


async def test_whoever_is_signed_out_by_then_signs_in_elsewhere(
    running: RunningStack, dana: Person, page: "Page", troubles: list[str]
) -> None:
    line = Cut(page)
    await line.cut()
    await reply(page, "It is ready.")
    await waits(page)
    await dana.post("/sign-out")
    await line.mend()
    line.let_through()
    alert = page.locator(ALERT)
    await expect(alert).to_contain_text("Sign in again in another tab")
    await expect(alert.get_by_role("link", name="Sign in")).to_have_attribute("target", "_blank")

    await sign_in_elsewhere(running, dana, page)

    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    await expect(alert).to_be_hidden()
    await expect(page.locator(BAR)).to_be_hidden()
    troubles.clear()


async def test_the_browser_asks_before_it_goes_and_a_draft_stays(desk: Desk, page: "Page", troubles: list[str]) -> None:
    asked: list[str] = []

    async def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.accept()

    page.on("dialog", leave)
    line = Cut(page)
    await line.cut()
    await reply(page, "It is ready.")
    await waits(page)
    async with page.expect_response(lambda response: "/draft" in response.url and response.ok):
        await line.mend()
        await go_on(page)

    await page.reload()

    assert asked == ["beforeunload"]
    await page.go_back()
    await expect(page.locator(REPLY)).to_have_value("It is ready.")
    await expect(page.locator(OURS)).to_have_count(0)
    troubles.clear()


async def test_what_keva_cannot_take_yet_is_said_to_wait_and_leaves_once(
    desk: Desk, page: "Page", troubles: list[str]
) -> None:
    line, asked, is_there = Cut(page), asyncio.Event(), asyncio.Event()
    await line.cut()
    await reply(page, "It is ready.")
    await waits(page)
    await line.mend()
    await go_on(page)

    async def not_yet(route: Route) -> None:
        if is_there.is_set():
            return await route.continue_()
        asked.set()
        body = '<main id="main"><div data-failure><h1>Not reachable</h1></div></main>'
        return await route.fulfill(status=503, body=body, content_type="text/html")

    await intercept(page, re.compile(r"/reply\b"), not_yet)
    line.let_through()
    async with asyncio.timeout(60):
        await asked.wait()
    await desk.text("a third", new_number())
    await expect(page.get_by_role("button", name="1 new")).to_be_visible()

    await waits(page)
    await expect(page.locator(ALERT)).to_be_empty()
    is_there.set()

    await expect(page.locator(TOAST)).to_contain_text("What waited for a connection is done.")
    await expect(page.locator(BAR)).to_be_hidden()
    assert [message.body for message in await desk.sent(1)] == ["It is ready."]
    troubles.clear()


async def test_pictures_leave_with_it_and_not_with_the_next_one(desk: Desk, page: "Page", troubles: list[str]) -> None:
    line, pictures = Cut(page), page.locator("textarea[name=media_urls]")
    await line.cut()
    await page.locator("#menu-later > summary").click()
    await pictures.fill("https://example.com/a.png")
    await reply(page, "See the picture.")
    await waits(page)
    await line.mend()
    first = await go_on(page)
    await come_back(page, first)
    await expect(pictures).to_have_value("https://example.com/a.png")

    await line.connect()

    await expect(page.locator(OURS)).to_have_text(["See the picture."])
    await expect(pictures).to_have_value("")
    await expect(page.locator(REPLY)).to_have_value("")
    await reply(page, "Anything else?")
    await expect(page.locator(OURS)).to_have_text(["See the picture.", "Anything else?"])
    assert [len(message.media_urls) for message in await desk.sent(2)] == [1, 0]
    troubles.clear()
