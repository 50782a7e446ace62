"""A session: somebody who has signed in, in one browser."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

# Of the secret in the cookie: 256 bits cannot be guessed.
_BYTES = 32
# The time of the last use is written at most so often.
_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Browser:
    """What is shown of the browser of a session, so that its owner can tell it from others: `name`, such as Firefox on
    Linux, and the network that it came from, without the part that names the very machine. Both may be empty."""

    name: str = ""
    source: str = ""


@dataclass(frozen=True)
class Session:
    """`session_id` is the hash of the cookie's secret, so that whoever reads the database can open no session.
    `csrf_token` stands in every form of this session. Times are UTC; from `expire_time` on it has ended."""

    session_id: str
    organization_id: str
    agent_id: str
    csrf_token: str
    create_time: datetime
    last_used_time: datetime
    expire_time: datetime
    browser: Browser = Browser()


@dataclass(frozen=True)
class SessionLimits:
    """A session ends when it was not used for `idle`, and `longest` after it began."""

    idle: timedelta = timedelta(hours=12)
    longest: timedelta = timedelta(days=14)

    def end_of(self, create_time: datetime, last_used_time: datetime) -> datetime:
        """When a session ends if it is not used again."""
        return min(last_used_time + self.idle, create_time + self.longest)


def is_worth_noting(session: Session, now: datetime) -> bool:
    """Whether its use now is to be written down."""
    return now - session.last_used_time >= _NOTED_EVERY


class SessionStore(Protocol):
    """Where sessions are kept."""

    async def add(self, session: Session) -> None:
        """Keeps a new one."""
        ...

    async def get(self, session_id: str) -> Session | None:
        """The session of that id, unless it was removed; one that has ended may still be there for a while."""
        ...

    async def of_agent(self, organization_id: str, agent_id: str) -> list[Session]:
        """Those of an agent, the one used last first."""
        ...

    async def note_use(self, session_id: str, last_used_time: datetime, expire_time: datetime) -> None:
        """Writes the two times. One that was removed stays so."""
        ...

    async def remove(self, session_id: str) -> None:
        """Ends it. Doing so twice is not an error."""
        ...

    async def remove_of_agent(self, organization_id: str, agent_id: str, but: str = "") -> int:
        """Ends those of an agent, all but the one of that id, and says how many there were."""
        ...


def new_secret() -> str:
    """What a cookie or a link has, and nobody else: URL-safe characters."""
    return secrets.token_urlsafe(_BYTES)


def id_of(secret: str) -> str:
    """What the database has of a secret: it is random, so that a plain hash gives nothing away."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
