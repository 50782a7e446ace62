"""A ticket in a browser with scripts: keys, texts that arrive meanwhile, drafts, saved replies."""

from typing import TYPE_CHECKING

from playwright.async_api import expect

from dev.local_stack.desk import Desk, RunningStack
from keva.ticket.v1 import saved_reply_service_pb2, ticket_service_pb2
from tests.browsers import PHONE
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.conftest import SignIn

if TYPE_CHECKING:
    from playwright.async_api import Page

REPLY = "textarea[data-draft=reply]"


async def _leave_fields(page: "Page") -> None:
    await page.locator("[data-thread]").focus()


async def test_a_day_at_the_keyboard(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    dana = await sign_in("dana")
    await desk.text("Are you open on Sunday?")
    number = (await desk.ticket()).number
    page = await open_console(dana)
    await page.goto(f"/t/{number}?view=all")

    await page.keyboard.press("r")
    await page.keyboard.type("Yes, from ten.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".bubble-ours")).to_contain_text("Yes, from ten.")
    await expect(page.locator(REPLY)).to_have_value("")

    await _leave_fields(page)
    await page.keyboard.press("t")
    await page.keyboard.type("hours")
    await page.keyboard.press("Enter")
    await expect(page.locator("#ticket-head")).to_contain_text("hours")

    await _leave_fields(page)
    await page.keyboard.press("n")
    await page.keyboard.type("seen")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".bubble-note")).to_contain_text("seen")

    await _leave_fields(page)
    await page.keyboard.press("e")
    await expect(page.locator("#ticket-head")).to_contain_text("Resolved")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator("#ticket-head")).to_contain_text("Waits for the customer")

    await _leave_fields(page)
    await page.keyboard.press("a")
    await expect(page.locator("#menu-assign .menu-list")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#menu-assign .menu-list")).to_be_hidden()
    assert (await desk.ticket()).state == ticket_service_pb2.TICKET_STATE_PENDING


async def test_a_text_that_crosses_a_reply_is_looked_at_first(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole
) -> None:
    dana = await sign_in("dana")
    await desk.text("I want two")
    page = await open_console(dana)
    await page.goto(f"/t/{(await desk.ticket()).number}")
    await page.locator(REPLY).fill("Two it is.")

    await desk.text("No, three")

    await expect(page.locator("[data-newer]")).to_contain_text("No, three")
    send = page.locator("[data-send-anyway]")
    await expect(send).to_have_text("Send anyway")
    await expect(page.locator(REPLY)).to_have_value("Two it is.")
    await page.locator("[data-newer]").click()
    await expect(send).to_have_text("Send")
    await send.click()
    await expect(page.locator(".bubble-ours")).to_contain_text("Two it is.")


async def test_what_was_typed_survives_everything(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    path = f"/t/{(await desk.ticket()).number}"
    page = await open_console(dana)
    await page.goto(path)

    await page.locator(REPLY).type("I will loo")
    await page.get_by_role("button", name="Resolve", exact=True).click()
    await expect(page.locator("#ticket-head")).to_contain_text("Resolved")
    await expect(page.locator(REPLY)).to_have_value("I will loo")

    async with page.expect_request(lambda request: request.url.endswith("/draft")):
        await page.locator(REPLY).type("k")
    await page.goto("/inbox/mine")
    await page.goto(path)
    await expect(page.locator(REPLY)).to_have_value("I will look")


async def test_who_reads_further_up_stays_there(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    dana = await sign_in("dana")
    for number in range(12):
        await desk.text(f"text {number}\n" + "line\n" * 8)
    page = await open_console(dana, PHONE)
    await page.goto(f"/t/{(await desk.ticket()).number}")
    scroller = page.locator("[data-thread]")
    assert await scroller.evaluate("element => element.scrollTop") == 0
    await scroller.evaluate("element => element.scrollTo(0, -600)")
    top = "id => document.getElementById(id).getBoundingClientRect().top"
    anchor = await page.locator(".bubble").nth(6).get_attribute("id")
    before = await page.evaluate(top, anchor)

    await desk.text("news")

    await expect(page.locator("[data-to-end]")).to_have_text("1 new")
    assert abs(await page.evaluate(top, anchor) - before) < 2
    await page.locator("[data-to-end]").click()
    await expect(page.locator("[data-to-end]")).to_be_hidden()
    await expect(page.locator(".bubble").last).to_be_in_viewport()


async def test_what_was_unfolded_stays_so(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    dana = await sign_in("dana")
    await desk.text("line\n" * 30)
    page = await open_console(dana)
    await page.goto(f"/t/{(await desk.ticket()).number}")
    await page.locator(".fold summary").click()
    await page.locator("#menu-more > summary").click()
    await page.locator("#menu-tags > summary").click()
    await page.keyboard.type("ho")

    await desk.text("news")
    await expect(page.locator(".bubble")).to_have_count(2)
    await page.keyboard.type("urs")

    assert await page.locator(".fold").evaluate("element => element.open")
    await expect(page.locator("#menu-tags input[name=add]")).to_have_value("hours")

    await dana.post(f"/t/{(await desk.ticket()).number}/priority", {"priority": "urgent"})
    await page.keyboard.press("Escape")
    await expect(page.locator("#ticket-head")).to_contain_text("Urgent")


async def test_saved_replies_and_colleagues_are_offered_while_one_types(
    running: RunningStack, desk: Desk, sign_in: SignIn, open_console: OpenConsole
) -> None:
    dana, eve = await sign_in("dana"), await sign_in("eve")
    await desk.text("hello")
    ticket = await desk.ticket()
    create = saved_reply_service_pb2.CreateSavedReplyRequest(
        workspace_id="default", shortcut=f"sunday{ticket.number}", text="On Sundays from ten."
    )
    await running.clients.saved_replies.CreateSavedReply(create)
    page = await open_console(dana)
    await page.goto(f"/t/{ticket.number}")

    await page.locator(REPLY).press_sequentially(f"Hi. /sunday{ticket.number}")
    await expect(page.locator(".pane-reply [data-offers] button")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.locator(REPLY)).to_have_value("Hi. On Sundays from ten.")

    await page.locator(".tab").nth(1).click()
    name = eve.agent.email.partition("@")[0]
    await page.keyboard.type(f"@{name[:9]}")
    await expect(page.locator(".pane-note [data-offers] button")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.locator("textarea[data-draft=note]")).to_have_value(f"@{name} ")
