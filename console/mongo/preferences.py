"""Preferences as documents: one per agent."""

from dataclasses import asdict, fields
from typing import Any

from console.live.preferences import Preferences

Document = dict[str, Any]
_NAMES = tuple(field.name for field in fields(Preferences))


class MongoPreferences:
    """Implements preferences.PreferencesStore."""

    def __init__(self, database: Any) -> None:
        self._preferences = database["preferences"]

    async def prepare(self) -> None:
        """They are found by their ids alone."""

    async def get(self, organization_id: str, agent_id: str) -> Preferences:
        found = await self._preferences.find_one(_of(organization_id, agent_id)) or {}
        # Those of another version may have more, or fewer.
        return Preferences(**{name: bool(found[name]) for name in _NAMES if name in found})

    async def put(self, organization_id: str, agent_id: str, preferences: Preferences) -> None:
        await self._preferences.replace_one(_of(organization_id, agent_id), asdict(preferences), upsert=True)


def _of(organization_id: str, agent_id: str) -> Document:
    return {"_id": f"{organization_id} {agent_id}"}
