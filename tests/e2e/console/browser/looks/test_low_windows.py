"""A ticket in a window with little room: whatever stands in it, one can send."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from dev.local_stack.desk import Desk, RunningStack
from keva.ticket.v1 import channel_service_pb2, routing_pb2, saved_reply_service_pb2, ticket_service_pb2
from tests.browsers import PHONE, WIDE, Look, overflow
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.conftest import SignIn

_REPLY = "textarea[data-draft=reply]"
_SEND = ".pane-reply [data-submit]"
_LONG = "Long “curly” 😀. " + "word " * 350
# A phone, with its keyboard and on its side, and a low window; wide phones are touched, too.
_LOW = [(390, 844), (390, 420), (375, 380), (844, 390), (1280, 600), (1280, 420)]
# What is not wholly in the window, of what has to be.
_OUT_OF_REACH = """(selectors) => selectors.flatMap((selector) =>
  [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility()).filter((one) => {
    const { top, bottom, left, right } = one.getBoundingClientRect();
    return top < 0 || left < 0 || bottom > innerHeight || right > innerWidth;
  }).map((one) => one.outerHTML.slice(0, 80)))"""
_IS_HIT = """(one) => { const box = one.getBoundingClientRect();
  return one.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)); }"""
_HEIGHT = "(one) => one.getBoundingClientRect().height"


async def _left_by_the_ai(running: RunningStack) -> tuple[Desk, ticket_service_pb2.Ticket]:
    """A ticket with the AI's draft, on a desk of its own."""
    the_ai = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)
    desk = await running.open_desk(auto_assign=the_ai, ai_autonomy=channel_service_pb2.AI_AUTONOMY_SUGGEST)
    await desk.text("Do you ship to Canada?")
    async with asyncio.timeout(90):
        while not (ticket := await desk.ticket()).hand_off_reason:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return desk, ticket


async def _send_is_reached(page: Page, where: str) -> None:
    send = page.locator(_SEND)
    out = await page.evaluate(_OUT_OF_REACH, [".box-actions > button", ".box-actions .count", ".tabs", _REPLY])
    assert out == [], where
    assert await send.evaluate(_IS_HIT), where
    assert await page.locator("[data-thread]").evaluate(_HEIGHT) >= 44, where
    assert await page.locator(_REPLY).evaluate(_HEIGHT) >= 40, where
    assert await page.locator("#main").evaluate("(one) => one.scrollHeight - one.clientHeight") == 0, where


@pytest.mark.parametrize("touched", [True, False], ids=["touched", "pointed"])
async def test_send_is_reached_in_a_low_window(
    running: RunningStack, sign_in: SignIn, open_console: OpenConsole, touched: bool
) -> None:
    dana, (desk, ticket) = await sign_in("dana"), await _left_by_the_ai(running)
    await dana.post(f"/t/{ticket.number}/tags", {"add": "shipping, canada, vip"})
    page = await open_console(dana, Look(390, 844) if touched else WIDE)
    await page.goto(f"/t/{ticket.number}")
    await expect(page.locator("#kept-suggestions")).to_have_attribute("open", "")

    for text in ("Yes.", _LONG):
        await page.locator(_REPLY).fill(text)
        await expect(page.locator(".count")).to_contain_text("1 segment" if text == "Yes." else "because of")
        for width, height in _LOW:
            await page.set_viewport_size({"width": width, "height": height})
            await _send_is_reached(page, f"{width} x {height}, {len(text)} characters")
            assert await page.locator("#kept-suggestions > summary").evaluate(_IS_HIT), (width, height)
            assert await overflow(page) == 0
    await page.locator(_SEND).click()
    # What it would leave as has no more room than is there, either.
    await expect(page.locator(".parts")).to_be_visible()
    for width, height in _LOW:
        await page.set_viewport_size({"width": width, "height": height})
        await _send_is_reached(page, f"{width} x {height}, parts")
    await desk.close()


async def test_saved_replies_leave_room_for_send(
    running: RunningStack, desk: Desk, sign_in: SignIn, open_console: OpenConsole
) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    ticket = await desk.ticket()
    for number in range(6):
        create = saved_reply_service_pb2.CreateSavedReplyRequest(
            workspace_id="default", shortcut=f"low{ticket.number}-{number}", text="On Sundays from ten."
        )
        await running.clients.saved_replies.CreateSavedReply(create)
    page = await open_console(dana, PHONE)
    await page.goto(f"/t/{ticket.number}")

    await page.locator(_REPLY).fill(_LONG)
    await page.locator(_REPLY).press_sequentially(f" /low{ticket.number}")
    await expect(page.locator(".pane-reply [data-offers] button")).to_have_count(6)

    for width, height in _LOW:
        await page.set_viewport_size({"width": width, "height": height})
        await _send_is_reached(page, f"{width} x {height}")
        assert await page.locator(".pane-reply [data-offers]").evaluate(_HEIGHT) >= 32, (width, height)


async def test_the_list_of_keys_begins_with_the_first(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    """There are more than are seen, and the first thing to press stands below them."""
    page = await open_console(await sign_in("dana"))
    await desk.text("hello")
    await page.goto(f"/t/{(await desk.ticket()).number}?view=all")

    await page.keyboard.press("?")

    await expect(page.locator("#shortcuts-title")).to_be_in_viewport(ratio=1)
    await expect(page.locator("#shortcuts-list kbd").first).to_be_in_viewport(ratio=1)
    await page.keyboard.press("Tab")
    await expect(page.locator("#shortcuts a")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("#shortcuts")).to_be_hidden()
