"""A ticket's page in a browser."""

import asyncio
import struct
import zlib

import pytest
from playwright.async_api import Page, Route, expect

from dev.local_stack.desk import Desk
from dev.twilio_simulator.client import MediaFile
from keva.ticket.v1 import customer_note_pb2
from tests.browsers import LOOKS, NO_SCRIPTS, PHONE, WIDE, Look, axe, intercept, overflow
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.conftest import SignIn


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


# 600 by 800 pixels of grey.
_PICTURE = b"".join(
    (
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">IIBBBBB", 600, 800, 8, 0, 0, 0, 0)),
        _chunk(b"IDAT", zlib.compress((b"\0" + b"\x80" * 600) * 800)),
        _chunk(b"IEND", b""),
    )
)


# By how much the page is longer than its window: its columns scroll, and it never does.
_LONGER = "document.scrollingElement.scrollHeight - innerHeight"


@pytest.mark.parametrize("look", LOOKS)
async def test_it_can_be_read_by_all(desk: Desk, sign_in: SignIn, open_console: OpenConsole, look: Look) -> None:
    dana = await sign_in("dana")
    await desk.text("Are you open on Sunday?")
    number = (await desk.ticket()).number
    page = await open_console(dana, look)

    await page.goto(f"/t/{number}")

    await expect(page.locator(".bubble-theirs")).to_contain_text("Are you open on Sunday?")
    assert await axe(page) == []
    assert await overflow(page) == 0


async def _stored(desk: Desk) -> None:
    """Until the first text's attachment is there."""
    async with asyncio.timeout(90):
        while not (await desk.messages(await desk.ticket()))[0].media[0].media_id:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("look", [WIDE, PHONE], ids=str)
async def test_what_one_reads_stays_when_a_picture_comes(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole, look: Look
) -> None:
    dana, came = await sign_in("dana"), asyncio.Event()
    await desk.text("", media=[MediaFile("image/png", _PICTURE)])
    await _stored(desk)
    await desk.text("That is it.")
    page = await open_console(dana, look)

    async def later(route: Route) -> None:
        await came.wait()
        await route.continue_()

    await intercept(page, "**/media/**", later)
    await page.goto(f"/t/{(await desk.ticket()).number}", wait_until="domcontentloaded")
    read = page.get_by_text("That is it.")
    await expect(read).to_be_in_viewport()
    before = await read.bounding_box()
    came.set()
    await expect(page.locator(".picture img")).to_have_js_property("naturalWidth", 600)

    assert before == await read.bounding_box()


async def test_a_picture_that_cannot_be_shown_gives_its_place_to_the_file(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole
) -> None:
    dana = await sign_in("dana")
    await desk.text("look", media=[MediaFile("image/png", _PICTURE[:20])])
    await _stored(desk)
    page = await open_console(dana, Look(390, 844, "dark"))
    await page.goto(f"/t/{(await desk.ticket()).number}")
    lost = page.locator("[data-lost-picture]")

    await expect(lost).to_contain_text("This picture cannot be shown. Save the file")
    await expect(page.locator(".picture")).to_be_hidden()
    # Fetched again, it stays so.
    await desk.text("and this")
    await expect(page.locator(".bubble-theirs")).to_have_count(2)
    await expect(lost).to_be_visible()
    await expect(page.locator(".picture")).to_be_hidden()
    assert await axe(page) == []


