"""What a team does on its first day at the console, step by step, in a browser. Each step goes on where the one before
has ended; how it looks is looked at on the way."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.async_api import expect

from dev.local_stack.accounts import Account
from dev.local_stack.desk import RunningStack
from tests.browsers import Look, axe, overflow, small_targets
from tests.pictures import Pictures

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

PASSWORD = "correct horse battery"
_NARROWEST = 320


@dataclass(frozen=True)
class Customer:
    """Somebody who texts. `name` is what colleagues call them; empty for what Twilio says."""

    number: str
    name: str = ""
    city: str = "Seattle"
    state: str = "WA"
    country: str = "US"


@dataclass
class Day:
    """A team of its own on a shared stack, and what it looks at. `page` is that of its administrator."""

    running: RunningStack
    organization_id: str
    workspace_id: str
    account: Account
    look: Look
    pictures: Pictures
    page: "Page"
    colleague: "Page"

    @property
    def is_phone(self) -> bool:
        """Whether there is one column at a time."""
        return self.look.width < 760

    async def show_customer(self) -> None:
        """Where there is no room for them beside the ticket, they are in a drawer."""
        if self.look.width < 1200:
            await self.press(self.page.locator(".ticket-head").get_by_role("link", name="Customer"))

    async def text(self, customer: Customer, body: str, **options: Any) -> None:
        """The customer texts the team's number."""
        place = {"FromCity": customer.city.upper(), "FromState": customer.state, "FromCountry": customer.country}
        await self.running.simulator.text(
            customer.number,
            self.account.phone_number,
            body,
            account_sid=self.account.account_sid,
            params=place,
            **options,
        )

    async def go(self, path: str) -> None:
        """Opens a page of the team's workspace."""
        mark = "&" if "?" in path else "?"
        named = "" if self.workspace_id == "default" else f"{mark}workspace={self.workspace_id}"
        await self.page.goto(path + named)

    async def live(self, page: "Page | None" = None) -> None:
        """Until the page knows its place among the events."""
        await expect((page or self.page).locator("html")).to_have_attribute("data-live", "on")

    async def press(self, button: "Locator") -> None:
        """Clicks, or taps."""
        await (button.tap() if self.is_phone else button.click())

    async def look_at(self, name: str, page: "Page | None" = None) -> None:
        """The page as it is can be read by all, fits, and has room for thumbs; a picture of it is taken if wanted."""
        page = page or self.page
        assert await axe(page) == [], name
        assert await overflow(page) == 0, name
        if self.is_phone:
            assert (small := await small_targets(page)) == [], f"{name}: {small}"
            await page.set_viewport_size({"width": _NARROWEST, "height": self.look.height})
            assert await overflow(page) == 0, f"{name}, {_NARROWEST} pixels wide"
            await page.set_viewport_size({"width": self.look.width, "height": self.look.height})
        await self.pictures.take(page, name, self.look)
