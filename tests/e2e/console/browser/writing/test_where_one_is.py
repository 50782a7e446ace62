"""What comes late is shown where it belongs: on another page than the one that it was asked for, if at all."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Request, expect

from dev.local_stack.desk import Desk, new_number
from tests.e2e.console.browser.late import Late
from tests.e2e.console.browser.writing.cut import ALERT, REPLY, TOAST, come_back, go_on, late_reply

if TYPE_CHECKING:
    from playwright.async_api import Page

NUMBER, THREAD = "#ticket-head .number", "#ticket-thread"
_TICKET = re.compile(r"/t/\d+\b")


def _is_part(name: str) -> Callable[[Request], bool]:
    return lambda request: request.headers.get("hx-target") == name


@pytest.mark.parametrize("part", ["ticket-head", "ticket-thread"])
async def test_no_part_of_another_ticket_is_shown_after_a_click(desk: Desk, page: "Page", part: str) -> None:
    late, other = Late(page, is_done=True, like=_is_part(part)), page.locator(".row-link:not([aria-current])")
    path = (await other.get_attribute("href") or "").partition("?")[0]
    await late.to(_TICKET)
    await desk.text("of the first")
    await late.sent()
    await go_on(page)
    number = await page.locator(NUMBER).inner_text()

    async with page.expect_response(lambda got: path in got.url and _is_part(part)(got.request)):
        late.release()

    await expect(page.locator(NUMBER)).to_have_text(number)
    await expect(page.locator(THREAD)).to_contain_text("another")
    await expect(page.locator(THREAD)).not_to_contain_text("of the first")


@pytest.mark.parametrize("part", ["ticket-head", "ticket-thread"])
async def test_no_part_of_another_ticket_is_shown_after_going_back(desk: Desk, page: "Page", part: str) -> None:
    number = await page.locator(NUMBER).inner_text()
    first = await go_on(page)
    late, path = Late(page, is_done=True, like=_is_part(part)), first.partition("?")[0]
    await late.to(_TICKET)
    await desk.text("of the second", await _customer(desk, page))
    await late.sent()
    await page.go_back()
    await expect(page.locator(NUMBER)).to_have_text(number)

    async with page.expect_response(lambda got: got.url.startswith(path) and _is_part(part)(got.request)):
        late.release()

    await expect(page.locator(NUMBER)).to_have_text(number)
    await expect(page.locator(THREAD)).to_contain_text("hello")
    await expect(page.locator(THREAD)).not_to_contain_text("of the second")


async def _customer(desk: Desk, page: "Page") -> str:
    """Whose ticket is shown."""
    return await page.locator("#customer .number[title]").first.get_attribute("title") or desk.customer


async def test_whoever_goes_back_and_on_is_not_taken_back(page: "Page") -> None:
    await go_on(page)
    late = Late(page, like=lambda request: "hx-history-restore-request" in request.headers)
    await late.to(_TICKET)
    await page.go_back()
    await late.sent()
    await page.keyboard.press("g")
    await page.keyboard.press("i")
    await page.wait_for_url("**/inbox/all**")
    await expect(page.locator(THREAD)).to_have_count(0)

    await late.over()

    await expect(page.locator(THREAD)).to_have_count(0)
    assert "/inbox/all" in page.url


async def test_whoever_presses_again_before_a_page_is_there_goes_on_from_it(desk: Desk, page: "Page") -> None:
    await desk.text("the third", new_number())
    await expect(page.locator(".row")).to_have_count(3)
    late, said = Late(page, like=_is_page), page.locator(".bubble-theirs")
    await late.to(_TICKET)
    await page.keyboard.press("Alt+ArrowUp")
    await late.sent()

    await page.keyboard.press("Alt+ArrowUp")

    await expect(said).to_contain_text("the third")
    await late.over()
    await expect(said).to_contain_text("the third")


async def test_what_is_done_while_another_page_comes_takes_nobody_back(page: "Page") -> None:
    title = (await page.title()).removesuffix(" – Keva")
    late, answer = Late(page, like=lambda request: "hx-boosted" in request.headers), Late(page, is_done=True)
    await late.to(_TICKET)
    await answer.to("**/assign*")
    await page.keyboard.press("Alt+ArrowUp")
    await late.sent()
    await page.keyboard.press("i")
    await answer.sent()
    late.release()
    await expect(page.locator(".bubble-theirs")).to_contain_text("another")
    second = page.url

    await answer.release_to_htmx()

    await expect(page.locator(TOAST)).to_contain_text(f"{title}: It is yours.")
    await expect(page.locator(".bubble-theirs")).to_contain_text("another")
    assert page.url == second


async def test_what_was_refused_is_said_on_the_way_back_until_one_is_there(page: "Page", troubles: list[str]) -> None:
    title, first = (await page.title()).removesuffix(" – Keva"), page.url
    alert = page.locator(ALERT)
    late = await late_reply(page, "long " * 700, is_done=True)
    await go_on(page)
    await page.locator("#inbox-views a").first.click()
    await expect(page.locator(THREAD)).to_have_count(0)
    late.release()
    await expect(alert).to_contain_text(f"Not done at {title}.")

    await page.go_back()
    await expect(page.locator(".bubble-theirs")).to_contain_text("another")
    await expect(alert).to_contain_text(f"Not done at {title}.")
    await come_back(page, first)

    await expect(alert).to_be_empty()
    await expect(page.locator(REPLY)).to_have_value(re.compile("^long long"))
    troubles.clear()


async def test_what_is_selected_meanwhile_stays_selected(page: "Page") -> None:
    boxes, late = page.locator(".row-check input"), Late(page, is_done=True)
    await late.to("**/several*")
    await boxes.nth(0).click()
    await page.locator("#several button[value=resolve]").click()
    await late.sent()
    await boxes.nth(1).click()
    value = await boxes.nth(1).get_attribute("value")
    await late.release_to_htmx()

    await expect(page.locator("[data-selected]")).to_have_text("1 selected")
    await expect(page.locator(".row-check input:checked")).to_have_value(value or "")


def _is_page(request: Request) -> bool:
    return "hx-boosted" in request.headers


_BAD_GATEWAY = {"status": 502, "body": "<h1>502 Bad Gateway</h1>", "content_type": "text/html"}


@pytest.mark.parametrize("instead", [{}, _BAD_GATEWAY], ids=["a lost line", "a gateway"])
async def test_what_nobody_knows_to_be_done_is_said(
    page: "Page", troubles: list[str], instead: dict[str, object]
) -> None:
    title, first = (await page.title()).removesuffix(" – Keva"), page.url
    late, alert = Late(page, instead), page.locator(ALERT)
    await late.to("**/resolve*")
    await page.keyboard.press("e")
    await late.sent()
    await go_on(page)
    late.release()

    await expect(alert).to_contain_text(f"There was no answer at {title}.")
    await expect(page.locator(".bubble-theirs")).to_contain_text("another")
    await alert.get_by_role("link", name=title).click()
    await expect(page).to_have_url(first)
    await expect(alert).to_be_empty()
    troubles.clear()


@pytest.mark.parametrize("instead", [{}, _BAD_GATEWAY], ids=["a lost line", "a gateway"])
async def test_a_page_that_does_not_come_leaves_the_one_that_there_is(
    page: "Page", troubles: list[str], instead: dict[str, object]
) -> None:
    note = page.get_by_label("New note on this customer")
    await note.fill("Prefers Spanish")
    late = Late(page, instead, like=_is_page)
    await late.to(_TICKET)
    await page.locator(".row-link:not([aria-current])").click()
    late.release()

    await expect(page.locator(ALERT)).to_contain_text("This page did not come. Try it again.")
    await expect(page.locator(THREAD)).to_contain_text("hello")
    await expect(note).to_have_value("Prefers Spanish")
    await go_on(page)
    troubles.clear()
