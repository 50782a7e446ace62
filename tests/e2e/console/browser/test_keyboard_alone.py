"""A day at the console without a mouse: no test here clicks, points or touches."""

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from playwright.async_api import expect

from dev.local_stack.accounts import OPERATOR, ORGANIZATION
from dev.local_stack.desk import Desk, RunningStack, new_number
from keva.ticket.v1 import agent_service_pb2, saved_reply_service_pb2, workspace_service_pb2
from tests.browsers import OpenPage
from tests.e2e.console.browser.keyboard import Hands
from tests.e2e.console.browser.toasts import toasts_stay
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.stranger import PASSWORD, Invite, Stranger

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

ADMINISTRATOR = agent_service_pb2.AGENT_ROLE_ADMINISTRATOR
# What `?` lists beside a conversation.
KEYS = {
    *("j", "k", "Enter", "x", "Shift+x", "u", "r", "n", "a", "i", "e", "z", "t", "p", "s", "c", "/", "?"),
    *("g i", "g m", "g u", "g s", "Control+k", "Control+z", "Control+Enter", "Alt+ArrowDown", "Alt+ArrowUp", "Escape"),
}
_AS_LISTED = {"Control+k": "Ctrl K", "Control+z": "Ctrl Z", "Control+Enter": "Ctrl Enter", "Escape": "Esc"} | {
    "Alt+ArrowDown": "Alt ↓",
    "Alt+ArrowUp": "Alt ↑",
    "Shift+x": "Shift x",
}


def listed(key: str) -> str:
    """What the key is called under `?`."""
    return _AS_LISTED.get(key, key.replace(" ", " then "))


class Day:
    """One person's, in a workspace of three tickets."""

    def __init__(self, page: "Page", desk: Desk, ann: Stranger) -> None:
        self.page = page
        self.desk = desk
        self.ann = ann
        self.hands = Hands(page)
        self.rows = page.locator(".row-link")
        self.chosen = page.locator(".row-check input:checked")
        self.head = page.locator("#ticket-head")
        self.toast = page.locator("#toast")
        self.heading = page.get_by_role("heading", level=1)

    def field(self, label: str) -> "Locator":
        """The field of that label."""
        return self.page.locator("main").get_by_label(label, exact=True)

    def button(self, name: str, within: str = "main") -> "Locator":
        """The button of that name."""
        return self.page.locator(within).get_by_role("button", name=name, exact=True)

    def in_workspace(self, path: str) -> str:
        """That page of the workspace."""
        return f"**{path}?workspace={self.desk.channel.workspace_id}"


async def _new_workspace(running: RunningStack) -> str:
    request = workspace_service_pb2.CreateWorkspaceRequest(organization_id=ORGANIZATION, display_name="Keys")
    workspace = (await running.clients.workspaces.CreateWorkspace(request, metadata=OPERATOR)).workspace
    saved = saved_reply_service_pb2.CreateSavedReplyRequest(
        workspace_id=workspace.workspace_id, shortcut="sunday", text="On Sundays from ten."
    )
    await running.clients.saved_replies.CreateSavedReply(saved)
    return workspace.workspace_id


@pytest.fixture
async def day(running: RunningStack, invite: Invite, sign_in: SignIn, open_page: OpenPage) -> Day:
    """The page for signing in is open."""
    workspace_id = await _new_workspace(running)
    ann = await invite("ann", ADMINISTRATOR)
    await ann.set_password()
    await sign_in("eve", workspaces=(workspace_id,))
    desk = await running.open_desk(workspace_id=workspace_id)
    for number in range(3):
        await desk.text(f"Are you open on Sunday? {number}", new_number())
    page = await open_page(base_url=running.stack.console_url)
    await toasts_stay(page)
    await page.goto(f"/sign-in?next={quote(f'/inbox/all?workspace={workspace_id}&order=created')}")
    return Day(page, desk, ann)


async def test_everything_goes_by_keys_alone(day: Day, running: RunningStack) -> None:
    await _sign_in(day)
    await _choose_in_the_list(day)
    await _open_and_answer(day)
    await _give_and_take(day)
    await _label_and_put_aside(day)
    await _go_everywhere(day)
    await _begin_a_conversation(day)
    await _invite_somebody(day)
    assert KEYS - day.hands.pressed == set()
    await _turn_keys_off(day)
    await _sign_out(day)


async def _sign_in(day: Day) -> None:
    hands = day.hands
    await hands.tab_to(day.field("E-mail address"))
    await hands.write(day.ann.agent.email)
    await hands.tab_to(day.field("Password"))
    await hands.write(PASSWORD)
    await day.page.keyboard.press("Enter")
    await day.page.wait_for_url("**/inbox/all?**")
    await expect(day.rows).to_have_count(3)


async def _choose_in_the_list(day: Day) -> None:
    hands, bar = day.hands, day.page.get_by_role("group", name="Selected tickets")
    await hands.press("j")
    await expect(day.rows.nth(0)).to_be_focused()
    await hands.press("x", bar, "1 selected")
    await hands.press("j")
    await hands.press("j")
    await hands.press("Shift+x", bar, "3 selected")
    await hands.press("k")
    await expect(day.rows.nth(1)).to_be_focused()
    await hands.press("Escape")
    await expect(day.chosen).to_have_count(0)

    await hands.press("x", bar, "1 selected")
    await hands.tab_to(bar.get_by_role("button", name="Resolve", exact=True), back=True)
    await hands.press("Enter", day.toast, "1 ticket resolved.")
    await hands.press("Control+z", day.toast, "Taken back.")
    await expect(day.page.locator(".row-settled")).to_have_count(0)


