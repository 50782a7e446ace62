"""What a person wants to hear of, and how."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

_SECONDS = 5.0
_MOST = 10_000


@dataclass(frozen=True)
class Preferences:
    """`mine`, `unassigned` and `mentions` are what to tell of; `sound` and `desktop` how, beside the number in the
    tab's title, which there always is. `keys`: whether single keys do something."""

    sound: bool = True
    desktop: bool = True
    mine: bool = True
    unassigned: bool = True
    mentions: bool = True
    keys: bool = True


class PreferencesStore(Protocol):
    """Where they are kept."""

    async def get(self, organization_id: str, agent_id: str) -> Preferences:
        """Those of an agent; the usual ones when they have chosen none."""
        ...

    async def put(self, organization_id: str, agent_id: str, preferences: Preferences) -> None:
        """Replaces them."""
        ...


class KnownPreferences:
    """Asks the store at most once in some seconds for each agent: every page needs them. Another replica's change is
    seen after that time."""

    def __init__(self, store: PreferencesStore, monotonic: Callable[[], float]) -> None:
        self._store = store
        self._monotonic = monotonic
        self._known: dict[tuple[str, str], tuple[float, Preferences]] = {}

    async def of(self, organization_id: str, agent_id: str) -> Preferences:
        """Those of an agent."""
        key = (organization_id, agent_id)
        until, known = self._known.get(key, (0.0, None))
        if known is None or until <= self._monotonic():
            known = await self._store.get(*key)
            self._remember(key, known)
        return known

    async def change(self, organization_id: str, agent_id: str, preferences: Preferences) -> None:
        """Replaces them."""
        await self._store.put(organization_id, agent_id, preferences)
        self._remember((organization_id, agent_id), preferences)

    def _remember(self, key: tuple[str, str], preferences: Preferences) -> None:
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = (self._monotonic() + _SECONDS, preferences)
