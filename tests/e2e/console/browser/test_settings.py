"""The pages of the settings in a browser."""

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from dev.local_stack.accounts import open_account
from dev.local_stack.desk import Desk, RunningStack, new_account
from tests.browsers import LOOKS, PHONE, WIDE, Look, OpenPage, axe, overflow
from tests.e2e.conftest import StartStack
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.conftest import SignIn, signing_in

if TYPE_CHECKING:
    from playwright.async_api import Page

TWILIO, CHANNELS = "/settings/integrations/twilio", "/settings/channels"


async def _visit(page: "Page", path: str) -> None:
    await page.goto(path)
    assert await axe(page) == [], path
    assert await overflow(page) == 0, path


@pytest.mark.parametrize("look", LOOKS)
async def test_they_can_be_read_by_all(
    running: RunningStack, sign_in: SignIn, open_console: OpenConsole, look: Look
) -> None:
    desk = await running.open_desk(display_name="The number on the back of every parcel " * 2)
    await desk.post({}, signature="bm90IHR3aWxpbw==")
    page = await open_console(await sign_in("dana"), look)
    account, channel = f"{TWILIO}/{desk.account.account_sid}", f"{CHANNELS}/{desk.channel.channel_id}"
    new = f"{CHANNELS}/new?account={desk.account.account_sid}"

    for path in ("/settings", TWILIO, f"{TWILIO}/connect", account, f"{account}/disconnect", CHANNELS, new):
        await _visit(page, path)
    for path in (channel, f"{channel}/remove", "/settings/troubleshooting?check=signatures", "/first-steps"):
        await _visit(page, path)
    await desk.close()


async def test_an_account_is_connected_and_a_number_added(
    running: RunningStack, sign_in: SignIn, open_console: OpenConsole
) -> None:
    account = new_account()
    await open_account(running.simulator, running.stack, account)
    page = await open_console(await sign_in("dana"), WIDE)

    await page.goto(f"{TWILIO}/connect")
    await page.get_by_label("Account SID").fill(account.account_sid)
    await page.get_by_label("Auth Token").fill("f" * 32)
    await page.get_by_role("button", name="Connect").click()
    await expect(page.get_by_role("alert")).to_contain_text("Twilio did not take this token")
    await page.get_by_label("Auth Token").fill(account.auth_token)
    await page.get_by_role("button", name="Connect").click()
    await expect(page.locator("#twilio-health")).to_contain_text("Twilio lets Keva in")

    await page.goto(f"{CHANNELS}/new")
    await page.get_by_label("Type a number").fill(account.phone_number)
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_label("Create Ticket On").select_option("New thread")
    await page.get_by_role("button", name="Add SMS Number").click()
    await expect(page.locator("#channel-check")).to_contain_text("here; no text yet")


async def test_the_webhook_url_is_copied(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    page = await open_console(await sign_in("dana"), WIDE)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.goto(f"{TWILIO}/{desk.account.account_sid}")

    copy = page.locator("[data-copy=webhook-url]")
    before = await copy.inner_text()

    await copy.dblclick()

    await expect(copy).to_have_text("Copied")
    await expect(copy).to_have_text(before)
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied == "https://sms.keva.example/api/webhooks/twilio"


async def test_first_steps_are_done_while_one_looks(start_stack: StartStack, open_page: OpenPage) -> None:
    async with start_stack() as running, signing_in(running) as sign_in:
        dana, desk = await sign_in("dana"), await running.open_desk()
        page = await open_page(WIDE, base_url=running.stack.console_url)
        await page.context.add_cookies(
            [{"name": "keva-session", "value": dana.secret, "url": running.stack.console_url, "httpOnly": True}]
        )
        await page.goto("/first-steps")
        await expect(page.locator(".step-now")).to_contain_text("Text it")

        await desk.text("hello")
        await expect(page.locator(".step-now")).to_contain_text("Answer")
        await desk.reply(await desk.ticket(), "Hello, too")
        await expect(page.locator(".step-done")).to_have_count(5)
        # Nothing of the page asks a stack that has ended.
        await page.goto("about:blank")


# The links of which all can be pressed, with nothing over them and nothing to scroll before.
_IN_SIGHT = """(selector) => [...document.querySelectorAll(selector)].filter((link) => {
  const box = link.getBoundingClientRect(), middle = (box.top + box.bottom) / 2;
  const places = [box.left + 2, (box.left + box.right) / 2, box.right - 2];
  return places.every((x) => link.contains(document.elementFromPoint(x, middle)));
}).map((link) => link.textContent)"""


@pytest.mark.parametrize("look", [WIDE, PHONE, Look(320, 640)], ids=str)
async def test_every_room_is_in_sight_from_every_room(sign_in: SignIn, open_console: OpenConsole, look: Look) -> None:
    page = await open_console(await sign_in("dana"), look)
    rooms = page.locator(".settings-room")

    for path in ("/settings", "/settings/people", "/settings/troubleshooting"):
        await page.goto(path)
        assert await page.evaluate(_IN_SIGHT, ".settings-room") == await rooms.all_text_contents(), path
        assert await overflow(page) == 0, path
