"""The inbox, a new conversation and the search in a browser."""

import pytest
from playwright.async_api import Page, expect

from console.words.phone_numbers import international
from dev.local_stack.desk import Desk, new_number
from keva.ticket.v1 import ticket_service_pb2
from tests.browsers import LOOKS, NO_SCRIPTS, Look, axe, overflow
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.conftest import SignIn


async def _open(page: Page, desk: Desk) -> None:
    await page.goto(f"/inbox/all?channel={desk.channel.channel_id}&order=created")


@pytest.mark.parametrize("look", LOOKS)
async def test_its_pages_can_be_read_by_all(desk: Desk, sign_in: SignIn, open_console: OpenConsole, look: Look) -> None:
    dana = await sign_in("dana")
    await desk.text("Is my cake ready? " * 20)
    await desk.text("W" * 300, new_number())
    page = await open_console(dana, look)

    for path in ("/inbox/all", "/inbox/snoozed", "/new", "/search?q=cake", "/search"):
        await page.goto(path)
        assert await axe(page) == [], path
        assert await overflow(page) == 0, path


async def test_rows_are_selected_by_click_shift_and_key(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    dana = await sign_in("dana")
    for i in range(4):
        await desk.text(f"text {i}", new_number())
    page = await open_console(dana)
    await _open(page, desk)
    boxes, chosen = page.locator(".row-check input"), page.locator(".row-check input:checked")
    await expect(page.get_by_role("group", name="Selected tickets")).to_be_hidden()

    await boxes.nth(0).click()
    await boxes.nth(2).click(modifiers=["Shift"])
    await expect(chosen).to_have_count(3)
    await expect(page.locator("[data-selected]")).to_have_text("3 selected")
    await page.locator(".row-link").nth(3).focus()
    await page.keyboard.press("x")
    await expect(chosen).to_have_count(4)
    await page.get_by_role("button", name="Resolve", exact=True).click()

    await expect(page.get_by_text("4 tickets resolved.")).to_be_visible()
    await expect(chosen).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_text("Taken back.")).to_be_visible()
    await expect(page.locator(".row-settled")).to_have_count(0)


async def test_what_is_selected_follows_whoever_selects_and_nobody_else(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole
) -> None:
    dana = await sign_in("dana")
    for i in range(3):
        await desk.text(f"text {i}", new_number())
    page = await open_console(dana)
    await _open(page, desk)
    boxes, chosen = page.locator(".row-check input"), page.locator(".row-check input:checked")
    await boxes.nth(0).click()
    await boxes.nth(1).click()
    await page.locator(".row-link").nth(2).click()
    await expect(page.locator("[data-ticket-page]")).to_be_visible()
    await boxes.nth(0).click()

    # News of another ticket: counts and list are fetched again.
    await desk.text("one more", new_number())
    await page.get_by_role("button", name="1 new").click()

    await expect(page.locator(".row")).to_have_count(4)
    await expect(chosen).to_have_count(1)
    await expect(page.locator(".row", has_text="text 1").locator("input")).to_be_checked()


