"""What is asked of the workspaces."""

from collections.abc import Callable
from typing import Protocol

from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.workspace import Workspace


class WorkspaceStore(Protocol):
    """Workspaces."""

    async def create_workspace(self, workspace: Workspace, request_id: str, entry: AuditEntry) -> Workspace:
        """Stores it; the same request_id in the organization gives the one that was made then, as it is now.

        Raises AlreadyExists REQUEST_ID_REUSED when that one was asked for under another name or auto-close time.
        """
        ...

    async def get_workspace(self, organization_id: str, workspace_id: str) -> Workspace:
        """Raises NotFound WORKSPACE_NOT_FOUND."""
        ...

    async def list_workspaces(self, organization_id: str, after: str, limit: int) -> list[Workspace]:
        """Oldest first; `after` is the last workspace id of the page before."""
        ...

    async def organization_of(self, workspace_id: str) -> str:
        """The organization that a workspace belongs to, for ever. Raises NotFound WORKSPACE_NOT_FOUND."""
        ...

    async def list_auto_closing(self) -> list[Workspace]:
        """Those of all organizations whose auto-close is on."""
        ...

    async def list_offices(self) -> list[Workspace]:
        """Those of all organizations that have business hours, or a target for answers."""
        ...

    async def list_retaining(self) -> list[Workspace]:
        """Those of all organizations that keep content for some time only."""
        ...

    async def change_workspace(
        self,
        organization_id: str,
        workspace_id: str,
        decide: Callable[[Workspace], tuple[Workspace, tuple[AuditEntry, ...]]],
    ) -> Workspace:
        """Like TicketStore.change_ticket, for a workspace. Raises NotFound WORKSPACE_NOT_FOUND."""
        ...
