"""Forms in a browser: what leaves by itself and what does not, what was refused, and that nothing typed goes away."""

import asyncio
import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from dev.local_stack.desk import Desk, RunningStack, new_number
from keva.ticket.v1 import saved_reply_service_pb2, ticket_service_pb2
from tests.browsers import axe
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.browser.late import go_on_before_the_answer
from tests.e2e.console.browser.writing.conftest import sign_in_elsewhere
from tests.e2e.console.person import Person

if TYPE_CHECKING:
    from playwright.async_api import Page

REPLY = "textarea[data-draft=reply]"
OURS = ".bubble-ours"
# A request that htmx is about to send.
_ASKED = "new Promise((done) => document.addEventListener('htmx:beforeRequest', () => done(1), { once: true }))"


@pytest.fixture
async def page(desk: Desk, dana: Person, open_console: OpenConsole) -> "Page":
    """A ticket with one text, connected."""
    await desk.text("hello")
    page = await open_console(dana)
    await page.goto(f"/t/{(await desk.ticket()).number}")
    await _connected(page)
    return page


async def _connected(page: "Page") -> None:
    await expect(page.locator("html")).to_have_attribute("data-live", "on")


async def _cut_off(page: "Page") -> None:
    await page.context.set_offline(True)
    await expect(page.locator("#offline")).to_be_visible()


async def _connect_again(page: "Page", troubles: list[str]) -> None:
    await page.context.set_offline(False)
    await expect(page.locator("#offline")).to_be_hidden()
    await _connected(page)
    # A draft that could not be kept meanwhile, say.
    troubles.clear()


async def _then_a_text(desk: Desk, page: "Page") -> None:
    """What was to leave before has left by then."""
    await desk.text("and then")
    await expect(page.locator("#ticket-thread")).to_contain_text("and then")


async def test_half_a_sentence_never_leaves_by_itself(desk: Desk, page: "Page", troubles: list[str]) -> None:
    await page.locator(REPLY).fill("Half a")
    await _cut_off(page)
    asked = asyncio.create_task(page.evaluate(_ASKED))
    await page.evaluate("1")
    await page.locator(REPLY).press_sequentially(" sentence")
    # How long it is, nobody can say now.
    await asked

    await _connect_again(page, troubles)
    await _then_a_text(desk, page)

    await expect(page.locator(REPLY)).to_have_value("Half a sentence")
    await expect(page.locator(OURS)).to_have_count(0)


async def test_what_was_sent_waits_for_the_connection(page: "Page", troubles: list[str]) -> None:
    await page.locator(REPLY).fill("All of it.")
    await _cut_off(page)
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("#offline")).to_contain_text("What you sent waits here")

    await _connect_again(page, troubles)

    await expect(page.locator(OURS)).to_contain_text("All of it.")
    await expect(page.locator(REPLY)).to_have_value("")


async def test_it_leaves_by_the_button_that_was_pressed(page: "Page", troubles: list[str]) -> None:
    await page.locator(REPLY).fill("To be looked at.")
    await page.locator("#menu-later summary").click()
    await _cut_off(page)
    await page.get_by_role("button", name="Look at it as it leaves").click()
    await expect(page.locator("#offline")).to_contain_text("What you sent waits here")
    await page.locator("[data-thread]").focus()

    await _connect_again(page, troubles)

    await expect(page.locator(".parts")).to_contain_text("To be looked at.")
    await expect(page.locator(OURS)).to_have_count(0)


async def test_whoever_writes_on_sends_it_again(desk: Desk, page: "Page", troubles: list[str]) -> None:
    await page.locator(REPLY).fill("No")
    await _cut_off(page)
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("#offline")).to_contain_text("What you sent waits here")
    await page.locator(REPLY).press_sequentially("t yet")
    await expect(page.locator("#offline")).not_to_contain_text("What you sent waits here")

    await _connect_again(page, troubles)
    await _then_a_text(desk, page)

    await expect(page.locator(REPLY)).to_have_value("Not yet")
    await expect(page.locator(OURS)).to_have_count(0)


async def test_forms_of_a_page_are_of_the_session_that_there_is_now(
    dana: Person, page: "Page", running: RunningStack, troubles: list[str]
) -> None:
    await sign_in_elsewhere(running, dana, page)
    await _cut_off(page)
    await _connect_again(page, troubles)

    async with page.expect_response(lambda response: response.url.endswith("/draft")) as kept:
        await page.locator(REPLY).press_sequentially("Here I am again.")
    await page.get_by_role("button", name="Send", exact=True).click()

    await expect(page.locator(OURS)).to_contain_text("Here I am again.")
    assert (await kept.value).status == 204


async def test_what_is_refused_leaves_the_page_with_what_was_typed(
    page: "Page", running: RunningStack, troubles: list[str]
) -> None:
    await page.locator(REPLY).fill("A good answer.")
    await running.stack.kill("ticket_service")

    await page.get_by_role("button", name="Send", exact=True).click()

    alert = page.locator("#not-done")
    await expect(alert).to_contain_text("ticket_service does not answer")
    assert await axe(page) == []
    await expect(page.locator(REPLY)).to_have_value("A good answer.")
    await running.stack.restart("ticket_service")
    async with asyncio.timeout(60):
        while not (await page.request.get(page.url)).ok:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await alert.get_by_role("button", name="Close").click()
    await expect(alert).to_be_hidden()
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator(OURS)).to_contain_text("A good answer.")
    troubles.clear()


