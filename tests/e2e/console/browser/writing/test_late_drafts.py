"""What a script keeps of a draft arrives when it may: what was sent by then does not come back."""

import asyncio

from playwright.async_api import Route, expect

from dev.local_stack.desk import Desk
from tests.browsers import intercept
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.browser.late import Late
from tests.e2e.console.conftest import SignIn

REPLY = "textarea[data-draft=reply]"


async def test_a_save_that_arrives_after_the_reply_keeps_nothing(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole
) -> None:
    await desk.text("hello")
    path = f"/t/{(await desk.ticket()).number}"
    page = await open_console(await sign_in("dana"))
    save = Late(page)
    await save.to("**/draft")
    await page.goto(path)
    await page.locator(REPLY).press_sequentially("It is ready.")
    await save.sent()
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".bubble-ours")).to_contain_text("It is ready.")
    save.release()
    await save.arrived()

    await page.goto(path)

    await expect(page.locator(".bubble-ours")).to_contain_text("It is ready.")
    await expect(page.locator(REPLY)).to_have_value("")


async def test_one_save_at_a_time_and_the_last_one_counts(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole
) -> None:
    await desk.text("hello")
    page = await open_console(await sign_in("dana"))
    asked: list[str] = []
    first, released = asyncio.Event(), asyncio.Event()

    async def slow(route: Route) -> None:
        asked.append(route.request.post_data or "")
        first.set()
        await released.wait()
        await route.continue_()

    await intercept(page, "**/draft", slow)
    # The page's own clock: pauses in which nobody types pass at once.
    await page.clock.install()
    await page.goto(f"/t/{(await desk.ticket()).number}")
    await page.locator(REPLY).press_sequentially("It is")
    async with asyncio.timeout(60):
        await first.wait()
    await page.locator(REPLY).press_sequentially(" ready.")
    await page.clock.run_for(5000)
    assert len(asked) == 1
    async with page.expect_response(
        lambda got: "ready" in (got.request.post_data or "") and got.url.endswith("/draft")
    ):
        released.set()

    await page.reload()

    await expect(page.locator(REPLY)).to_have_value("It is ready.")


async def test_what_takes_its_place_is_not_overwritten(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    await desk.text("Do you ship to Canada?")
    page = await open_console(await sign_in("dana"))
    await page.goto(f"/t/{(await desk.ticket()).number}")
    await page.get_by_role("button", name="Ask the AI", exact=True).click()
    used = page.locator("#suggestion").get_by_role("button", name="Use it")
    await expect(used).to_be_visible()
    text = await page.locator("#suggestion .suggestion-text").inner_text()
    save = Late(page, like=lambda request: "by_script" in (request.post_data or ""))
    await save.to("**/draft")
    await page.locator(REPLY).press_sequentially("Half a thought")
    await save.sent()
    await used.click()
    await expect(page.locator(REPLY)).to_have_value(text)
    save.release()
    await save.arrived()

    await page.reload()

    await expect(page.locator(REPLY)).to_have_value(text)


async def test_what_is_written_while_it_is_sent_is_the_next_draft(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole
) -> None:
    await desk.text("hello")
    page = await open_console(await sign_in("dana"))
    late = Late(page)
    await late.to("**/reply")
    await page.goto(f"/t/{(await desk.ticket()).number}")
    await page.locator(REPLY).press_sequentially("It is ready.")
    await page.keyboard.press("Control+Enter")
    await late.sent()
    await page.locator(REPLY).press_sequentially(" Bring a bag")
    async with page.expect_response(
        lambda got: got.url.endswith("/draft") and "=Bring" in (got.request.post_data or "")
    ):
        late.release()

    await expect(page.locator(".bubble-ours .bubble-text")).to_have_text(["It is ready."])
    await expect(page.locator(REPLY)).to_have_value("Bring a bag")
    await page.reload()
    await expect(page.locator(REPLY)).to_have_value("Bring a bag")
