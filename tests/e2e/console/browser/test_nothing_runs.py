"""Whatever people write is shown as they wrote it: no browser runs any of it, nor has any of it to refuse."""

from typing import TYPE_CHECKING
from urllib.parse import quote

from playwright.async_api import expect

from dev.local_stack.desk import RunningStack
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.browser.evil import COLLEAGUES, STRANGERS, Evil, evil, evil_workspace
from tests.e2e.console.conftest import SignIn

if TYPE_CHECKING:
    from playwright.async_api import Page

_TWILIO = "/settings/integrations/twilio"
# What markup would have become, had it been taken for such.
_MADE_OF_IT = "script:not([src]), [onerror], [onload], [src=x], a[href^='javascript' i], main svg:not(.icon)"
# All words on the page, in fields and in titles of things as well.
_WORDS = """() => [document.title, document.body.innerText,
  ...[...document.querySelectorAll("input, textarea")].map((field) => field.value),
  ...[...document.querySelectorAll("option, details")].map((hidden) => hidden.textContent),
  ...[...document.querySelectorAll("[title]")].map((titled) => titled.title)].join("\\n")"""


class Reader:
    """Looks at pages, and notes what is on them, and what becomes of it."""

    def __init__(self, page: "Page", workspace_id: str) -> None:
        self.page = page
        self.words = ""
        self.wrong: list[str] = []
        self._workspace_id = workspace_id

    async def begin(self) -> None:
        """Before the first page."""
        await self.page.context.expose_function("ran", lambda: self.wrong.append(f"ran on {self.page.url}"))
        await self.page.context.expose_function("refused", self.refused)
        await self.page.context.add_init_script(
            "addEventListener('securitypolicyviolation', ({ blockedURI, violatedDirective }) => "
            "refused(`${location} ${violatedDirective} ${blockedURI}`))"
        )

    def refused(self, what: str) -> None:
        """By the Content-Security-Policy."""
        self.wrong.append(what)

    async def read(self, path: str) -> None:
        """Goes there, and looks."""
        await self.page.goto(f"{path}{'&' if '?' in path else '?'}workspace={self._workspace_id}")
        await self.look()

    async def look(self) -> None:
        """At what is there now."""
        self.words += await self.page.evaluate(_WORDS)
        if made := await self.page.locator(_MADE_OF_IT).count():
            self.wrong.append(f"{made} elements made of words on {self.page.url}")


async def test_no_field_makes_a_browser_run_or_refuse_anything(
    running: RunningStack, sign_in: SignIn, open_console: OpenConsole
) -> None:
    place = await evil_workspace(running, sign_in)
    page = await open_console(place.eve)
    reader = Reader(page, place.workspace_id)
    await reader.begin()
    reports: list[str] = []
    page.on("request", lambda request: reports.append(request.url) if "csp-reports" in request.url else None)

    for path in _pages(place):
        await reader.read(path)
    await _write(reader, place)
    await _be_told(reader, place)

    unseen = [field for field in (*STRANGERS, *COLLEAGUES, "search words") if evil(field) not in reader.words]
    assert (reader.wrong, reports, unseen) == ([], [], [])
    await place.desk.close()


def _pages(place: Evil) -> list[str]:
    ticket, customer, other = (
        f"/t/{place.ticket.number}",
        f"/c/{place.ticket.customer_id}",
        f"/c/{place.blocked_id}",
    )
    account, channel = (
        f"{_TWILIO}/{place.desk.account.account_sid}",
        f"/settings/channels/{place.desk.channel.channel_id}",
    )
    person, words = f"/settings/people/{place.eve.agent.agent_id}", quote(evil("search words"))
    return [
        *("/inbox/all", f"/inbox/all?tag={quote(evil('tag'))}", "/inbox/mine", f"/inbox/{words}", "/new", "/me"),
        *(ticket, f"{ticket}?tab=note", f"{ticket}/close", f"{ticket}/saved", f"/media/{place.media_id}/contact"),
        *(customer, f"{customer}/edit", f"{customer}/forget", other, f"{other}/edit"),
        *(f"/search?q={words}", "/search?q=customer-name", "/search?q=text", f"/new?to={words}"),
        *(_TWILIO, account, f"{account}/disconnect", "/settings/channels", channel, f"{channel}/remove"),
        *("/settings/people", person, f"{person}/deactivate", "/settings/people/new", "/first-steps"),
        *(f"/settings/troubleshooting?check={name}" for name in ("webhooks", "signatures", "sending", "duplicates")),
    ]


async def _write(reader: Reader, place: Evil) -> None:
    """Saved replies and colleagues that are offered, commands that are found."""
    page = reader.page
    await reader.read(f"/t/{place.ticket.number}")
    reply = page.locator("textarea[data-draft=reply]")
    await reply.fill("")
    await reply.press_sequentially("/evil")
    await expect(page.locator(".pane-reply [data-offers]")).to_contain_text("saved-title")
    await reader.look()
    await page.keyboard.press("Enter")
    await expect(reply).to_have_value(evil("saved text"))
    await reader.look()
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await page.keyboard.type("@eve")
    await expect(page.locator(".pane-note [data-offers]")).to_contain_text("agent-name")
    await reader.look()
    for keys in ("Escape", "Escape", "Control+k"):
        await page.keyboard.press(keys)
    await page.keyboard.type(evil("search words"))
    await expect(page.locator("#command-list")).to_contain_text("search-words")
    await reader.look()
    await page.keyboard.press("Escape")


async def _be_told(reader: Reader, place: Evil) -> None:
    """What arrives while one writes."""
    page = reader.page
    await reader.read(f"/t/{place.ticket.number}")
    await expect(page.locator("html")).to_have_attribute("data-live", "on")
    await page.locator("textarea[data-draft=reply]").fill("I write")
    await place.desk.text(evil("text") + "again")
    await expect(page.locator("[data-newer-texts]")).to_contain_text("again")
    await reader.look()
