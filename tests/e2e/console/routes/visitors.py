"""Who asks, and what an answer is, without following it anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.e2e.console.person import Person

# What a form before there is a session repeats.
FORM_TOKEN = "t" * 43


@dataclass(frozen=True)
class Answer:
    """Its status, and all of it that could show something to somebody: headers, cookies and body."""

    status: int
    said: str


class Visitor:
    """A browser with the session of `person`, or without one."""

    def __init__(self, console_url: str, http: aiohttp.ClientSession, person: Person | None) -> None:
        self.person = person
        self._url = console_url
        self._http = http
        self._cookies = {"keva-form": FORM_TOKEN} | ({"keva-session": person.secret} if person else {})

    def token(self, path: str) -> str:
        """What the form at `path` repeats."""
        if self.person is None or path.startswith(("/sign-in", "/welcome/")):
            return FORM_TOKEN
        return self.person.csrf_token

    async def ask(self, method: str, path: str, fields: Mapping[str, str] | None = None) -> Answer:
        """What comes of it."""
        options: dict[str, Any] = {"data": fields or {}} if method == "POST" else {}
        async with self._http.request(
            method, self._url + path, cookies=self._cookies, allow_redirects=False, **options
        ) as response:
            # A stream has no end.
            is_stream = response.content_type == "text/event-stream"
            body = "" if is_stream else await response.text(errors="replace")
            return Answer(response.status, f"{dict(response.headers)} {body}")

    async def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """What comes of a form with the token that it has to have."""
        return await self.ask("POST", path, {"csrf": self.token(path), **fields})
