"""What does something once is done once, however often it is pressed."""

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Request, expect

from dev.local_stack.desk import RunningStack
from tests.browsers import OpenPage
from tests.e2e.console.browser.late import Late
from tests.e2e.console.browser.writing.cut import ALERT, NOTE, OURS, REPLY, TOAST, Cut, go_on, reply, waits
from tests.e2e.console.stranger import PASSWORD, Invite

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

Press = Callable[["Page"], Awaitable[None]]
HEAD = "#ticket-head"
# Alerts of the page itself: of a field, of the list.
WRONG = "main [role=alert]:not([hidden]), #inbox [role=alert]:not([hidden])"


class Sent:
    """How often a page has sent a form to a path."""

    def __init__(self, page: "Page", path: str) -> None:
        self._page = page
        self._path = re.compile(rf"/{path}\b")
        self._asked: list[str] = []
        page.on("request", self._hear)

    async def count(self) -> int:
        """So far. What the page asks for now is heard of after all that it has asked for."""
        await self._page.evaluate("fetch('/live/check').then(() => 1)")
        return len(self._asked)

    def _hear(self, request: Request) -> None:
        if request.method == "POST" and self._path.search(request.url):
            self._asked.append(request.url)


def _button(page: "Page", name: str) -> "Locator":
    return page.get_by_role("button", name=name, exact=True)


async def _send(page: "Page") -> None:
    await page.locator(REPLY).fill("It is ready.")
    await _twice(_button(page, "Send"))


async def _send_and_resolve(page: "Page") -> None:
    await page.locator(REPLY).fill("It is ready.")
    await _twice(_button(page, "Send and resolve"))


async def _send_by_keys(page: "Page") -> None:
    await reply(page, "It is ready.")
    await page.keyboard.press("Control+Enter")


async def _note(page: "Page") -> None:
    await page.locator("[data-thread]").focus()
    await page.keyboard.press("n")
    await page.locator(NOTE).fill("They were told.")
    await _twice(_button(page, "Keep the note"))


async def _note_on_the_customer(page: "Page") -> None:
    await page.get_by_label("New note on this customer").fill("Prefers Spanish")
    await page.keyboard.press("Control+Enter")
    await page.keyboard.press("Control+Enter")


async def _resolve(page: "Page") -> None:
    await page.locator("[data-thread]").focus()
    await page.keyboard.press("e")
    await page.keyboard.press("e")


async def _several(page: "Page") -> None:
    await page.locator(".row-check input").first.click()
    await _twice(page.locator("#several button[value=resolve]"))


async def _availability(page: "Page") -> None:
    await page.goto("/me")
    await _twice(_button(page, "Take new work"))


async def _twice(button: "Locator") -> None:
    """By two clicks, as of somebody who thinks that the first was none."""
    await button.click()
    await button.click()


@pytest.mark.parametrize(
    ("press", "path", "shown"),
    [
        pytest.param(_send, "reply", "It is ready.", id="send"),
        pytest.param(_send_and_resolve, "reply", "Sent and resolved.", id="send and resolve"),
        pytest.param(_send_by_keys, "reply", "It is ready.", id="send, by keys"),
        pytest.param(_note, "note", "They were told.", id="note"),
        pytest.param(_note_on_the_customer, "notes", "Prefers Spanish", id="note on the customer, by keys"),
        pytest.param(_resolve, "resolve", "Resolved.", id="resolve, by keys"),
        pytest.param(_several, "several", "1 ticket resolved.", id="several"),
        pytest.param(_availability, "availability", "You get new tickets where", id="a setting"),
    ],
)
async def test_what_is_on_its_way_is_not_sent_again(page: "Page", press: Press, path: str, shown: str) -> None:
    late, sent = Late(page, is_done=True), Sent(page, path)
    await late.to(re.compile(rf"/{path}\b"))
    await press(page)
    await late.sent()
    await late.release_to_htmx()

    await expect(page.get_by_text(shown).filter(visible=True)).not_to_have_count(0)
    assert await sent.count() == 1
    await expect(page.locator(WRONG)).to_have_count(0)
    await expect(page.locator(ALERT)).to_be_empty()


async def test_a_double_click_is_one_wherever_the_page_that_answers_comes(page: "Page") -> None:
    sent = Sent(page, "reopen")
    box = await _button(page, "Resolve").bounding_box()
    assert box
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await page.mouse.down(click_count=1)
    await page.mouse.up(click_count=1)
    await expect(_button(page, "Reopen")).to_be_visible()
    await page.mouse.down(click_count=2)
    await page.mouse.up(click_count=2)

    assert await sent.count() == 0
    await expect(page.locator(HEAD)).to_contain_text("Resolved")


