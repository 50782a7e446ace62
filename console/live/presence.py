"""Who is at which ticket, and who is writing there."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

# Browsers say every 20 s that they are still there, and every few seconds that somebody is writing.
_HERE = timedelta(seconds=50)
_WRITING = timedelta(seconds=12)
# Changes that are kept for browsers. They ask every second: what is older they have.
_MOST_CHANGES = 5000


@dataclass(frozen=True)
class Presence:
    """An agent at a ticket."""

    agent_id: str
    name: str
    writing: bool


@dataclass(frozen=True)
class Sighting:
    """An agent was seen at a ticket. It counts until `expire_time`; `writing_until` is None when they write nothing.
    Times are UTC."""

    organization_id: str
    workspace_id: str
    ticket_id: str
    agent_id: str
    name: str
    expire_time: datetime
    writing_until: datetime | None = None


class PresenceStore(Protocol):
    """Where sightings are kept, for all replicas."""

    async def put(self, sighting: Sighting) -> None:
        """Replaces the agent's sighting at that ticket."""
        ...

    async def remove(self, workspace_id: str, ticket_id: str, agent_id: str) -> None:
        """Forgets it. Doing so twice is not an error."""
        ...

    async def in_workspace(self, workspace_id: str, now: datetime) -> list[Sighting]:
        """Those that count, by the agents' names."""
        ...

    async def in_organization(self, organization_id: str, now: datetime) -> list[Sighting]:
        """The same of all its workspaces."""
        ...


# By ticket id.
People = Mapping[str, Sequence[Presence]]


class PresenceBoard:
    """Takes in who is where, and says it."""

    def __init__(self, store: PresenceStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        # What an organization's hub does when somebody came, left or writes, so that this replica's browsers need not
        # wait for its next look.
        self._nudges: dict[str, Callable[[], None]] = {}

    async def at(self, workspace_id: str) -> People:
        """Who is at each ticket of the workspace that anybody is at."""
        now = self._now()
        people = _by_ticket(await self._store.in_workspace(workspace_id, now), now)
        return {ticket_id: those for (_, ticket_id), those in people.items()}

    async def of_organization(self, organization_id: str) -> Mapping[tuple[str, str], tuple[Presence, ...]]:
        """The same by workspace id and ticket id."""
        now = self._now()
        return _by_ticket(await self._store.in_organization(organization_id, now), now)

    async def here(self, organization_id: str, workspace_id: str, ticket_id: str, who: Presence) -> None:
        """Somebody is at a ticket, or writes there."""
        now = self._now()
        writing_until = now + _WRITING if who.writing else None
        where = (organization_id, workspace_id, ticket_id)
        await self._store.put(Sighting(*where, who.agent_id, who.name, now + _HERE, writing_until))
        self._nudge(organization_id)

    async def gone(self, organization_id: str, workspace_id: str, ticket_id: str, agent_id: str) -> None:
        """Somebody left it."""
        await self._store.remove(workspace_id, ticket_id, agent_id)
        self._nudge(organization_id)

    def on_change(self, organization_id: str, nudge: Callable[[], None]) -> None:
        """Calls `nudge` at each change that comes to this replica."""
        self._nudges[organization_id] = nudge

    def _nudge(self, organization_id: str) -> None:
        if organization_id in self._nudges:
            self._nudges[organization_id]()


def _by_ticket(sightings: Iterable[Sighting], now: datetime) -> dict[tuple[str, str], tuple[Presence, ...]]:
    people: dict[tuple[str, str], tuple[Presence, ...]] = {}
    for seen in sightings:
        key = (seen.workspace_id, seen.ticket_id)
        writing = seen.writing_until is not None and seen.writing_until > now
        people[key] = (*people.get(key, ()), Presence(seen.agent_id, seen.name, writing))
    return people


class PresenceChanges:
    """What changed between looks at the board: browsers ask for what is newer than what they have."""

    def __init__(self) -> None:
        self._people: Mapping[tuple[str, str], tuple[Presence, ...]] = {}
        self._changed: dict[tuple[str, str], int] = {}
        self.version = 0

    def look(self, people: Mapping[tuple[str, str], tuple[Presence, ...]]) -> bool:
        """Takes in how it is now; says whether something changed."""
        changed = [key for key in {*people, *self._people} if people.get(key) != self._people.get(key)]
        self._people = people
        if changed:
            self.version += 1
            self._changed.update(dict.fromkeys(changed, self.version))
            self._forget()
        return bool(changed)

    def since(self, version: int, workspace_id: str) -> dict[str, tuple[Presence, ...]]:
        """Who is at the workspace's tickets where that changed after `version`, by ticket id; with 0, at all of them
        where anybody is, or was."""
        return {
            ticket_id: self._people.get((workspace, ticket_id), ())
            for (workspace, ticket_id), changed in self._changed.items()
            if changed > version and workspace == workspace_id
        }

    def _forget(self) -> None:
        if len(self._changed) > _MOST_CHANGES:
            newest = sorted(self._changed, key=self._changed.__getitem__)[-_MOST_CHANGES // 2 :]
            self._changed = {key: self._changed[key] for key in {*newest, *self._people} if key in self._changed}
