"""A real browser for tests, by fixtures that tests/conftest.py gives to all:

    @pytest.mark.parametrize("look", LOOKS)
    async def test_the_page_is_fit_to_be_seen(open_page: OpenPage, look: Look) -> None:
        page = await open_page(look)
        await page.goto(url)
        await expect(page.get_by_role("heading")).to_have_text("Welcome")
        assert await axe(page) == []

Each page is a browser of its own: no cookies, no cache. A test fails on whatever its pages complained about: uncaught
errors, errors in the console, what the Content-Security-Policy refused, styles, scripts and pictures that did not come.
A test that expects such says so, and empties `troubles` afterwards.
"""

import asyncio
import functools
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pytest

from dev.browser.chromium import AXE, find

if TYPE_CHECKING:
    # Imported where a browser is started: few tests need one.
    from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, Route

# A machine that is busy with other tests is slow; what never comes is a failure all the same.
_PATIENCE = 60_000  # milliseconds
_ASSETS = ("stylesheet", "script", "image", "font", "media")
_GRAVE = ("serious", "critical")


@dataclass(frozen=True)
class Look:
    """How a page is looked at. `width` and `height` are in CSS pixels; below 600 it is a phone, which is touched.
    Without `scripts` a page has to do with links and forms."""

    width: int = 1280
    height: int = 800
    theme: Literal["light", "dark"] = "light"
    scripts: bool = True

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}{'' if self.scripts else '-no-scripts'}"

    def context(self) -> dict[str, Any]:
        """The options of a browser context."""
        is_phone = self.width < 600
        return {
            "viewport": {"width": self.width, "height": self.height},
            "color_scheme": self.theme,
            "java_script_enabled": self.scripts,
            "reduced_motion": "reduce",
            "is_mobile": is_phone,
            "has_touch": is_phone,
            "locale": "en-US",
        }


WIDE = Look()
PHONE = Look(390, 844)
NO_SCRIPTS = Look(scripts=False)
# Light alone: `axe` looks at light and dark by itself.
LOOKS = [pytest.param(look, id=str(look.width)) for look in (WIDE, PHONE)]


class OpenPage(Protocol):
    """Opens an empty page in a browser context of its own. `options` are further ones of Playwright's, such as
    timezone_id or storage_state."""

    async def __call__(self, look: Look = WIDE, **options: Any) -> "Page": ...


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator["Browser"]:
    """A Chromium of this test process, started for the first test that needs it."""
    from playwright.async_api import async_playwright, expect

    expect.set_options(timeout=_PATIENCE)
    chromium = find()
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=chromium.executable,
            args=list(chromium.arguments),
            env=dict(chromium.environment),
            timeout=_PATIENCE,
        )
        yield started
        await started.close()


@pytest.fixture
def troubles() -> list[str]:
    """What the test's pages complained about so far."""
    return []


@pytest.fixture
async def open_page(browser: "Browser", troubles: list[str]) -> AsyncIterator[OpenPage]:
    """Opens pages, closes them, and fails the test on what they complained about."""
    contexts: list[BrowserContext] = []

    async def opened(look: Look = WIDE, **options: Any) -> "Page":
        context = await browser.new_context(**{**look.context(), **options})
        contexts.append(context)
        context.set_default_timeout(_PATIENCE)
        page = await context.new_page()
        _listen(context, troubles)
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert troubles == []


async def intercept(
    page: "Page", path: str | re.Pattern[str], handler: "Callable[[Route], Awaitable[object]]", times: int | None = None
) -> None:
    """Playwright's `page.route`, in force for what is pressed next, too. `route` alone returns once the browser has it.
    A busy page hears of a key before it hears of that, so the key's request left without the handler: in 3 of 20 tries
    while a script ran for 0.3 to 1 s, and in none of 300 with this."""
    await page.route(path, handler, times=times)
    await page.evaluate("1")


