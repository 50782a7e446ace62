"""The pages that nobody needed on the way, and out."""

from playwright.async_api import expect

from tests.e2e.console.browser.day.day import Day

_TWILIO, _CHANNELS = "/settings/integrations/twilio", "/settings/channels"


async def look_around(day: Day) -> None:
    """Each page has something in it by now."""
    pages = {
        "settings": "/settings",
        "twilio": _TWILIO,
        "twilio-disconnect": f"{_TWILIO}/{day.account.account_sid}/disconnect",
        "channels": _CHANNELS,
        "troubleshooting": "/settings/troubleshooting?check=replies",
        "me": "/me",
        "notifications": "/me/notifications",
        "first-steps-done": "/first-steps",
        "search-nothing": "/search?q=zeppelin",
        "knowledge-base": "/settings/knowledge-base",
        "ticket-close": "/t/1/close",
        "not-there": "/settings/nothing",
    }
    for name, path in pages.items():
        await day.go(path)
        await day.look_at(name)
    await day.go(_CHANNELS)
    await day.press(day.page.locator(".card a"))
    await day.press(day.page.get_by_role("link", name="Remove"))
    await day.look_at("channel-remove")
    await day.go("/settings/people")
    await day.press(day.page.get_by_role("link", name="Change Sam Okafor"))
    await day.look_at("person")


async def look_at_a_customer(day: Day) -> None:
    """And at what forgetting them asks."""
    await day.go("/search?q=maya")
    await day.press(day.page.locator("#found-customers ~ ul a").first)
    await expect(day.page.get_by_role("heading", level=1)).to_have_text("Maya Lindqvist")
    await day.look_at("customer")
    await day.press(day.page.get_by_role("link", name="Forget…"))
    await day.look_at("customer-forget")


async def sign_out(day: Day) -> None:
    """And nothing is shown any more."""
    await day.go("/me")
    await day.press(day.page.get_by_role("button", name="Sign out", exact=True))
    await day.page.wait_for_url("**/sign-in")
    await day.look_at("sign-in")
    await day.go("/inbox/all")
    await day.page.wait_for_url("**/sign-in?next=**")
