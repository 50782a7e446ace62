"""What a page does by itself, in a browser: it follows, tells, and goes by keys."""

import asyncio
import re

import pytest
from playwright.async_api import Page, Route, expect

from dev.local_stack.desk import Desk, RunningStack, new_number
from tests.browsers import LOOKS, Look, axe, intercept, overflow
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.browser.late import go_on_before_the_answer
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.person import Person

_TICKET_PAGE = "[data-ticket-page]"
_REPLY = "textarea[data-draft=reply]"
_ANY_TICKET = re.compile(r"/t/\d+\b")


async def _connected(page: Page) -> None:
    """Until the page knows its place among the events."""
    await expect(page.locator("html")).to_have_attribute("data-live", "on")


async def test_a_workspace_that_is_not_ones_own_is_no_lost_connection(
    dana: Person, open_console: OpenConsole, troubles: list[str]
) -> None:
    page = await open_console(dana)
    await page.goto("/inbox/all?workspace=elsewhere")

    await _connected(page)
    await expect(page.locator("#offline")).to_be_hidden()
    troubles.clear()  # That the page is a 404 is what it is about.
    await page.get_by_role("link", name="To the inbox").click()

    await expect(page).to_have_url(re.compile("/inbox/mine$"))
    await _connected(page)


@pytest.fixture
async def dana(sign_in: SignIn) -> Person:
    return await sign_in("dana")


async def test_texts_appear_and_nothing_is_missed_while_the_stream_is_cut(
    desk: Desk, dana: Person, open_console: OpenConsole, running: RunningStack
) -> None:
    await desk.text("the first text")
    ticket = await desk.ticket()
    page = await open_console(dana)
    await page.goto(f"/t/{ticket.number}")
    await _connected(page)

    await desk.text("a second text")
    await expect(page.locator("#ticket-thread")).to_contain_text("a second text")
    await page.context.set_offline(True)
    await expect(page.locator("#offline")).to_contain_text("No connection")
    await desk.text("while it was cut off")
    await page.context.set_offline(False)

    await expect(page.locator("#ticket-thread")).to_contain_text("while it was cut off")
    await expect(page.locator("#offline")).to_be_hidden()


async def test_the_page_goes_on_when_the_console_comes_back(
    desk: Desk, dana: Person, open_console: OpenConsole, running: RunningStack, troubles: list[str]
) -> None:
    await desk.text("the first text")
    page = await open_console(dana)
    await page.goto(f"/t/{(await desk.ticket()).number}")
    await _connected(page)

    await running.stack.kill("console")
    await desk.text("while there was no console")
    await running.stack.restart("console")

    await expect(page.locator("#ticket-thread")).to_contain_text("while there was no console")
    troubles.clear()


async def test_two_people_at_a_ticket_see_each_other_and_what_crosses(
    desk: Desk, dana: Person, sign_in: SignIn, open_console: OpenConsole
) -> None:
    await desk.text("hello")
    number = (await desk.ticket()).number
    at_dana, at_sam = await open_console(dana), await open_console(await sign_in("sam"))
    for page in (at_dana, at_sam):
        await page.goto(f"/t/{number}")
        await _connected(page)

    await expect(at_dana.locator(".presence")).to_have_text("SSam is here")
    await at_sam.locator(f"{_TICKET_PAGE} textarea").first.press_sequentially("Hi")
    await expect(at_dana.locator(".presence")).to_have_text("SSam is writing")
    await expect(at_sam.locator(".presence")).to_have_text("DDana is here")

    # Both answer: whoever is second sees it before their own leaves.
    mine, send = at_dana.locator(_REPLY), at_dana.locator("[data-send-anyway]")
    await mine.press_sequentially("Good morning")
    await expect(at_sam.locator(".presence")).to_have_text("DDana is writing")
    await at_sam.keyboard.press("Control+Enter")
    await expect(at_dana.locator("[data-newer]")).to_contain_text("Hi")
    await expect(send).to_have_text("Send anyway")
    await expect(mine).to_have_value("Good morning")
    await at_dana.locator("[data-newer]").click()
    await send.click()
    for page in (at_dana, at_sam):
        await expect(page.locator(".bubble-ours .bubble-text")).to_have_text(["Hi", "Good morning"])
    assert [message.body for message in await desk.sent(2)] == ["Hi", "Good morning"]

    await at_sam.goto("/inbox/all")

    await expect(at_dana.locator(".presence")).to_be_hidden()


async def test_a_late_answer_takes_nobody_back(desk: Desk, dana: Person, open_console: OpenConsole) -> None:
    for number in range(2):
        await desk.text(f"text {number}", new_number())
    page = await open_console(dana)
    await page.goto(f"/inbox/all?channel={desk.channel.channel_id}&order=created")
    await page.locator(".row-link").first.click()
    await expect(page.locator(_TICKET_PAGE)).to_be_visible()

    second = await go_on_before_the_answer(page, r"/resolve\b", lambda: page.keyboard.press("e"))

    assert page.url == second