async def test_a_double_tap_is_one_where_quick_taps_on_two_buttons_are_two(page: "Page") -> None:
    """A finger taps the same place again; browsers count taps beside each other together, too."""
    resolved, reopened = Sent(page, "resolve"), Sent(page, "reopen")
    box = await _button(page, "Resolve").bounding_box()
    assert box
    await _tap(page, "Resolve", 1, box["x"] + 9)
    await expect(_button(page, "Reopen")).to_be_visible()

    await _tap(page, "Reopen", 2, box["x"] + 12)
    assert (await resolved.count(), await reopened.count()) == (1, 0)
    await _tap(page, "Reopen", 2, box["x"] + 60)

    await expect(_button(page, "Resolve")).to_be_visible()
    assert (await resolved.count(), await reopened.count()) == (1, 1)


async def _tap(page: "Page", name: str, count: int, x: float) -> None:
    """The button hears of a tap that the browser counts as one of several."""
    tap = {"detail": count, "pointerType": "touch", "clientX": x, "clientY": 9, "bubbles": True, "cancelable": True}
    await _button(page, name).evaluate("(one, tap) => one.dispatchEvent(new PointerEvent('click', tap))", tap)


async def test_a_key_that_is_held_down_does_it_once(page: "Page") -> None:
    replied, reopened = Sent(page, "reply"), Sent(page, "reopen")
    await page.locator(REPLY).fill("It is ready.")
    await page.keyboard.down("Control")
    await page.keyboard.down("Enter")
    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    await page.keyboard.down("Enter")
    await page.keyboard.up("Enter")
    await page.keyboard.up("Control")
    await page.keyboard.press("Escape")
    await page.keyboard.down("e")
    await expect(page.locator(HEAD)).to_contain_text("Resolved")
    await page.keyboard.down("e")
    await page.keyboard.up("e")
    assert await reopened.count() == 0
    await _button(page, "Reopen").focus()
    await page.keyboard.down("Enter")
    await expect(_button(page, "Resolve")).to_be_focused()
    await page.keyboard.down("Enter")
    await page.keyboard.up("Enter")

    assert await replied.count() == 1
    assert await reopened.count() == 1
    await expect(page.locator(HEAD)).not_to_contain_text("Resolved")
    await expect(page.locator(WRONG)).to_have_count(0)


async def test_another_ticket_is_resolved_meanwhile(page: "Page") -> None:
    late, sent = Late(page), Sent(page, "resolve")
    await late.to("**/resolve*")
    await page.locator("[data-thread]").focus()
    await page.keyboard.press("e")
    await late.sent()
    await go_on(page)

    await page.keyboard.press("e")

    await expect(page.locator(HEAD)).to_contain_text("Resolved")
    assert await sent.count() == 2
    late.release()
    await expect(page.locator(TOAST)).to_contain_text(": Resolved.")


async def test_nobody_waits_for_a_draft_to_send_their_own(page: "Page", troubles: list[str]) -> None:
    late = Late(page)
    await late.to("**/suggest*")
    await page.locator(REPLY).fill("It is ready.")
    await _button(page, "Ask the AI").click()
    await late.sent()

    await page.locator(REPLY).press("Control+Enter")

    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    await expect(page.locator(REPLY)).to_have_value("")
    await late.over()
    # htmx complains that the draft was given up.
    troubles.clear()


async def test_a_draft_is_asked_for_once(page: "Page") -> None:
    late, sent = Late(page), Sent(page, "suggest")
    await late.to("**/suggest*")
    await _twice(_button(page, "Ask the AI"))
    await late.sent()
    late.release()

    await expect(page.locator("#suggestion")).to_be_visible()
    assert await sent.count() == 1


async def test_a_look_that_waited_is_no_look_the_next_time(page: "Page", troubles: list[str]) -> None:
    line = Cut(page)
    await page.locator(REPLY).fill("It is ready.")
    await page.locator("#menu-later > summary").click()
    await line.cut()
    await _button(page, "Look at it as it leaves").click()
    await waits(page)
    await page.locator(REPLY).focus()
    await line.mend()
    await line.connect()
    await expect(page.locator(".parts")).to_contain_text("It is ready.")

    await page.keyboard.press("Control+Enter")

    await expect(page.locator(OURS)).to_have_text(["It is ready."])
    troubles.clear()


async def test_a_link_that_works_once_stands_two_presses(
    running: RunningStack, open_page: OpenPage, invite: Invite
) -> None:
    ann = await invite("ann")
    page = await open_page(base_url=running.stack.console_url)
    late = Late(page, is_done=True, like=lambda request: request.method == "POST")
    await late.to("**/welcome/*")
    await page.goto(ann.link)
    await page.get_by_label("New password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await late.sent()

    await page.keyboard.press("Enter")
    late.release()

    await page.wait_for_url("**/inbox/**")


async def test_what_is_typed_while_it_is_sent_stays(page: "Page") -> None:
    note = page.get_by_label("New note on this customer")
    late = Late(page, is_done=True)
    await late.to("**/notes*")
    await note.fill("Prefers Spanish")
    await _button(page, "Add note").click()
    await late.sent()
    await note.fill("Calls on Mondays")
    late.release()

    await expect(page.locator(".customer-note")).to_have_count(1)
    await expect(note).to_have_value("Calls on Mondays")
