"""One-time links: with one an agent sets a password; with one that lives some minutes, somebody who is an agent of
several organizations says which one is meant."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from console.sign_in.session import id_of, new_secret


class LinkKind(Enum):
    """What a link lets its holder do."""

    SET_PASSWORD = "SET_PASSWORD"  # noqa: S105 - no password
    # The password was right: the session alone is missing.
    ENTER = "ENTER"


LIVES = {LinkKind.SET_PASSWORD: timedelta(hours=72), LinkKind.ENTER: timedelta(minutes=5)}


@dataclass(frozen=True)
class Link:
    """`link_id` is the hash of the link's secret. Times are UTC."""

    link_id: str
    kind: LinkKind
    organization_id: str
    agent_id: str
    expire_time: datetime

    @property
    def create_time(self) -> datetime:
        """When it was made."""
        return self.expire_time - LIVES[self.kind]


class LinkStore(Protocol):
    """Where links are kept until they are used."""

    async def add(self, link: Link) -> None:
        """Keeps it."""
        ...

    async def get(self, link_id: str) -> Link | None:
        """The link of that id; one that has expired may still be there for a while."""
        ...

    async def take(self, link_id: str) -> Link | None:
        """The same, and removes it: of all who take it, one gets it."""
        ...

    async def remove_of_agent(
        self, organization_id: str, agent_id: str, kinds: Collection[LinkKind], but: str = ""
    ) -> None:
        """Removes those of these kinds, all but the one of that id."""
        ...


class Links:
    """Makes, shows and uses up the links in a store."""

    def __init__(self, store: LinkStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    async def make(self, kind: LinkKind, organization_id: str, agent_id: str) -> tuple[str, Link]:
        """A new link, behind its secret. With one to set a password all end that the agent had before."""
        secret = new_secret()
        link = Link(id_of(secret), kind, organization_id, agent_id, self._now() + LIVES[kind])
        await self._store.add(link)
        if kind is LinkKind.SET_PASSWORD:
            await self._store.remove_of_agent(organization_id, agent_id, tuple(LinkKind), link.link_id)
        return secret, link

    async def look(self, kind: LinkKind, secret: str) -> Link | None:
        """The link, which can still be used after it; None when it was used, has expired or never was."""
        return self._if_good(await self._store.get(id_of(secret)), kind)

    async def take(self, kind: LinkKind, secret: str) -> Link | None:
        """The same, which nobody can use again."""
        link = await self.look(kind, secret)
        return self._if_good(await self._store.take(link.link_id), kind) if link else None

    async def end_all(self, organization_id: str, agent_id: str) -> None:
        """Ends those of an agent."""
        await self._store.remove_of_agent(organization_id, agent_id, tuple(LinkKind))

    async def end_choices(self, organization_id: str, agent_id: str) -> None:
        """Ends those for which the password of now, or of before, was right. Links to set a password stay."""
        await self._store.remove_of_agent(organization_id, agent_id, (LinkKind.ENTER,))

    def _if_good(self, link: Link | None, kind: LinkKind) -> Link | None:
        return link if link and link.kind is kind and link.expire_time > self._now() else None
