"""What one hears of by sound, in the tab, and from the system; and what one does not, because one looks at it."""

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from dev.local_stack.desk import Desk, new_number
from tests.browsers import until
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.person import Person

if TYPE_CHECKING:
    from playwright.async_api import Page

# The system's notifications and the loudspeaker, as seen by who stands beside them.
_OBSERVED = """
window.told = [];
window.Notification = class {
  static permission = "granted";
  constructor(title, { body }) { told.push(["notification", title, body]); }
  close() {}
};
window.AudioContext = class extends AudioContext {
  createOscillator() { told.push(["note"]); return super.createOscillator(); }
};
"""
_NOTES = [["note"], ["note"]]
_LEAVE = "document.hasFocus = () => false; window.dispatchEvent(new Event('blur'))"
_COME_BACK = "document.hasFocus = () => true; window.dispatchEvent(new Event('focus'))"
# What a console of the version before sends: its notices do not say how to tell them.
_OLD_NOTICE = """document.dispatchEvent(new CustomEvent("keva:event", { detail: {
  id: "aud_old", ticket_id: "tkt_old", ticket_number: 7, notice: { kind: "text on mine", customer: "Ann" },
} }))"""
_COUNTED, _BARE = re.compile(r"^\(1\) "), re.compile(r"^[^(]")


@pytest.fixture
async def dana(sign_in: SignIn) -> Person:
    return await sign_in("dana")


async def _open(open_console: OpenConsole, person: Person, desk: Desk) -> "Page":
    """The page of the desk's ticket, looked at."""
    page = await open_console(person)
    await page.context.add_init_script(_OBSERVED)
    await _connect(page, f"/t/{(await desk.ticket(desk.customer)).number}")
    return page


async def _connect(page: "Page", path: str) -> None:
    await page.goto(path)
    await expect(page.locator("html")).to_have_attribute("data-live", "on")
    await page.evaluate(_COME_BACK)


async def _told(page: "Page") -> list[list[str]]:
    """What the person was told since this was asked last."""
    said: list[list[str]] = await page.evaluate("told.splice(0)")
    return said


async def test_who_looks_elsewhere_is_told_by_all_of_them_without_the_words(
    desk: Desk, dana: Person, open_console: OpenConsole
) -> None:
    await desk.text("hello")
    page, other = await _open(open_console, dana, desk), new_number()
    icon = await page.locator("link[rel=icon]").get_attribute("href")
    await page.evaluate(_LEAVE)

    await desk.text("secret words", other)
    await expect(page).to_have_title(_COUNTED)
    await expect(page.locator("link[rel=icon]")).to_have_attribute("href", re.compile("^data:image/png"))
    customer = (await desk.ticket(other)).customer_display_name
    assert await _told(page) == [*_NOTES, ["notification", "New text, and nobody has it", customer]]

    await page.evaluate(_COME_BACK)
    await expect(page).to_have_title(_BARE)
    await expect(page.locator("link[rel=icon]")).to_have_attribute("href", re.compile(re.escape(str(icon)) + "$"))


async def test_one_is_told_nothing_of_what_one_looks_at_or_does(
    desk: Desk, dana: Person, open_console: OpenConsole
) -> None:
    await desk.text("hello")
    page = await _open(open_console, dana, desk)

    await desk.text("what one looks at")
    await expect(page.locator("#ticket-thread")).to_contain_text("what one looks at")
    await page.get_by_role("button", name="Resolve", exact=True).click()
    await expect(page.locator("#ticket-head")).to_contain_text("Resolved")

    assert await _told(page) == []
    assert not _COUNTED.match(await page.title())


async def test_who_works_on_something_else_hears_it_and_is_not_interrupted(
    desk: Desk, dana: Person, open_console: OpenConsole
) -> None:
    await desk.text("hello")
    page = await _open(open_console, dana, desk)

    await desk.text("somebody else", new_number())
    await until(page, "told.length > 0")

    assert await _told(page) == _NOTES
    assert not _COUNTED.match(await page.title())


async def test_of_several_tabs_one_tells(desk: Desk, dana: Person, open_console: OpenConsole) -> None:
    await desk.text("hello")
    first = await _open(open_console, dana, desk)
    second = await first.context.new_page()
    await _connect(second, "/inbox/all")
    for page in (first, second):
        await page.evaluate(_LEAVE)

    await desk.text("somebody else", new_number())
    for page in (first, second):
        await expect(page).to_have_title(_COUNTED)

    told = [await _told(page) for page in (first, second)]
    assert sorted(len(each) for each in told) == [0, 3]


async def test_who_wants_neither_sound_nor_notification_has_the_title_alone(
    desk: Desk, dana: Person, open_console: OpenConsole
) -> None:
    await desk.text("hello")
    await dana.post("/me/notifications", {"unassigned": "1", "keys": "1"})
    page = await _open(open_console, dana, desk)
    await page.evaluate(_LEAVE)

    await desk.text("somebody else", new_number())
    await expect(page).to_have_title(_COUNTED)

    assert await _told(page) == []


async def test_a_choice_is_heard_in_tabs_that_are_open(desk: Desk, dana: Person, open_console: OpenConsole) -> None:
    await desk.text("hello")
    page = await _open(open_console, dana, desk)

    await dana.post("/me/notifications", {"unassigned": "1", "keys": "1"})
    await page.evaluate(_LEAVE)
    await desk.text("without a sound", new_number())
    await expect(page).to_have_title(_COUNTED)
    quiet = await _told(page)
    await dana.post("/me/notifications", {"unassigned": "1", "keys": "1", "sound": "1"})
    await desk.text("with one", new_number())
    await until(page, "told.length > 0")

    assert (quiet, await _told(page)) == ([], _NOTES)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        pytest.param(
            {"sound": "1", "desktop": "1"}, [*_NOTES, ["notification", "New text on your ticket", "Ann"]], id="both"
        ),
        pytest.param({"sound": "1"}, _NOTES, id="a sound"),
        pytest.param({}, [], id="neither"),
    ],
)
async def test_while_consoles_of_two_versions_run_the_beginning_says_how_to_tell(
    desk: Desk, dana: Person, open_console: OpenConsole, wanted: dict[str, str], told: list[list[str]]
) -> None:
    await desk.text("hello")
    await dana.post("/me/notifications", {"mine": "1", "keys": "1", **wanted})
    page = await _open(open_console, dana, desk)
    await page.evaluate(_LEAVE)

    await page.evaluate(_OLD_NOTICE)
    await expect(page).to_have_title(_COUNTED)

    assert await _told(page) == told
