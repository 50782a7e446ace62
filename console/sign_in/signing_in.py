"""Somebody signs in: by password, or by a link with which they set one."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from console.sign_in import errors
from console.sign_in.accounts import Account, AccountStore, AgentKey
from console.sign_in.agents import Agents, KnownAgent
from console.sign_in.audit_action import AuditAction
from console.sign_in.itself import ITSELF
from console.sign_in.limits import SignInLimits, Turn
from console.sign_in.links import LIVES, Link, LinkKind, Links
from console.sign_in.passwords import PasswordHashes
from console.sign_in.session import Browser, Session
from console.sign_in.sessions import Sessions
from console.sign_in.trail import SignInTrail
from keva.ticket.v1 import agent_service_pb2
from servicekit.errors import KevaError
from servicekit.rpc.request_context import Actor

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Stores:
    """What a sign-in reads and writes."""

    accounts: AccountStore
    links: Links
    sessions: Sessions
    limits: SignInLimits
    hashes: PasswordHashes


@dataclass(frozen=True)
class Asking:
    """Somebody who wants in: `browser_secret` is of the cookie by which a browser is known again; `source` is the
    network, or empty if it cannot be told from others; `old_session_id`: of the session that the browser had."""

    browser: Browser
    browser_secret: str
    source: str
    old_session_id: str = ""


@dataclass(frozen=True)
class Entered:
    """A session that has begun, and the secret for its cookie."""

    secret: str
    session: Session


@dataclass(frozen=True)
class Choice:
    """The password is the one of several agents: `agents`, each with the secret of a link to go on with."""

    agents: Sequence[tuple[str, agent_service_pb2.Agent]]


class SigningIn:
    """All ways in, and what ends them."""

    def __init__(self, stores: Stores, agents: Agents, trail: SignInTrail, now: Callable[[], datetime]) -> None:
        self._stores = stores
        self._agents = agents
        self._trail = trail
        self._now = now
        # What nobody waits for, so that no answer takes longer for somebody whom we know.
        self._later: set[asyncio.Task[None]] = set()

    async def by_password(self, email: str, password: str, asking: Asking) -> Entered | Choice | None:
        """A session; a choice, when the password fits in several organizations; None when it is wrong, whatever the
        reason. At least one hash is computed, whoever asks. Raises TooManyAttempts, KevaError, Failure."""
        turn = await self._stores.limits.begin(email, asking.browser_secret, asking.source)
        agents = await self._agents.with_email(email)
        matching = await self._matching(agents, password)
        if not matching:
            self._note_failure(agents, turn)
            return None
        await self._stores.limits.succeeded(turn)
        if len(matching) == 1:
            return await self._enter(_key(matching[0]), "password", asking)
        return Choice([(await self._way_in(agent), agent) for agent in matching])

    async def by_choice(self, secret: str, asking: Asking) -> Entered | None:
        """What a choice leads to; None when it is too late for it."""
        link = await self._stores.links.take(LinkKind.ENTER, secret)
        if link is None or await self._now_active(link) is None:
            return None
        return await self._enter((link.organization_id, link.agent_id), "password", asking)

    async def invited(self, secret: str) -> tuple[Link, agent_service_pb2.Agent] | None:
        """The link to set a password, and whose it is; None when it cannot be used, whatever the reason."""
        link = await self._stores.links.look(LinkKind.SET_PASSWORD, secret)
        known = await self._now_active(link) if link else None
        return (link, known.agent) if link and known else None

    async def by_link(self, secret: str, password: str, asking: Asking) -> Entered | None:
        """Sets the password, ends all sessions of before, and begins one; None when somebody else was quicker. The
        password has been found good."""
        found = await self.invited(secret)
        if found is None:
            return None
        password_hash = await self._stores.hashes.hash(password)
        link, agent = found
        key = (link.organization_id, link.agent_id)
        await self._trail.record(AuditAction.PASSWORD_SET, *key, details={"by": "link"})
        if await self._stores.links.take(LinkKind.SET_PASSWORD, secret) is None:
            return None
        await self._stores.accounts.put(Account(*key, password_hash, self._now()))
        # A link that somebody has made meanwhile stays. Before the sessions: with a choice one could still begin.
        await self._stores.links.end_choices(*key)
        await self._stores.sessions.end_all(*key)
        await self._stores.limits.know(agent.email, asking.browser_secret)
        return await self._enter(key, "link", asking)

    async def change_password(self, session: Session, old: str, new: str, email: str, asking: Asking) -> bool:
        """Another password for the session's agent, whose other sessions and links end; False when the old one is
        wrong. Guesses are limited as those of somebody who signs in. Raises TooManyAttempts."""
        key = (session.organization_id, session.agent_id)
        turn = await self._stores.limits.begin(email, asking.browser_secret, asking.source)
        account = (await self._stores.accounts.get_many([key])).get(key)
        verdict = await self._stores.hashes.verify(account.password_hash if account else None, old)
        if not verdict.matches:
            return False
        await self._stores.limits.succeeded(turn)
        password_hash = await self._stores.hashes.hash(new)
        await self._trail.record(AuditAction.PASSWORD_SET, *key, details={"by": "password"})
        await self._stores.accounts.put(Account(*key, password_hash, self._now()))
        await self._stores.links.end_all(*key)
        await self._stores.sessions.end_all(*key, but=session.session_id)
        return True

    async def has_password(self, organization_id: str, agent_id: str) -> bool:
        """Whether the agent has ever set one."""
        key = (organization_id, agent_id)
        return key in await self._stores.accounts.get_many([key])

    async def make_link(self, organization_id: str, agent_id: str, actor: Actor) -> tuple[str, Link]:
        """A link for the agent to set a password with, behind its secret. Raises NotFound AGENT_NOT_FOUND."""
        self._agents.forget(organization_id, agent_id)
        if await self._agents.find(organization_id, agent_id) is None:
            raise errors.agent_not_found(agent_id)
        expires = self._now() + LIVES[LinkKind.SET_PASSWORD]
        details = {"expire_time": expires.isoformat(timespec="seconds")}
        await self._trail.record(AuditAction.LINK_CREATED, organization_id, agent_id, actor, details)
        return await self._stores.links.make(LinkKind.SET_PASSWORD, organization_id, agent_id)

    async def end_sessions(self, organization_id: str, agent_id: str, actor: Actor) -> int:
        """Ends all sessions of the agent, and choices that would begin one; says how many sessions there were."""
        had = await self._stores.sessions.of_agent(organization_id, agent_id)
        if had:
            details = {"sessions": str(len(had))}
            await self._trail.record(AuditAction.SESSIONS_ENDED, organization_id, agent_id, actor, details)
        await self._stores.links.end_choices(organization_id, agent_id)
        return await self._stores.sessions.end_all(organization_id, agent_id)

    async def end_links(self, organization_id: str, agent_id: str) -> None:
        """Ends the links of the agent: those that somebody made, and choices."""
        await self._stores.links.end_all(organization_id, agent_id)

    async def sign_out(self, session: Session) -> None:
        """Ends the session. It ends even if nobody can record it: the browser has been told so."""
        await self._stores.sessions.end(session.session_id)
        await self._quietly(self._trail.record(AuditAction.ENDED, session.organization_id, session.agent_id))

    async def end_session(self, session: Session, session_id: str) -> None:
        """Ends another session of the same agent, or nothing."""
        key = (session.organization_id, session.agent_id)
        if session_id in {known.session_id for known in await self._stores.sessions.of_agent(*key)}:
            await self._trail.record(AuditAction.SESSIONS_ENDED, *key, details={"sessions": "1"})
            await self._stores.sessions.end(session_id)

    async def _now_active(self, link: Link) -> KnownAgent | None:
        """Whose link it is, unless they were deactivated since, if only for a moment."""
        self._agents.forget(link.organization_id, link.agent_id)
        known = await self._agents.find(link.organization_id, link.agent_id)
        return None if known is None or known.was_gone_since(link.create_time) else known

    async def _matching(
        self, agents: Sequence[agent_service_pb2.Agent], password: str
    ) -> list[agent_service_pb2.Agent]:
        accounts = await self._stores.accounts.get_many([_key(agent) for agent in agents])
        matching = []
        # Whoever is not there takes as long as somebody.
        for account in [accounts.get(_key(agent)) for agent in agents] or [None]:
            verdict = await self._stores.hashes.verify(account.password_hash if account else None, password)
            if account and verdict.matches:
                matching.append(account.key)
            if account and verdict.better_hash:
                await self._stores.accounts.replace_hash(account, verdict.better_hash)
        return [agent for agent in agents if _key(agent) in matching]

    async def _enter(self, key: AgentKey, by: str, asking: Asking) -> Entered:
        await self._trail.record(AuditAction.SUCCEEDED, *key, details={"by": by})
        if asking.old_session_id:
            await self._stores.sessions.end(asking.old_session_id)
        await self._end_those_of_before(key)
        return Entered(*await self._stores.sessions.begin(*key, asking.browser))

    async def _end_those_of_before(self, key: AgentKey) -> None:
        """Sessions that deactivating has ended, and that nobody has used since."""
        self._agents.forget(*key)
        known = await self._agents.find(*key)
        for session in await self._stores.sessions.of_agent(*key):
            if known and known.was_gone_since(session.create_time):
                await self._stores.sessions.end(session.session_id)

    async def _way_in(self, agent: agent_service_pb2.Agent) -> str:
        secret, _ = await self._stores.links.make(LinkKind.ENTER, *_key(agent))
        return secret

    def _note_failure(self, agents: Sequence[agent_service_pb2.Agent], turn: Turn) -> None:
        if turn.failed & (turn.failed - 1):
            return
        details = {"failures": str(turn.failed)}
        for agent in agents:
            record = self._trail.record(AuditAction.FAILED, *_key(agent), actor=ITSELF, details=details)
            task = asyncio.create_task(self._quietly(record))
            self._later.add(task)
            task.add_done_callback(self._later.discard)

    async def _quietly(self, record: Coroutine[Any, Any, None]) -> None:
        try:
            await record
        except KevaError as error:
            _log.warning("not in the audit trail", reason=error.reason)


def _key(agent: agent_service_pb2.Agent) -> AgentKey:
    return agent.organization_id, agent.agent_id