@pytest.mark.parametrize("look", [Look(theme="dark"), Look(390, 844, "dark")], ids=str)
async def test_long_names_fit_into_menus_and_toasts_leave_the_head_free(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole, look: Look
) -> None:
    dana, tag = await sign_in("dana"), f"tag{'g' * 40}"
    colleague = await sign_in("sam", display_name=f"Sam{'a' * 97}")
    await desk.text("hello")
    page = await open_console(dana, look)
    await page.goto(f"/t/{(await desk.ticket()).number}")

    await page.get_by_title("Assign", exact=True).click()
    choice = page.locator(f'button[value="agent:{colleague.agent.agent_id}"]')
    await expect(choice).to_be_visible()
    assert await choice.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    menu, main = (
        await page.locator("#menu-assign .menu-list").bounding_box(),
        await page.locator("#main").bounding_box(),
    )
    assert menu
    assert main
    assert main["x"] <= menu["x"]
    assert menu["x"] + menu["width"] <= main["x"] + main["width"]
    assert await overflow(page) == 0
    assert await axe(page) == []
    await choice.click()
    await expect(page.locator(".ticket-whose")).to_have_text(colleague.agent.display_name)
    await page.get_by_title("More", exact=True).click()
    await page.get_by_title("Tags", exact=True).click()
    await page.get_by_label("Add tags, with commas between").fill(tag)
    await page.get_by_role("button", name="Add", exact=True).click()

    await expect(page.locator("#toast")).to_contain_text("Tags changed.")
    # On a phone it stands below the head, however high that is.
    head, toast = await page.locator(".ticket-head").bounding_box(), await page.locator(".toast").bounding_box()
    assert head
    assert toast
    assert look.width > 760 or toast["y"] >= head["y"] + head["height"]
    assert await overflow(page) == 0
    assert await axe(page) == []


# Timers of six seconds end when the test says so.
_TIMERS = """
    window.ends = [];
    const { setInterval, clearInterval } = window;
    window.setInterval = (run, after) => (after === 6000 ? -window.ends.push(run) : setInterval(run, after));
    window.clearInterval = (id) => (id < 0 ? (window.ends[-id - 1] = () => {}) : clearInterval(id));
"""


async def test_a_toast_is_not_taken_away_by_the_seconds_of_the_last_one(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole
) -> None:
    dana = await sign_in("dana")
    await desk.text("Are you open on Sunday?")
    page = await open_console(dana, WIDE)
    await page.add_init_script(_TIMERS)
    await page.goto(f"/t/{(await desk.ticket()).number}")
    toast = page.locator("#toast")

    await page.get_by_role("button", name="Resolve", exact=True).click()
    await expect(toast).to_contain_text("Undo")
    # By its key: a toast that the mouse points at stays.
    await page.keyboard.press("Control+z")
    await expect(toast).to_contain_text("Open again.")
    await expect(page.locator("[data-watched]")).to_be_visible()
    await page.evaluate("window.ends.slice(0, -1).forEach((end) => end())")

    await expect(toast).to_contain_text("Open again.")
    await page.evaluate("window.ends.at(-1)()")
    await expect(toast).not_to_contain_text("Open again.")


async def test_it_is_answered_without_scripts(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    dana = await sign_in("dana")
    await desk.text("Are you open on Sunday?")
    number = (await desk.ticket()).number
    page = await open_console(dana, NO_SCRIPTS)

    await page.goto(f"/t/{number}")
    await page.locator("form[data-box=reply] textarea[name=text]").fill("Yes, from ten.")
    await page.get_by_role("button", name="Send", exact=True).click()

    await expect(page.locator(".bubble-ours")).to_contain_text("Yes, from ten.")
    (sent,) = await desk.sent(1)
    assert sent.body == "Yes, from ten."


async def _faults(page: Page) -> tuple[list[str], int, int]:
    return await axe(page), await overflow(page), int(await page.evaluate(_LONGER))


@pytest.mark.parametrize("look", LOOKS)
async def test_many_notes_are_read_in_their_column(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole, look: Look
) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    ticket = await desk.ticket()
    for number in range(1, 42):
        noted = customer_note_pb2.AddCustomerNoteRequest(
            workspace_id=ticket.workspace_id, customer_id=ticket.customer_id, text=f"note {number}"
        )
        await desk.clients.tickets.AddCustomerNote(noted)
    page = await open_console(dana, look)

    await page.goto(f"/t/{ticket.number}#customer")
    beside = await _faults(page)
    await page.get_by_role("link", name="Older notes").click()
    await expect(page.get_by_text("note 22", exact=True)).to_be_visible()
    own = await _faults(page)
    await page.get_by_role("link", name="Older notes").click()
    await expect(page.get_by_text("note 21", exact=True)).to_be_visible()
    await page.get_by_role("link", name="Older notes").click()
    await expect(page.get_by_text("note 1", exact=True)).to_be_visible()
    await page.get_by_role("link", name="Newest notes").click()
    await expect(page.get_by_text("note 41", exact=True)).to_be_visible()

    assert (beside, own) == (([], 0, 0), ([], 0, 0))
