"""What the AI left to people, in a browser: above the reply box, and in the settings."""

import asyncio

import pytest
from playwright.async_api import expect

from dev.local_stack.desk import Desk, RunningStack
from keva.ticket.v1 import channel_service_pb2, routing_pb2, ticket_service_pb2
from tests.browsers import LOOKS, Look, axe, overflow
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.conftest import SignIn


async def _left(desk: Desk, text: str) -> ticket_service_pb2.Ticket:
    await desk.text(text)
    async with asyncio.timeout(90):
        while True:
            ticket = await desk.ticket()
            if ticket.hand_off_reason:
                return ticket
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("look", [LOOKS[0], LOOKS[-1]])
async def test_what_the_ai_left_is_used_and_taken_over(
    running: RunningStack, sign_in: SignIn, open_console: OpenConsole, look: Look
) -> None:
    the_ai = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)
    suggests = await running.open_desk(auto_assign=the_ai, ai_autonomy=channel_service_pb2.AI_AUTONOMY_SUGGEST)
    unsure = await running.open_desk(auto_assign=the_ai)
    kept = await _left(suggests, "Do you ship to Canada?")
    other = await running.open_desk(auto_assign=the_ai, ai_autonomy=channel_service_pb2.AI_AUTONOMY_SUGGEST)
    unwanted = await _left(other, "Do you ship to Canada?")
    await unsure.reply(await _left(unsure, f"Do you repair a {'zyxquv' * 30}?"), f"We do: {'zyxquv' * 30}")
    page = await open_console(await sign_in("dana"), look)

    await page.goto(f"/t/{kept.number}")
    offered = page.locator("#ticket-suggestions .suggestion-text")
    words = await offered.inner_text()
    assert await axe(page) == []
    assert await overflow(page) == 0
    await page.locator("#ticket-suggestions .meta a").first.click()
    await expect(page.locator("#meant")).to_be_in_viewport()
    await expect(page.locator("#meant .article-words")).to_contain_text("Canada")
    await expect(page.get_by_role("link", name=f"Back to ticket {kept.number}")).to_be_in_viewport()
    assert await axe(page) == []
    assert await overflow(page) == 0
    await page.get_by_role("link", name=f"Back to ticket {kept.number}").click()
    await page.get_by_role("button", name="Use it").click()
    await expect(page.locator("textarea[name=text]")).to_have_value(words)
    await suggests.reply(kept, "I have answered it.")
    await expect(offered).to_have_count(0)
    await page.goto(f"/t/{unwanted.number}")
    await page.get_by_role("button", name="Put this away").click()
    await expect(page.locator("#toast")).to_contain_text("It is put away.")
    await expect(offered).to_have_count(0)

    await page.goto("/settings/knowledge-base")
    await expect(page.locator("#question-list .to-copy").first).to_be_visible()
    assert await axe(page) == []
    assert await overflow(page) == 0
    for desk in (suggests, other, unsure):
        await desk.close()
