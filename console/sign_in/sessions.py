"""Sessions as they begin and end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from console.sign_in.session import (
    Browser,
    Session,
    SessionLimits,
    SessionStore,
    id_of,
    is_worth_noting,
    new_secret,
)


class Sessions:
    """Begins, finds and ends the sessions in a store."""

    def __init__(self, store: SessionStore, now: Callable[[], datetime], limits: SessionLimits | None = None) -> None:
        self._store = store
        self._now = now
        self._limits = limits or SessionLimits()

    async def begin(self, organization_id: str, agent_id: str, browser: Browser | None = None) -> tuple[str, Session]:
        """A new session of an agent's, behind the secret for the cookie, which nobody can read from here again."""
        secret, now = new_secret(), self._now()
        session = Session(
            session_id=id_of(secret),
            organization_id=organization_id,
            agent_id=agent_id,
            csrf_token=new_secret(),
            create_time=now,
            last_used_time=now,
            expire_time=self._limits.end_of(now, now),
            browser=browser or Browser(),
        )
        await self._store.add(session)
        return secret, session

    async def find(self, secret: str, *, is_used: bool = True) -> Session | None:
        """The session whose cookie has that secret; None when there is none, or it has ended. `is_used`: somebody uses
        it by this, so that it goes on; a page that keeps itself up to date does not."""
        session, now = await self._store.get(id_of(secret)), self._now()
        if session is None or session.expire_time <= now:
            return None
        if not is_used or not is_worth_noting(session, now):
            return session
        used = replace(session, last_used_time=now, expire_time=self._limits.end_of(session.create_time, now))
        await self._store.note_use(used.session_id, used.last_used_time, used.expire_time)
        return used

    async def is_open(self, session_id: str) -> bool:
        """Whether it has not ended. It is not used by this."""
        session = await self._store.get(session_id)
        return session is not None and session.expire_time > self._now()

    async def of_agent(self, organization_id: str, agent_id: str) -> list[Session]:
        """Those of an agent that have not ended, the one used last first."""
        now = self._now()
        return [s for s in await self._store.of_agent(organization_id, agent_id) if s.expire_time > now]

    async def end(self, session_id: str) -> None:
        """Ends a session. Doing so twice is not an error."""
        await self._store.remove(session_id)

    async def end_all(self, organization_id: str, agent_id: str, but: str = "") -> int:
        """Ends those of an agent, all but the one of the id `but`, and says how many there were."""
        return await self._store.remove_of_agent(organization_id, agent_id, but)