async def axe(page: "Page") -> list[str]:
    """What axe-core finds on the page that is serious or critical, in light and in dark: the theme, its rule and where,
    a line each. Evaluated by the debugger, which no Content-Security-Policy holds back."""
    await page.evaluate(_axe_core())
    asked_for, other = await page.evaluate(_THEMES)
    found = await _grave(page, asked_for, "{resultTypes: ['violations']}")
    try:
        # All else is the same in both: it need not be looked through twice.
        await page.emulate_media(color_scheme=other)
        return found + await _grave(page, other, f"{{resultTypes: ['violations'], runOnly: {_OF_COLOURS}}}")
    finally:
        await page.emulate_media(color_scheme=asked_for)


@functools.cache
def _axe_core() -> str:
    return AXE.read_text()


_THEMES = "matchMedia('(prefers-color-scheme: dark)').matches ? ['dark', 'light'] : ['light', 'dark']"
_OF_COLOURS = ["color-contrast", "link-in-text-block"]


async def _grave(page: "Page", theme: str, options: str) -> list[str]:
    report = await page.evaluate(f"axe.run(document, {options})")
    return [
        f"{theme}: {found['impact']}: {found['help']} ({found['id']}): {node['html'][:200]}: {node['failureSummary']}"
        for found in report["violations"]
        if found["impact"] in _GRAVE
        for node in found["nodes"]
    ]


async def overflow(page: "Page") -> int:
    """By how many CSS pixels the page, or a column of it, is wider than its window: 0 when nothing has to be scrolled
    sideways. Bars of links may."""
    return int(await page.evaluate(_OVERFLOW))


async def small_targets(page: "Page") -> list[str]:
    """What a thumb can hardly hit, a line each: below 24 CSS pixels in either direction, or below 44 in height for what
    a page is there for. Links within a sentence have the height of its lines."""
    return [str(found) for found in await page.evaluate(_SMALL_TARGETS)]


_OVERFLOW = """() => Math.max(...[document.documentElement, ...document.querySelectorAll("body *:not(nav)")]
  .filter((one) => one === document.documentElement
    || (one.checkVisibility() && /auto|scroll/.test(getComputedStyle(one).overflowX)))
  .map((one) => one.scrollWidth - one.clientWidth))"""
_SMALL_TARGETS = """() => {
  const hit = (one) => one.labels?.[0] && one.matches("[type=checkbox], [type=radio]") ? one.labels[0] : one;
  const inSentence = (one) => getComputedStyle(one).display === "inline"
    && one.parentElement.textContent.trim() !== one.textContent.trim();
  const main = ".button-primary, .rail-link, form > button, .box-actions > button, summary, .article, "
    + ".plain-list li > a, .number-row > a, input[type=checkbox], input[type=radio]";
  return [...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches(".visually-hidden, .skip-link"))
    .map((one) => [one, hit(one).getBoundingClientRect()])
    .filter(([one, box]) => box.width > 1 && !inSentence(one)
      && (box.width < 24 || box.height < (one.matches(main) ? 44 : 24)))
    .map(([one, box]) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${one.outerHTML.slice(0, 120)}`);
}"""


def _listen(context: "BrowserContext", troubles: list[str]) -> None:
    def console(message: "ConsoleMessage") -> None:
        # A page of 404 or 422 is a page; whether an asset came is seen below.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            troubles.append(f"console: {message.text}")

    def answered(response: "Response") -> None:
        if (response.status >= 400 and response.request.resource_type in _ASSETS) or response.status >= 500:
            troubles.append(f"{response.status}: {response.url}")

    def failed(request: "Request") -> None:
        # Aborted: the page was left while it loaded.
        if request.failure != "net::ERR_ABORTED" and request.resource_type in _ASSETS:
            troubles.append(f"{request.failure}: {request.url}")

    context.on("weberror", lambda error: troubles.append(f"uncaught: {error.error}"))
    context.on("console", console)
    context.on("response", answered)
    context.on("requestfailed", failed)


async def until(page: "Page", condition: str, seconds: float = _PATIENCE / 1000) -> None:
    """Until the JavaScript expression, or function, is true there; raises TimeoutError. Playwright's wait_for_function
    evaluates in the page what is not true at once, and the page's content security policy forbids that."""
    async with asyncio.timeout(seconds):
        while not await page.evaluate(condition):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
