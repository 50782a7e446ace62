"""Somebody at the console, whose browser runs no scripts: pages are read, links followed, forms filled in and sent."""

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

import aiohttp
from bs4 import BeautifulSoup, Tag
from yarl import URL

from console.sign_in.session import Session
from keva.ticket.v1 import agent_service_pb2

Fields = Mapping[str, str | list[str]]


class Page:
    """What a browser shows: `status`, `url` (path and query), and the HTML, as text and as `soup`."""

    def __init__(self, status: int, url: str, html: str, headers: Mapping[str, str]) -> None:
        self.status = status
        self.url = url
        self.html = html
        self.headers = headers
        self.set_cookies: list[str] = []
        self.soup = BeautifulSoup(html, "html.parser")

    @property
    def text(self) -> str:
        """The words on it, with single spaces between them."""
        return " ".join(self.soup.get_text(" ").split())

    def one(self, selector: str) -> Tag:
        """The only element that the CSS selector finds."""
        found = self.soup.select(selector)
        assert len(found) == 1, f"{len(found)} elements match {selector} on {self.url}: {self.text[:500]}"
        return found[0]

    def all(self, selector: str) -> list[Tag]:
        """All elements that it finds."""
        return list(self.soup.select(selector))


class Person:
    """An agent with a browser. Use it with `async with`. Redirects are followed."""

    def __init__(self, console_url: str, agent: agent_service_pb2.Agent, secret: str, session: Session) -> None:
        self.agent = agent
        self.secret = secret
        self.session = session
        self.csrf_token = session.csrf_token
        self._url = console_url
        jar = aiohttp.CookieJar(unsafe=True)
        self._http = aiohttp.ClientSession(cookie_jar=jar, cookies={"keva-session": secret})

    @staticmethod
    def invitation(
        organization_id: str, name: str, role: agent_service_pb2.AgentRole.ValueType, workspaces: tuple[str, ...]
    ) -> agent_service_pb2.CreateAgentRequest:
        """A new agent of that name, with an e-mail address that nobody else has."""
        return agent_service_pb2.CreateAgentRequest(
            organization_id=organization_id,
            email=f"{name}-{uuid.uuid4().hex[:8]}@example.com",
            display_name=name.capitalize(),
            role=role,
            workspace_ids=workspaces,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    def cookie(self, name: str) -> str:
        """What the browser has of that name; empty for nothing."""
        return next((cookie.value for cookie in self._http.cookie_jar if cookie.key == name), "")

    def forget_cookies(self) -> None:
        """As a browser that is new."""
        self._http.cookie_jar.clear()

    def put_cookie(self, name: str, value: str) -> None:
        """What somebody else has put there."""
        self._http.cookie_jar.update_cookies({name: value}, URL(self._url))

    async def get(self, path: str, **options: Any) -> Page:
        """The page at `path`."""
        async with self._http.get(self._url + path, **options) as response:
            return await self._page(response)

    async def post(self, path: str, fields: Fields | None = None, **options: Any) -> Page:
        """What comes of sending a form with these fields, and the session's token."""
        data = aiohttp.FormData()
        for name, value in {"csrf": self.csrf_token, **(fields or {})}.items():
            for each in [value] if isinstance(value, str) else value:
                data.add_field(name, each)
        async with self._http.post(self._url + path, data=data, **options) as response:
            return await self._page(response)

    @asynccontextmanager
    async def stream(
        self, path: str, query: Mapping[str, str], console_url: str = "", **options: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """The answer to GET, before it has come; from another replica of the console if its URL is given."""
        given = {name: value for name, value in query.items() if value}
        timeout = aiohttp.ClientTimeout(total=None, sock_read=None)
        async with self._http.get(
            (console_url or self._url) + path, params=given, timeout=timeout, **options
        ) as response:
            yield response

    async def submit(self, page: Page, selector: str, fields: Fields | None = None, **options: Any) -> Page:
        """What comes of filling in the form on the page that the selector finds, with what it has filled in already."""
        form = page.one(selector)
        filled = {**_filled_in(form), **(fields or {})}
        return await self.post(str(form.get("action") or page.url), filled, **options)

    async def _page(self, response: aiohttp.ClientResponse) -> Page:
        html = await response.text(errors="replace")
        page = Page(response.status, str(response.url.relative()), html, response.headers)
        page.set_cookies = response.headers.getall("Set-Cookie", [])
        return page


def _filled_in(form: Tag) -> dict[str, str]:
    values = {str(field["name"]): str(field.get("value", "")) for field in form.select("input[name]") if _counts(field)}
    values |= {str(area["name"]): area.get_text() for area in form.select("textarea[name]")}
    for select in form.select("select[name]"):
        options = select.select("option")
        chosen = next((option for option in options if option.has_attr("selected")), options[0] if options else None)
        if chosen is not None:
            values[str(select["name"])] = str(chosen.get("value", chosen.get_text()))
    return values


def _counts(field: Tag) -> bool:
    return field.get("type") not in ("checkbox", "radio", "file", "submit") or field.has_attr("checked")
