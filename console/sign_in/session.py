"""A session: somebody who has signed in, in one browser."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

# Of the secret in the cookie: 256 bits cannot be guessed.
_BYTES = 32


@dataclass(frozen=True)
class Session:
    """`session_id` is the hash of the cookie's secret, so that whoever reads the database can open no session.
    `csrf_token` stands in every form of this session. Times are UTC."""

    session_id: str
    organization_id: str
    agent_id: str
    csrf_token: str
    create_time: datetime
    last_used_time: datetime


class SessionStore(Protocol):
    """Where sessions are kept."""

    async def add(self, session: Session) -> None:
        """Keeps a new one."""
        ...

    async def get(self, session_id: str) -> Session | None:
        """The session of that id, if it has not ended."""
        ...

    async def remove(self, session_id: str) -> None:
        """Ends it. Doing so twice is no error."""
        ...


def new_secret() -> str:
    """What a cookie or a link has, and nobody else: URL-safe characters."""
    return secrets.token_urlsafe(_BYTES)


def id_of(secret: str) -> str:
    """What the database has of a secret: it is random, so that a plain hash gives nothing away."""
    return hashlib.sha256(secret.encode()).hexdigest()