async def test_enter_in_the_tag_tags(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    page = await open_console(dana)
    await _open(page, desk)
    await page.locator(".row-check input").click()
    await page.locator("#several-more summary").click()

    await page.get_by_label("Tag", exact=True).last.fill("vip")
    await page.keyboard.press("Enter")

    await expect(page.get_by_text("1 ticket tagged.")).to_be_visible()
    ticket = await desk.ticket()
    assert (list(ticket.tags), ticket.state) == (["vip"], ticket_service_pb2.TICKET_STATE_OPEN)


async def test_keys_send_a_first_text_now(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    dana = await sign_in("dana")
    page = await open_console(dana)
    await page.goto("/new")
    await page.get_by_label("Phone number").fill(new_number())
    await page.get_by_label("From", exact=True).select_option(desk.channel.channel_id)
    await page.get_by_label("Why they may be texted").fill("Asked for it on the phone")
    await page.get_by_label("Text", exact=True).fill("Your cake is ready.")

    await page.keyboard.press("Control+Enter")

    await expect(page.locator(".bubble-ours")).to_contain_text("Your cake is ready.")
    await expect(page.locator(".scheduled")).to_have_count(0)


async def test_the_list_stands_still_under_the_pointer(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    dana = await sign_in("dana")
    await desk.text("the first")
    page = await open_console(dana)
    await _open(page, desk)
    await page.locator(".row").hover()

    await desk.text("the second", new_number())
    await expect(page.get_by_role("button", name="1 new")).to_be_visible()
    await expect(page.locator(".row")).to_have_count(1)
    await page.mouse.move(1000, 400)

    await expect(page.locator(".row")).to_have_count(2)
    await expect(page.get_by_role("button", name="1 new")).to_be_hidden()


async def _fifty_and(more: int, desk: Desk) -> list[str]:
    """So many conversations, the oldest first; whose they are."""
    customers = [new_number() for _ in range(50 + more)]
    for customer in customers:
        await desk.text("hello", customer)
    return customers


async def test_what_moves_up_is_no_news(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    dana = await sign_in("dana")
    customers = await _fifty_and(1, desk)
    page = await open_console(dana)
    await page.goto(f"/inbox/waiting?channel={desk.channel.channel_id}&order=waiting")
    await expect(page.locator(".row")).to_have_count(50)
    await page.locator(".row").nth(1).hover()
    news = page.locator("[data-news]")

    first = await desk.ticket(customers[0])
    named = {"workspace_id": first.workspace_id, "ticket_id": first.ticket_id}
    await desk.clients.tickets.ResolveTicket(ticket_service_pb2.ResolveTicketRequest(**named))
    await expect(news).to_have_text("The list has changed")
    await expect(page.locator(".row")).to_have_count(50)
    await news.click()

    await expect(page.locator(f"#row-{first.ticket_id}")).to_have_count(0)
    await expect(news).to_be_hidden()


async def test_what_came_below_the_list_is_news(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    dana = await sign_in("dana")
    await _fifty_and(1, desk)
    page = await open_console(dana)
    await page.goto(f"/inbox/waiting?channel={desk.channel.channel_id}&order=waiting")
    await expect(page.locator(".row")).to_have_count(50)
    await page.locator(".row").nth(1).hover()

    await desk.text("hello", new_number())
    await expect(page.get_by_role("button", name="1 new")).to_be_visible()
    await desk.text("hello", new_number())

    await expect(page.get_by_role("button", name="2 new")).to_be_visible()


async def test_several_are_resolved_without_scripts(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    page = await open_console(dana, NO_SCRIPTS)
    await _open(page, desk)

    await page.locator(".row-check input").check()
    await page.get_by_role("button", name="Resolve", exact=True).click()

    await expect(page.get_by_text("1 ticket resolved.")).to_be_visible()


async def test_what_a_text_costs_is_said_while_it_is_written(
    sign_in: SignIn, desk: Desk, open_console: OpenConsole
) -> None:
    dana = await sign_in("dana")
    page = await open_console(dana)
    await page.goto("/new")

    await page.get_by_label("Text", exact=True).press_sequentially("Hello")
    await expect(page.locator("#text-count")).to_have_text("1 segment")
    await page.get_by_label("Text", exact=True).fill("ж" * 100)

    await expect(page.locator("#text-count")).to_contain_text("2 segments, because of ж")
    assert desk.channel.display_name in await page.get_by_label("From", exact=True).inner_text()


# What a row shows in full: the words of those elements of which nothing is cut off or covered.
_SEEN = """(selector) => [...document.querySelectorAll(selector)].filter((element) => {
  const words = document.createRange();
  words.selectNodeContents(element);
  const box = words.getBoundingClientRect();
  const at = (x) => element.contains(document.elementFromPoint(x, (box.top + box.bottom) / 2));
  return box.width && at(box.left + 1) && at(box.right - 1);
}).map((element) => element.textContent)"""


@pytest.mark.parametrize("look", LOOKS)
async def test_who_has_no_name_is_told_apart_however_long_they_wait(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole, look: Look
) -> None:
    dana = await sign_in("dana")
    numbers = [new_number(), new_number()]
    place = {"FromCity": "SAN FRANCISCO", "FromState": "CA", "FromCountry": "US"}
    for number in numbers:
        await desk.text("hello", number, params=place)
    page = await open_console(dana, look)
    await _open(page, desk)
    await expect(page.locator(".row")).to_have_count(2)

    await page.locator(".row-time").evaluate_all(
        "(all) => all.forEach((time) => time.textContent = 'waiting 23 h 59 min')"
    )

    assert await page.evaluate(_SEEN, ".row-name") == [international(number) for number in reversed(numbers)]
    assert len(await page.evaluate(_SEEN, ".row-time")) == 2
    assert await overflow(page) == 0


@pytest.mark.parametrize("look", LOOKS)
async def test_a_colleagues_name_leaves_room_for_what_they_wrote(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole, look: Look
) -> None:
    dana, other = await sign_in("dana"), await sign_in("max", display_name="Maximilian-Alexander Konstantin " * 3)
    await desk.text("hello")
    ticket = await desk.ticket()
    await other.post(f"/t/{ticket.number}/reply", {"text": "It left on Monday.", "request_id": ticket.ticket_id})
    page = await open_console(dana, look)
    await _open(page, desk)

    text, writer = page.locator(".row-text"), page.locator(".row-ours")
    await expect(text).to_contain_text("It left on Monday.")
    of_row, of_name = await text.bounding_box(), await writer.bounding_box()
    assert of_row is not None
    assert of_name is not None
    assert of_name["width"] <= of_row["width"] / 2
    assert await axe(page) == []