async def _open_and_answer(day: Day) -> None:
    hands, page = day.hands, day.page
    await hands.press("j")
    await hands.press("Enter", day.head, "#")
    await hands.press("?", page.locator("#shortcuts"), "Mark as unread")
    assert set(await page.locator("#shortcuts-list kbd").all_inner_texts()) == {listed(key) for key in KEYS}
    await hands.press("Escape")

    await hands.press("r")
    await hands.write("Hi. /sun")
    await expect(page.locator(".pane-reply [data-offers] button")).to_have_count(1)
    await hands.press("Enter")
    await expect(page.locator("textarea[data-draft=reply]")).to_have_value("Hi. On Sundays from ten.")
    await hands.press("Control+Enter", page.locator(".bubble-ours"), "On Sundays from ten.")
    await hands.press("Escape")
    await hands.press("n")
    await hands.write("@eve")
    await expect(page.locator(".pane-note [data-offers] button").first).to_be_visible()
    await hands.press("Enter")
    await hands.write("look at this")
    await hands.press("Control+Enter", page.locator(".bubble-note"), "look at this")
    await hands.press("Escape")


async def _give_and_take(day: Day) -> None:
    hands, menu = day.hands, day.page.locator("#menu-assign .menu-list")
    await expect(day.head).to_contain_text("Yours")
    await hands.press("a", menu)
    await hands.press("Escape")
    await expect(menu).to_be_hidden()
    await hands.press("a", menu)
    await hands.tab_to(day.button("To nobody", "#menu-assign"))
    await hands.press("Enter", day.head, "Nobody’s")
    await hands.press("i", day.head, "Yours")
    await hands.press("s", day.head, "The AI answers")
    await hands.press("s", day.head, "Yours")


async def _label_and_put_aside(day: Day) -> None:
    hands = day.hands
    await hands.press("t", day.page.locator("#menu-tags"))
    await hands.write("hours")
    await hands.press("Enter", day.head, "hours")
    await hands.press("p", day.page.locator("#menu-priority"))
    await hands.tab_to(day.button("Urgent", "#menu-priority"))
    await hands.press("Enter", day.page.locator("#ticket-head .badge-red"), "Urgent")
    await hands.press("z", day.page.locator("#menu-snooze .menu-list"))
    await hands.press("Enter", day.page.locator("#ticket-head .badge-amber"), "Snoozed")
    await hands.press("z", day.toast, "Awake again.")
    await hands.press("e", day.head, "Resolved")
    await hands.press("Control+z", day.toast, "Open again.")
    await hands.press("e", day.head, "Resolved")
    await hands.press("e", day.head, "Open")


async def _go_everywhere(day: Day) -> None:
    hands, page = day.hands, day.page
    number = page.locator("#ticket-head .number")
    first = await number.inner_text()
    await hands.press("Alt+ArrowDown")
    await expect(number).not_to_have_text(first)
    await hands.press("Alt+ArrowUp", number, first)
    await hands.press("u", day.toast, "Unread again.")
    for keys, view in (("g m", "mine"), ("g u", "unassigned"), ("g s", "snoozed"), ("g i", "all")):
        await hands.press(keys, url=day.in_workspace(f"/inbox/{view}"))
    await hands.press("/", url=day.in_workspace("/search"))
    await hands.write("Sunday")
    await hands.press("Enter", page.locator("main mark").first, "Sunday")
    await hands.tab_to(page.locator("main a").filter(has=page.locator("mark")).first)
    await hands.press("Enter", day.head, "#")


async def _begin_a_conversation(day: Day) -> None:
    hands = day.hands
    await hands.press("c", url=day.in_workspace("/new"))
    await hands.tab_to(day.field("Phone number"))
    await hands.write(new_number())
    await hands.tab_to(day.field("Text"))
    await hands.write("Your cake is ready.")
    await hands.tab_to(day.button("Send"))
    await hands.press("Enter", day.page.locator(".bubble-ours"), "Your cake is ready.")


async def _invite_somebody(day: Day) -> None:
    hands = day.hands
    await _command(day, "people", "/settings/people")
    await hands.tab_to(day.page.get_by_role("link", name="Invite"))
    await hands.press("Enter", day.heading, "Invite")
    await hands.tab_to(day.field("E-mail address"))
    await hands.write("not an address")
    await hands.press("Enter")
    await hands.tab_to(day.field("E-mail address"))
    await hands.press("Control+a")
    await hands.write(f"new-{day.ann.agent.email}")
    await hands.tab_to(day.field("Name"))
    await hands.write("Nora")
    await hands.press("Enter", day.page.locator("#sign-in-link"), "/welcome/")


async def _turn_keys_off(day: Day) -> None:
    hands, page = day.hands, day.page
    await _command(day, "notifications", "/me/notifications")
    await hands.tab_to(page.get_by_label("Single keys do something"))
    await hands.press("Space")
    await hands.tab_to(day.button("Save"))
    await hands.press("Enter", day.toast, "Saved.")
    await _command(day, "inbox: all", "/inbox/all")
    before = page.url
    await hands.tab_to(day.rows.first)
    for key in ("j", "x", "?", "c", "/", "g", "i"):
        await hands.press(key)
    await expect(day.rows.first).to_be_focused()
    await expect(day.chosen).to_have_count(0)
    await expect(page.locator("#shortcuts")).to_be_hidden()
    assert page.url == before


async def _sign_out(day: Day) -> None:
    await _command(day, "you", "/me")
    await day.hands.tab_to(day.button("Sign out"))
    await day.page.keyboard.press("Enter")
    await day.page.wait_for_url("**/sign-in")


async def _command(day: Day, words: str, path: str) -> None:
    await day.hands.press("Control+k", day.page.locator("#command-bar"))
    await day.hands.write(words)
    await day.hands.press("Enter", url=day.in_workspace(path))
