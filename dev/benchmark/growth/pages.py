"""The console's pages at a desk with many tickets: how long their HTML takes, and how large it is."""

import random
import time
from collections.abc import Awaitable, Callable, Mapping
from uuid import uuid4

import aiohttp

from dev.benchmark.browsers.signing_in import signing_in
from dev.benchmark.growth.answers import PageTimes, Stopwatch
from dev.local_stack.accounts import WORKSPACE
from dev.local_stack.desk import RunningStack
from keva.ticket.v1 import ticket_service_pb2 as pb

# What a page may take, 99 of 100 times, on a machine that does nothing else.
MOST_MILLISECONDS = 100.0


class Pages:
    """Opens pages as somebody who has signed in, without a browser. Tickets have the `numbers`."""

    def __init__(self, running: RunningStack, numbers: range) -> None:
        self._running = running
        self._numbers = numbers
        self._dice = random.Random("pages")
        self._stopwatches: dict[str, Stopwatch] = {}

    @property
    def times(self) -> Mapping[str, PageTimes]:
        """Of all that was opened so far, by page."""
        return {name: stopwatch.pages for name, stopwatch in self._stopwatches.items()}

    async def open(self, times: int) -> None:
        """Each page so many times more, one after the other, by an agent who is new."""
        async with (
            signing_in(self._running) as sign_in,
            aiohttp.ClientSession(
                headers=await sign_in.headers(f"pages-{uuid4().hex}"),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=30),
            ) as http,
        ):
            for name, page in _pages(self).items():
                await self._time(http, page, times, self._stopwatches.setdefault(name, Stopwatch()))

    async def _time(self, http: aiohttp.ClientSession, page: "_Page", times: int, stopwatch: Stopwatch) -> None:
        # Templates are read when they are first needed.
        for turn in range(times + 1):
            path, headers = await page()
            started = time.monotonic()
            try:
                async with http.get(self._running.stack.console_url + path, headers=headers) as response:
                    size, is_right = len(await response.read()), response.status == 200
            except (aiohttp.ClientError, TimeoutError):
                size, is_right = 0, False
            if turn and is_right:
                stopwatch.came(time.monotonic() - started)
            stopwatch.failed, stopwatch.largest = stopwatch.failed + (not is_right), max(stopwatch.largest, size)

    async def at(self, path: str) -> tuple[str, dict[str, str]]:
        """That address."""
        return path, {}

    async def part(self, path: str, element: str) -> tuple[str, dict[str, str]]:
        """An element of the page there, as it is fetched when something has happened."""
        return path, {"HX-Request": "true", "HX-Target": element}

    async def ticket(self, below: str = "?view=all") -> tuple[str, dict[str, str]]:
        """A ticket, whichever."""
        return f"/t/{self.number()}{below}", {}

    async def customer(self) -> tuple[str, dict[str, str]]:
        """A customer, whichever."""
        wanted = pb.ListTicketsRequest(workspace_id=WORKSPACE, number=self.number())
        (ticket,) = (await self._running.clients.tickets.ListTickets(wanted)).tickets
        return f"/c/{ticket.customer_id}", {}

    def number(self) -> int:
        """Of a ticket."""
        return self._dice.choice(self._numbers)


_Page = Callable[[], Awaitable[tuple[str, dict[str, str]]]]


def _pages(of: Pages) -> Mapping[str, _Page]:
    return {
        "the inbox, waiting longest": lambda: of.at("/inbox/waiting"),
        "the inbox, all": lambda: of.at("/inbox/all"),
        "the inbox, several filters": lambda: of.at("/inbox/all?state=open&priority=high&assignee=nobody"),
        "the inbox, its list alone": lambda: of.part("/inbox/waiting", "ticket-list"),
        "the inbox, its counts alone": lambda: of.part("/inbox/waiting", "inbox-views"),
        "a ticket, with the list": of.ticket,
        "a customer": of.customer,
        "search, a rare word": lambda: of.at(f"/search?q={of.number()}"),
        "search, a word that all texts have": lambda: of.at("/search?q=order"),
        "a new conversation": lambda: of.at("/new"),
    }
