"""Both ends of a conversation, each in a browser: the customer's phone, by the link that Keva prints; the console."""

from playwright.async_api import expect

from dev.local_stack.desk import Desk, RunningStack
from tests.browsers import PHONE, OpenPage
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.conftest import SignIn


async def test_a_text_from_the_phone_is_answered_in_the_console(
    running: RunningStack, desk: Desk, sign_in: SignIn, open_page: OpenPage, open_console: OpenConsole
) -> None:
    phone = await open_page(PHONE)
    await phone.goto(running.stack.phone_link)
    await phone.get_by_text("Add a phone").click()
    await phone.get_by_label("Name").fill("A customer")
    await phone.get_by_label("Number").fill(desk.customer)
    await phone.get_by_role("button", name="Add this phone").click()
    # Each phone begins with the number that it texted last.
    await expect(phone.locator("#who")).to_have_text("A customer")
    await phone.get_by_label("To", exact=True).select_option(f"{desk.account.account_sid} {desk.account.phone_number}")
    await phone.get_by_label("Text", exact=True).fill("Are you open on Sunday?")
    await phone.get_by_role("button", name="Send").click()
    await expect(phone.get_by_role("log")).to_contain_text("taken by Keva")

    console = await open_console(await sign_in("dana"))
    await console.goto(f"/t/{(await desk.ticket()).number}")
    await expect(console.locator(".bubble-theirs")).to_contain_text("Are you open on Sunday?")
    await console.locator("form[data-box=reply] textarea[name=text]").fill("Yes, from ten.")
    await console.get_by_role("button", name="Send", exact=True).click()

    await expect(phone.get_by_role("log")).to_contain_text("Yes, from ten.")
