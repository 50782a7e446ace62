"""Somebody at the console who has a keyboard, and no mouse."""

import re
from typing import TYPE_CHECKING

from playwright.async_api import expect

from tests.browsers import until

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

# What a page has of things that Tab stops at, and more.
_MOST_STOPS = 120
_PATIENCE = 60  # seconds
_HAS_FOCUS = "element => element === document.activeElement"
# What has the focus is there, in the window, and has a ring: a field that is not shown itself leaves it to its label.
_FOCUS_IS_SEEN = """() => {
  const element = document.activeElement;
  if (!element || element === document.body || !element.checkVisibility()) return false;
  const shown = element.matches(".visually-hidden") ? element.nextElementSibling : element;
  const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
    && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
}"""


class Hands:
    """Presses keys. Each `press`, `write` and `tab_to` leaves the focus somewhere that can be seen. `pressed`: what was
    pressed so far, one after the other as one, such as `g i`."""

    def __init__(self, page: "Page") -> None:
        self.page = page
        self.pressed: set[str] = set()

    async def press(self, keys: str, shows: "Locator | None" = None, text: str = "", url: str = "") -> None:
        """Presses `keys`, with spaces between those that come one after the other. What that makes must come: an
        element, with a text in it, or another address."""
        self.pressed.add(keys)
        for key in keys.split(" "):
            await self.page.keyboard.press(key)
        if url:
            await self.page.wait_for_url(url)
        if shows is not None:
            # Both at once: a toast is gone again after six seconds.
            await expect(shows.filter(has_text=re.compile(re.escape(text))).first).to_be_visible()
        await self.keeps_focus()

    async def write(self, text: str) -> None:
        """Types into what has the focus."""
        await self.page.keyboard.type(text)
        await self.keeps_focus()

    async def tab_to(self, target: "Locator", *, back: bool = False) -> None:
        """Goes by Tab until the focus is there. Raises AssertionError when Tab never leads there."""
        for _ in range(_MOST_STOPS):
            if await target.evaluate(_HAS_FOCUS):
                return
            await self.page.keyboard.press("Shift+Tab" if back else "Tab")
            await self.keeps_focus()
        raise AssertionError(f"Tab does not lead to {target}")

    async def keeps_focus(self) -> None:
        """The focus is somewhere, and one sees where."""
        try:
            await until(self.page, _FOCUS_IS_SEEN, _PATIENCE)
        except TimeoutError as error:
            where = await self.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
            raise AssertionError(f"The focus cannot be seen, it is at {where}") from error
