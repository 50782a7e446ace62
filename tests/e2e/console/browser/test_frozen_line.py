"""A browser whose connection is frozen for a minute, while the customer goes on texting."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from dev.local_stack.desk import Desk, RunningStack
from tests.browsers import OpenPage
from tests.e2e.console.browser.line import Line, line_to
from tests.e2e.console.conftest import SignIn

_TEXTS = [f"text {number:02}" for number in range(50)]


async def _freeze(line: Line, desk: Desk) -> None:
    line.freeze()
    await desk.text(_TEXTS[0])


async def _freeze_while_the_page_is_fetched_again(line: Line, desk: Desk) -> None:
    await asyncio.gather(line.freeze_after(b"ticket-thread"), desk.text(_TEXTS[0]))


@pytest.mark.parametrize(
    "begin",
    [
        pytest.param(_freeze, id="at rest"),
        pytest.param(_freeze_while_the_page_is_fetched_again, id="in the middle of an answer"),
    ],
)
@pytest.mark.parametrize(
    "end", [pytest.param(Line.thaw, id="then it goes on"), pytest.param(Line.die, id="then it is dead")]
)
async def test_all_that_passed_meanwhile_is_shown_once_and_in_order(
    running: RunningStack,
    desk: Desk,
    sign_in: SignIn,
    open_page: OpenPage,
    begin: Callable[[Line, Desk], Awaitable[None]],
    end: Callable[[Line], None],
) -> None:
    dana = await sign_in("dana")
    await desk.text("before")
    async with line_to(running.stack.console_url) as line:
        page = await open_page(base_url=line.url)
        await page.context.add_cookies([{"name": "keva-session", "value": dana.secret, "url": line.url}])
        # The page's own clock: its minute passes at once.
        await page.clock.install()
        await page.goto(f"/t/{(await desk.ticket()).number}")
        await expect(page.locator("html")).to_have_attribute("data-live", "on")
        bubbles = page.locator(".bubble-theirs .bubble-text")
        await expect(bubbles).to_have_count(1)

        await begin(line, desk)
        for text in _TEXTS[1:]:
            await desk.text(text)
        await page.clock.fast_forward(60_000)
        await expect(bubbles).to_have_count(1)
        end(line)
        await expect(bubbles).to_have_count(1 + len(_TEXTS))

        assert await bubbles.all_inner_texts() == ["before", *_TEXTS]
        await page.goto("about:blank")
