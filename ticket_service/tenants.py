"""Which organization a workspace belongs to, for the check that every request passes."""

from ticket_service.store import WorkspaceStore

_MOST = 10_000


class Tenants:
    """Remembers what it was asked: a workspace never moves, and is never removed."""

    def __init__(self, store: WorkspaceStore) -> None:
        self._store = store
        self._known: dict[str, str] = {}

    async def organization_of(self, workspace_id: str) -> str | None:
        """None when there is no such workspace (yet)."""
        known = self._known.get(workspace_id)
        if known is not None:
            return known
        found = await self._store.organization_of(workspace_id)
        if found is not None:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[workspace_id] = found
        return found
