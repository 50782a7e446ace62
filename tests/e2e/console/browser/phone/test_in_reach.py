"""On a phone all that a desktop has is within reach of a thumb, and seen."""

import asyncio

import pytest
from playwright.async_api import expect

from dev.local_stack.desk import Desk, RunningStack, new_number
from keva.ticket.v1 import channel_service_pb2, routing_pb2, saved_reply_service_pb2
from tests.browsers import PHONE, WIDE, Look, OpenPage, overflow
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.conftest import SignIn

_TOP = "(one) => one.getBoundingClientRect().top"
_HEIGHT = "(one) => one.getBoundingClientRect().height"


async def test_the_ai_is_asked_on_a_phone_too(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    page = await open_console(await sign_in("dana"), PHONE)
    await desk.text("hello")
    await page.goto(f"/t/{(await desk.ticket()).number}")

    await page.locator("#menu-later > summary").tap()

    await expect(page.get_by_role("button", name="Ask the AI for a draft")).to_have_count(1)
    await page.get_by_role("button", name="Ask the AI for a draft").tap()
    await expect(page.locator("#suggestion")).to_be_visible()


async def test_saved_replies_are_seen_when_they_come(
    running: RunningStack, desk: Desk, sign_in: SignIn, open_console: OpenConsole
) -> None:
    await desk.text("hello")
    ticket = await desk.ticket()
    for number in range(6):
        create = saved_reply_service_pb2.CreateSavedReplyRequest(
            workspace_id="default", shortcut=f"a-saved-reply-{ticket.number}-{number}", text="On Sundays from ten."
        )
        await running.clients.saved_replies.CreateSavedReply(create)
    page = await open_console(await sign_in("dana"), Look(390, 430))
    await page.goto(f"/t/{ticket.number}")

    await page.locator("#menu-later > summary").tap()
    await page.get_by_role("link", name="Saved replies").tap()

    await expect(page.locator("#menu-later .saved").nth(1)).to_be_in_viewport(ratio=0.9)
    lefts = await page.locator("#menu-later .saved").evaluate_all("all => all.map((one) => one.offsetLeft)")
    assert len(set(lefts)) == 1, "one below the other"


@pytest.mark.parametrize("look", [PHONE, WIDE], ids=str)
async def test_rows_stay_where_they_are_when_one_is_selected(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole, look: Look
) -> None:
    page = await open_console(await sign_in("dana"), look)
    for _ in range(4):
        await desk.text("hello", new_number())
    await page.goto(f"/inbox/all?channel={desk.channel.channel_id}")
    rows = page.locator(".row")
    before = await rows.nth(2).evaluate(_TOP)

    await rows.nth(1).locator(".row-check").click()

    await expect(page.locator(".bar")).to_be_visible()
    assert await rows.nth(2).evaluate(_TOP) == before
    await rows.nth(1).locator(".row-check").click()
    await expect(page.locator(".bar")).to_be_hidden()
    assert await rows.nth(2).evaluate(_TOP) == before


async def test_what_is_wrong_in_a_form_is_seen(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    page = await open_console(await sign_in("dana"), Look(390, 430))
    await page.goto("/new")
    await page.get_by_label("Phone number").fill("12")
    await page.get_by_label("Text", exact=True).fill("hello")

    await page.get_by_role("button", name="Send", exact=True).tap()

    await expect(page.locator("#error-to")).to_be_in_viewport(ratio=1)
    await expect(page.get_by_label("Phone number")).to_be_focused()


async def test_all_of_the_box_is_there_at_twice_the_size(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole
) -> None:
    """A phone's browser that shows pages at 200 % has half as many pixels."""
    page = await open_console(await sign_in("dana"), Look(195, 422))
    await desk.text("hello")
    await page.goto(f"/t/{(await desk.ticket()).number}")

    assert await overflow(page) == 0
    for word in (".tab >> nth=0", ".tab >> nth=1"):
        assert await page.locator(word).evaluate(_HEIGHT) <= 44, "in one line"
    for button in ("[data-submit]", "button[value=resolve]", "#menu-later > summary"):
        await expect(page.locator(f".pane-reply {button}")).to_be_in_viewport(ratio=1)
    assert await page.locator("[data-thread]").evaluate(_HEIGHT) >= 44


async def test_what_is_chosen_is_seen_in_forced_colours(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    """Backgrounds are the system's then."""
    page = await open_console(await sign_in("dana"))
    await page.emulate_media(forced_colors="active")
    for customer in (new_number(), desk.customer):
        await desk.text("hello", customer)
    number = (await desk.ticket(desk.customer)).number
    await page.goto(f"/t/{number}?view=all&channel={desk.channel.channel_id}")
    outline = "(one) => getComputedStyle(one).outlineStyle"
    rooms, views, tabs = ".rail-link", ".view", ".tab"

    for chosen in (
        f"{rooms}[aria-current]",
        f"{views}[aria-current]",
        ".row:has([aria-current])",
        f":checked + {tabs}",
    ):
        assert await page.locator(chosen).evaluate(outline) == "solid", chosen
    for other in (rooms, views, ".row", tabs):
        assert "none" in await page.locator(other).evaluate_all(f"all => all.map({outline})"), other
    await page.keyboard.press("Control+k")
    await expect(page.locator("#command-list [aria-selected=true]")).to_have_css("outline-style", "solid")


async def test_a_draft_of_the_ai_s_is_sent_without_scrolling(
    running: RunningStack, sign_in: SignIn, open_console: OpenConsole
) -> None:
    the_ai = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)
    desk = await running.open_desk(auto_assign=the_ai, ai_autonomy=channel_service_pb2.AI_AUTONOMY_SUGGEST)
    await desk.text("Do you ship to Canada?")
    async with asyncio.timeout(90):
        while not (ticket := await desk.ticket()).hand_off_reason:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    page = await open_console(await sign_in("dana"), PHONE)

    await page.goto(f"/t/{ticket.number}")

    await expect(page.get_by_role("button", name="Send it")).to_be_in_viewport(ratio=1)
    await page.set_viewport_size({"width": 390, "height": 480})
    await expect(page.locator(".suggestion-text")).to_be_in_viewport()
    await desk.close()


@pytest.mark.parametrize("part", ["span", "button"])
async def test_a_toast_that_was_tapped_goes_too(
    running: RunningStack, desk: Desk, sign_in: SignIn, open_page: OpenPage, part: str
) -> None:
    """A finger leaves no pointer behind; browsers say that it still hovers. Undo has a toast of its own."""
    dana, url = await sign_in("dana"), running.stack.console_url
    page = await open_page(PHONE, base_url=url)
    await page.context.add_cookies([{"name": "keva-session", "value": dana.secret, "url": url}])
    await page.clock.install()
    await desk.text("hello")
    await page.goto(f"/t/{(await desk.ticket()).number}")
    await page.get_by_role("button", name="Resolve", exact=True).tap()
    toast = page.locator("[data-toast]")

    await toast.locator(part).tap()
    await expect(toast).to_contain_text("Resolved." if part == "span" else "Open again.")
    await page.clock.fast_forward(6000)

    await expect(toast).to_have_count(0)
