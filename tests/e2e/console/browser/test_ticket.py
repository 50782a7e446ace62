"""A ticket's page in a browser."""

import asyncio
import struct
import zlib

import pytest
from playwright.async_api import Route, expect

from dev.local_stack.desk import Desk
from dev.twilio_simulator.client import MediaFile
from tests.browsers import LOOKS, NO_SCRIPTS, PHONE, WIDE, Look, axe, overflow
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


@pytest.mark.parametrize("look", [WIDE, PHONE], ids=str)
async def test_a_picture_has_its_place_before_it_is_there(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole, look: Look
) -> None:
    dana, came = await sign_in("dana"), asyncio.Event()
    await desk.text("", media=[MediaFile("image/png", _PICTURE)])
    async with asyncio.timeout(90):
        while not (await desk.messages(await desk.ticket()))[0].media[0].media_id:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    page = await open_console(dana, look)

    async def later(route: Route) -> None:
        await came.wait()
        await route.continue_()

    await page.route("**/media/**", later)
    await page.goto(f"/t/{(await desk.ticket()).number}", wait_until="domcontentloaded")
    picture = page.locator(".picture img")
    before = await picture.bounding_box()
    came.set()
    await expect(picture).to_have_js_property("complete", True)

    assert before is not None
    assert before == await picture.bounding_box()
    assert before["width"] > 250
    assert before["height"] == pytest.approx(before["width"] * 3 / 4, abs=1)


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
