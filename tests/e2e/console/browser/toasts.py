"""Toasts go after six seconds, and a busy machine may need longer between two looks at one."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Page

_STAY = """{
  const begin = window.setInterval;
  window.setInterval = (run, after) => (after === 6000 ? 0 : begin(run, after));
}"""


async def toasts_stay(page: "Page") -> None:
    """On all pages that it goes to from now on."""
    await page.add_init_script(_STAY)
