"""Sessions as they begin and end."""

from collections.abc import Callable
from datetime import datetime

from console.sign_in.session import Session, SessionStore, id_of, new_secret


class Sessions:
    """Begins, finds and ends the sessions in a store."""

    def __init__(self, store: SessionStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    async def begin(self, organization_id: str, agent_id: str) -> tuple[str, Session]:
        """A new session of an agent's, behind the secret for the cookie, which nobody can read from here again."""
        secret, now = new_secret(), self._now()
        session = Session(id_of(secret), organization_id, agent_id, new_secret(), now, now)
        await self._store.add(session)
        return secret, session

    async def find(self, secret: str) -> Session | None:
        """The session whose cookie has that secret; None when there is none, or it has ended."""
        return await self._store.get(id_of(secret))

    async def end(self, session_id: str) -> None:
        """Ends a session. Doing so twice is no error."""
        await self._store.remove(session_id)
