"""How often somebody may try to sign in. Who guesses waits ever longer, and nobody is ever locked out: a browser that
has signed in before with that e-mail address counts for itself, and a one-time link needs no password."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from unicodedata import normalize

_LONGEST = timedelta(seconds=60)
# After so long without an attempt all is forgotten.
FORGOTTEN_AFTER = timedelta(hours=1)
# Somebody else's attempts may get between; then it is as if they had used up ours.
_TRIES = 5


@dataclass(frozen=True)
class Limit:
    """So many attempts one after the other; then a pause before each that doubles, up to a minute."""

    free: int

    def pause(self, attempts: int) -> timedelta:
        """How long to wait after so many attempts that failed."""
        over = attempts - self.free
        return timedelta() if over < 0 else min(timedelta(seconds=2.0 ** min(over, 10)), _LONGEST)


# Of an e-mail address in browsers that nobody knows, of a browser that is known, and of a network.
ACCOUNT, BROWSER, SOURCE = Limit(8), Limit(8), Limit(40)


@dataclass(frozen=True)
class Attempts:
    """How many attempts have failed, or are under way, and when the last one began (UTC)."""

    count: int
    last_time: datetime

    def wait(self, limit: Limit, now: datetime) -> timedelta:
        """How long it is until the next one; zero when it may begin."""
        return max(self.last_time + limit.pause(self.count) - now, timedelta())


def next_attempt(before: Attempts | None, now: datetime) -> Attempts:
    """One more."""
    forgotten = before is None or now - before.last_time >= FORGOTTEN_AFTER
    return Attempts(1 if before is None or forgotten else before.count + 1, now)


class AttemptStore(Protocol):
    """Where attempts are counted, by a key of ours."""

    async def get(self, key: str) -> Attempts | None:
        """Those that were counted; None when there are none."""
        ...

    async def replace(self, key: str, before: Attempts | None, after: Attempts) -> bool:
        """Writes `after`, unless there is something else than `before` by now: then it says False."""
        ...

    async def take_back(self, key: str) -> None:
        """One less: it did not fail."""
        ...

    async def forget(self, key: str) -> None:
        """There was none."""
        ...


class KnownBrowserStore(Protocol):
    """Which browsers have signed in with which e-mail address, by hashes."""

    async def is_known(self, key: str) -> bool:
        """Whether that one has, and not too long ago."""
        ...

    async def remember(self, key: str, expire_time: datetime) -> None:
        """It has, until then."""
        ...


BROWSER_KNOWN_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Turn:
    """An attempt that may begin. `failed` is how many there are with it, if it fails, too."""

    key: str
    source_key: str
    browser_key: str
    failed: int


class TooManyAttempts(Exception):
    """`seconds`: until the next one."""

    def __init__(self, wait: timedelta) -> None:
        self.seconds = max(1, math.ceil(wait.total_seconds()))
        super().__init__(f"wait {self.seconds} s")


class SignInLimits:
    """Counts before the password is looked at, so that a hundred attempts at once are a hundred."""

    def __init__(self, attempts: AttemptStore, browsers: KnownBrowserStore, now: Callable[[], datetime]) -> None:
        self._attempts = attempts
        self._browsers = browsers
        self._now = now

    async def begin(self, email: str, browser_secret: str, source: str) -> Turn:
        """Lets an attempt begin, whether or not anybody has that e-mail address. `source` is the network, or empty if
        it cannot be told from others. Raises TooManyAttempts."""
        browser_key = _key("browser", _plain(email), browser_secret)
        known = bool(browser_secret) and await self._browsers.is_known(browser_key)
        key = browser_key if known else _key("account", _plain(email))
        source_key = "" if known or not source else _key("source", source)
        if source_key:
            await self._count(source_key, SOURCE)
        failed = await self._count(key, BROWSER if known else ACCOUNT)
        return Turn(key, source_key, browser_key, failed)

    async def succeeded(self, turn: Turn) -> None:
        """The password was right: the browser is known from now on."""
        await self._attempts.forget(turn.key)
        if turn.source_key:
            await self._attempts.take_back(turn.source_key)
        await self._browsers.remember(turn.browser_key, self._now() + BROWSER_KNOWN_FOR)

    async def know(self, email: str, browser_secret: str) -> None:
        """The browser has signed in with that e-mail address by a link."""
        await self._browsers.remember(_key("browser", _plain(email), browser_secret), self._now() + BROWSER_KNOWN_FOR)

    async def _count(self, key: str, limit: Limit) -> int:
        for _ in range(_TRIES):
            before, now = await self._attempts.get(key), self._now()
            if before is not None and (wait := before.wait(limit, now)):
                raise TooManyAttempts(wait)
            after = next_attempt(before, now)
            if await self._attempts.replace(key, before, after):
                return after.count
        raise TooManyAttempts(timedelta(seconds=1))


def _key(kind: str, *values: str) -> str:
    """No e-mail address and no network stands in the database."""
    plain = "\0".join((kind, *values))
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()


def _plain(email: str) -> str:
    """The same for two spellings of one address, as ticket_service compares them."""
    return normalize("NFC", normalize("NFC", email.strip()).casefold())
