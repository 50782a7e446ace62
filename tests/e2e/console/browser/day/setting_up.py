"""From nothing to a number that texts come to, and a colleague."""

from playwright.async_api import expect

from dev.local_stack.accounts import open_account
from tests.e2e.console.browser.day.day import PASSWORD, Day


async def set_a_password(day: Day, link: str) -> None:
    """The first administrator comes in by the link that `keva agents add` has printed."""
    page = day.page
    await page.goto(link)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Welcome, Dana Reyes")
    await day.look_at("welcome")
    await page.get_by_label("New password").fill(PASSWORD)
    await day.press(page.get_by_role("button", name="Set password"))
    await page.wait_for_url("**/first-steps**")
    await day.look_at("first-steps")
    await day.go("/inbox/all")
    await day.look_at("inbox-empty")
    await day.press(page.get_by_role("link", name="First steps"))


async def connect_the_account(day: Day) -> None:
    """With a wrong token first."""
    page = day.page
    await open_account(day.running.simulator, day.running.stack, day.account)
    await day.press(page.get_by_role("link", name="Connect Twilio"))
    await page.get_by_label("Account SID").fill(day.account.account_sid)
    await page.get_by_label("Auth Token").fill("f" * 32)
    await day.press(page.get_by_role("button", name="Connect"))
    await expect(page.get_by_role("alert")).to_contain_text("Twilio did not take this token")
    await day.look_at("twilio-connect")
    await page.get_by_label("Auth Token").fill(day.account.auth_token)
    await day.press(page.get_by_role("button", name="Connect"))
    await expect(page.locator("#twilio-health")).to_contain_text("Twilio lets Keva in")
    await day.look_at("twilio-account")


async def add_the_number(day: Day) -> None:
    """Add SMS Number, as the customer's guide says it."""
    page = day.page
    await day.go("/settings/channels")
    await expect(page.get_by_text("Keva answers no number yet")).to_be_visible()
    await day.press(page.get_by_role("link", name="Add SMS Number"))
    await expect(page.locator(".number-row")).to_have_count(1)
    await day.look_at("channel-choose")
    await day.press(page.locator(".number-row .button"))
    await page.get_by_label("Name").fill("Support line")
    await page.get_by_label("Create Ticket On").select_option("New thread")
    await page.get_by_label("Auto-assign").select_option("nobody")
    await day.look_at("channel-add")
    await day.press(page.get_by_role("button", name="Add SMS Number"))
    await expect(page.locator("#channel-check")).to_contain_text("here; no text yet")
    await day.look_at("channel")
    await day.go("/first-steps")
    await expect(page.locator(".step-now")).to_contain_text("Text it")


async def invite_a_colleague(day: Day) -> None:
    """Sam gets a link, and comes in."""
    page, sam = day.page, day.colleague
    await day.go("/settings/people/new")
    await page.get_by_label("E-mail address").fill("sam@alder-finch.example")
    await page.get_by_label("Name").fill("Sam Okafor")
    await day.look_at("person-new")
    await day.press(page.get_by_role("button", name="Invite"))
    await day.look_at("person-link")
    await sam.goto(await page.locator("#sign-in-link").inner_text())
    await sam.get_by_label("New password").fill(PASSWORD)
    await day.press(sam.get_by_role("button", name="Set password"))
    await sam.wait_for_url("**/inbox/**")
    await day.go("/settings/people")
    await expect(page.locator("#people-list")).to_contain_text("Sam Okafor")
    await day.look_at("people")