async def test_keys_go_everywhere_and_do_nothing_in_fields(desk: Desk, dana: Person, open_console: OpenConsole) -> None:
    texted = [await desk.text(f"text {i}", new_number()) for i in range(3)]
    page = await open_console(dana)
    await page.goto(f"/inbox/all?channel={desk.channel.channel_id}&order=created")
    await expect(page.locator(".row")).to_have_count(len(texted))

    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await expect(page.locator(_TICKET_PAGE)).to_be_visible()
    first = page.url
    await page.keyboard.press("Alt+ArrowDown")
    await expect(page).not_to_have_url(first)
    box = page.locator(f"{_TICKET_PAGE} textarea").first
    await box.fill("")
    await box.press_sequentially("gi?e")
    await expect(box).to_have_value("gi?e")
    await page.locator("body").evaluate("document.activeElement.blur()")
    await page.keyboard.press("?")
    await expect(page.locator("#shortcuts")).to_contain_text("Inbox: mine")
    assert await axe(page) == []
    await page.keyboard.press("Escape")
    await page.keyboard.press("g")
    await page.keyboard.press("u")

    await page.wait_for_url("**/inbox/unassigned**")


async def test_who_has_left_a_field_is_not_put_back_into_it(
    desk: Desk, dana: Person, open_console: OpenConsole
) -> None:
    await desk.text("the first text")
    ticket = await desk.ticket()
    page = await open_console(dana)
    await page.goto(f"/t/{ticket.number}")
    await _connected(page)
    await page.locator(_REPLY).fill("half a sentence")

    await page.locator("body").evaluate("document.activeElement.blur()")
    await desk.text("the second text")
    await expect(page.locator("[data-thread]")).to_contain_text("the second text")
    await page.keyboard.press("?")

    await expect(page.locator("#shortcuts")).to_be_visible()
    await expect(page.locator(_REPLY)).to_have_value("half a sentence")


async def test_what_a_key_opens_stays_while_a_page_arrives(desk: Desk, dana: Person, open_console: OpenConsole) -> None:
    for number in range(3):
        await desk.text(f"text {number}", new_number())
    page, released = await open_console(dana), asyncio.Event()

    async def late(route: Route) -> None:
        await released.wait()
        await route.continue_()

    async def while_a_page_is_asked_for(key: str) -> None:
        released.clear()
        before = page.url
        async with page.expect_request(_ANY_TICKET):
            await page.keyboard.press("Alt+ArrowDown")
        await page.keyboard.press(key)
        await expect(page.locator("dialog[open]")).to_be_visible()
        await page.keyboard.type("sett")
        released.set()
        await expect(page).not_to_have_url(before)
        await expect(page.locator(f"{_TICKET_PAGE} textarea").first).to_be_attached()

    await page.goto(f"/inbox/all?channel={desk.channel.channel_id}&order=created")
    await page.locator(".row-link").first.click()
    await expect(page.locator(_TICKET_PAGE)).to_be_visible()
    await intercept(page, _ANY_TICKET, late)

    await while_a_page_is_asked_for("?")
    await expect(page.locator("#shortcuts")).to_be_visible()
    await expect(page.locator("#shortcuts")).to_contain_text("Inbox: mine")
    await page.keyboard.press("Escape")
    await while_a_page_is_asked_for("Control+k")
    await expect(page.locator("#command-input")).to_have_value("sett")
    await page.keyboard.press("Enter")

    await page.wait_for_url("**/settings**")


async def test_the_command_bar_goes_does_and_searches(desk: Desk, dana: Person, open_console: OpenConsole) -> None:
    page = await open_console(dana)
    await page.goto("/me/notifications")

    await page.keyboard.press("Control+k")
    await page.locator("#command-input").fill("chann")
    assert await axe(page) == []
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/settings/channels")
    await page.keyboard.press("Control+k")
    await page.locator("#command-input").fill("cake & tea")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")

    await page.wait_for_url("**/search?q=cake+%26+tea")


async def test_single_keys_can_be_turned_off(dana: Person, open_console: OpenConsole) -> None:
    page = await open_console(dana)
    await page.goto("/me/notifications")
    await page.get_by_label("Single keys do something").uncheck()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()

    await page.goto("/me/notifications")
    await page.keyboard.press("?")
    await page.keyboard.press("Control+k")

    await expect(page.locator("#command-bar")).to_be_visible()
    await expect(page.locator("#shortcuts")).to_be_hidden()


@pytest.mark.parametrize("look", LOOKS)
async def test_the_page_of_notifications_can_be_read_by_all(
    dana: Person, open_console: OpenConsole, look: Look
) -> None:
    page = await open_console(dana, look)
    await page.goto("/me/notifications")

    assert await axe(page) == []
    assert await overflow(page) == 0


async def test_who_is_signed_out_is_asked_to_sign_in_and_comes_back(
    dana: Person, sign_in: SignIn, open_console: OpenConsole
) -> None:
    page = await open_console(dana)
    await page.goto("/inbox/all")
    await _connected(page)

    await dana.post("/sign-out")

    await page.wait_for_url("**/sign-in?next=%2Finbox%2Fall")
