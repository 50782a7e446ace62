"""Which organization a workspace belongs to, for the check that every request passes."""

from ticket_service import errors
from ticket_service.ports.workspaces import WorkspaceStore

_MOST = 10_000


class Tenants:
    """Asks the store once per workspace: none ever moves to another organization, or is removed."""

    def __init__(self, store: WorkspaceStore) -> None:
        self._store = store
        self._known: dict[str, str] = {}

    async def organization_of(self, workspace_id: str, organization_id: str = "") -> str:
        """Raises WORKSPACE_NOT_FOUND, also when it is not in `organization_id`, if that is given."""
        known = self._known.get(workspace_id) or await self._ask(workspace_id)
        if organization_id and known != organization_id:
            raise errors.workspace_not_found(workspace_id, organization_id)
        return known

    async def _ask(self, workspace_id: str) -> str:
        found = await self._store.organization_of(workspace_id)
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[workspace_id] = found
        return found