async def _two_in_the_inbox(desk: Desk, page: "Page") -> str:
    """Opens the newer one. Says whose it is."""
    customer = new_number()
    await desk.text("another", customer)
    await page.goto(f"/inbox/all?channel={desk.channel.channel_id}&order=created")
    await page.locator(".row-link").first.click()
    await expect(page.locator("[data-ticket-page]")).to_be_visible()
    return customer


async def test_a_refusal_that_comes_late_is_said_where_one_is(desk: Desk, page: "Page", troubles: list[str]) -> None:
    await _two_in_the_inbox(desk, page)
    first, title = page.url, (await page.title()).removesuffix(" – Keva")
    await page.locator(REPLY).fill("long " * 700)
    second = await go_on_before_the_answer(page, r"/reply\b", lambda: page.keyboard.press("Control+Enter"))

    alert = page.locator("#not-done")
    await expect(alert).to_contain_text(f"Not done at {title}.")
    assert page.url == second
    await desk.text("and more", new_number())
    await expect(alert).to_be_visible()
    await alert.get_by_role("link").click()

    await expect(page).to_have_url(first)
    await expect(page.locator(REPLY)).to_have_value(re.compile("long long"))
    await expect(alert).to_be_hidden()
    troubles.clear()


async def test_what_was_done_is_said_where_one_is_and_can_be_taken_back(desk: Desk, page: "Page") -> None:
    await _two_in_the_inbox(desk, page)
    title = (await page.title()).removesuffix(" – Keva")

    await go_on_before_the_answer(page, r"/resolve\b", lambda: page.keyboard.press("e"))

    toast = page.locator("[data-toast]")
    await expect(toast).to_contain_text(f"{title}: Resolved.")
    await toast.get_by_role("button", name="Undo").click()
    await expect(page).to_have_title(re.compile(re.escape(title)))
    await expect(page.locator("#ticket-head")).not_to_contain_text("Resolved")


async def test_a_reply_that_has_left_late_is_no_trouble(desk: Desk, page: "Page") -> None:
    customer = await _two_in_the_inbox(desk, page)
    await page.locator(REPLY).fill("Here is the answer.")

    await go_on_before_the_answer(page, r"/reply\b", lambda: page.keyboard.press("Control+Enter"))

    await expect(page.locator("#not-done")).to_be_empty()
    assert [message.body for message in await desk.sent(1, customer)] == ["Here is the answer."]


async def test_what_failed_of_several_is_said_where_one_is(desk: Desk, page: "Page") -> None:
    closed = await desk.ticket()
    await _two_in_the_inbox(desk, page)
    for box in await page.locator(".row-check input").all():
        await box.click()
    close = ticket_service_pb2.CloseTicketRequest(workspace_id=closed.workspace_id, ticket_id=closed.ticket_id)
    await desk.clients.tickets.CloseTicket(close)

    resolve = page.locator("#several button[value=resolve]")
    await go_on_before_the_answer(page, r"/several\b", resolve.click)

    await expect(page.locator("#not-done")).to_contain_text("1 of 2 tickets resolved.")
    await expect(page.locator(".row-check input:checked")).to_have_count(0)


async def test_what_stands_in_other_fields_stays_there(desk: Desk, page: "Page") -> None:
    note, later = page.get_by_label("New note on this customer"), page.locator("input[name=send_time]")
    await note.fill("Prefers Spanish")
    await page.locator("#menu-later summary").click()
    await later.fill("2031-05-01T10:00")
    await page.keyboard.press("Escape")

    await page.locator("[data-thread]").focus()
    await page.keyboard.press("i")
    await expect(page.get_by_text("It is yours.")).to_be_visible()

    await expect(note).to_have_value("Prefers Spanish")
    await expect(later).to_have_value("2031-05-01T10:00")
    await page.get_by_role("button", name="Add note").click()
    await expect(page.locator(".customer-note")).to_contain_text("Prefers Spanish")
    await expect(note).to_have_value("")


async def test_a_placeholder_without_a_value_is_named(desk: Desk, page: "Page", running: RunningStack) -> None:
    number = (await desk.ticket()).number
    create = saved_reply_service_pb2.CreateSavedReplyRequest(
        workspace_id="default", shortcut=f"hi{number}", text="Hi {customer.name}."
    )
    await running.clients.saved_replies.CreateSavedReply(create)

    await page.locator(REPLY).press_sequentially(f"/hi{number}")
    await expect(page.locator("[data-offers] button")).to_be_visible()
    await page.keyboard.press("Enter")

    await expect(page.locator(REPLY)).to_have_value("Hi {customer.name}.")
    await expect(page.locator("[data-missing]")).to_contain_text("customer.name")


async def test_the_way_back_makes_nothing_new(desk: Desk, page: "Page") -> None:
    customer = await _two_in_the_inbox(desk, page)
    opened = page.locator("[data-ticket-page]")
    first, ticket_id = page.url, await opened.get_attribute("data-ticket-page")
    assert ticket_id
    await page.keyboard.press("Alt+ArrowDown")
    await expect(opened).not_to_have_attribute("data-ticket-page", ticket_id)
    await page.go_back()
    await expect(page).to_have_url(first)
    await expect(opened).to_have_attribute("data-ticket-page", ticket_id)
    await page.locator(REPLY).fill("Here is the answer.")
    shown = await page.locator(".bubble-text").first.inner_text()

    await desk.text("one more", customer)

    await expect(page.locator("[data-newer]")).to_contain_text("one more")
    await expect(page.locator("[data-newer]")).not_to_contain_text(shown)
