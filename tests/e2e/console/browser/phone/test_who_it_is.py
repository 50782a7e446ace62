"""Wherever a customer is named, one knows which one it is."""

from playwright.async_api import expect

from console.words.phone_numbers import international
from dev.local_stack.desk import Desk
from tests.browsers import PHONE, small_targets
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.conftest import SignIn


async def test_a_customer_without_a_name_is_told_from_others(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole
) -> None:
    page = await open_console(await sign_in("dana"), PHONE)
    await desk.text("where is my quince jelly")
    ticket = await desk.ticket()
    number = international(ticket.customer_address)
    await page.goto(f"/t/{ticket.number}")

    await expect(page.locator(".ticket-name")).to_have_text(number)
    await expect(page).to_have_title(f"#{ticket.number} {number} – Keva")
    await expect(page.locator("textarea[data-draft=reply]")).to_have_attribute("placeholder", f"Reply to {number}")
    await page.locator(".ticket-side-link").tap()
    await expect(page.locator(".side-title")).to_have_text(number)
    await page.goto(f"/c/{ticket.customer_id}")
    await expect(page.get_by_role("heading", level=1)).to_have_text(number)
    # A phone can call it.
    assert await small_targets(page) == []
    await expect(page.get_by_role("link", name=number)).to_have_attribute("href", f"tel:{ticket.customer_address}")
    await page.goto("/search?q=quince")
    await expect(page.locator(".found-name", has_text=number)).to_have_count(1)
    # By what Twilio says of the place.
    await page.goto("/search?q=us")
    await expect(page.locator(".found-place mark").first).to_have_text("US")
