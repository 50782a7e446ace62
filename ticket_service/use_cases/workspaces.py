"""Use cases: read and change workspaces."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from servicekit.clock import Clock
from servicekit.ids import new_id
from servicekit.paging import Page, Position, id_at, page
from ticket_service.domain.ai_profile import require_profile
from ticket_service.domain.audit import Actor, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.workspace import DEFAULT_AUTO_CLOSE_AFTER, FOR_EVER, Workspace
from ticket_service.ports.workspaces import WorkspaceStore
from ticket_service.use_cases.checks import require_display_name, require_duration, require_request_id
from ticket_service.use_cases.work.office_checks import require_office


@dataclass(frozen=True)
class WorkspaceEdit:
    """New values of what people may edit; None leaves a field as it is, and so does its absence from `ai_profile`."""

    display_name: str | None = None
    auto_close_after: timedelta | None = None
    ai_profile: Mapping[str, Any] = field(default_factory=dict)
    retain_for: timedelta | None = None
    # By their names in Workspace: hours, what is said outside of them, targets and limits.
    office: Mapping[str, Any] = field(default_factory=dict)

    def of(self, workspace: Workspace) -> Workspace:
        """The workspace after it."""
        return replace(
            workspace,
            display_name=workspace.display_name if self.display_name is None else self.display_name,
            auto_close_after=workspace.auto_close_after if self.auto_close_after is None else self.auto_close_after,
            ai_profile=replace(workspace.ai_profile, **self.ai_profile),
            retain_for=workspace.retain_for if self.retain_for is None else self.retain_for,
            **self.office,
        )


class Workspaces:
    """Workspaces of all organizations."""

    def __init__(
        self, store: WorkspaceStore, clock: Clock, learn: Callable[[Workspace], None] = lambda _: None
    ) -> None:
        """`learn` hears how a workspace is after each update."""
        self._store = store
        self._clock = clock
        self._learn = learn

    async def create(
        self,
        organization_id: str,
        display_name: str,
        auto_close_after: timedelta | None,
        request_id: str,
        actor: Actor,
        retain_for: timedelta = FOR_EVER,
    ) -> Workspace:
        """`auto_close_after` None is 7 days. Raises FIELD_REQUIRED, FIELD_INVALID, REQUEST_ID_REUSED."""
        require_request_id(request_id)
        require_display_name(display_name, "display_name")
        after = DEFAULT_AUTO_CLOSE_AFTER if auto_close_after is None else auto_close_after
        require_duration(after, "auto_close_after")
        require_duration(retain_for, "retain_for")
        now = self._clock()
        wanted = Workspace(new_id("wsp"), organization_id, display_name, now, after, retain_for=retain_for)
        entry = AuditEntry(AuditAction.WORKSPACE_CREATED, wanted.workspace_id, actor, now)
        return await self._store.create_workspace(wanted, request_id, entry)

    async def get(self, organization_id: str, workspace_id: str) -> Workspace:
        """Raises WORKSPACE_NOT_FOUND."""
        return await self._store.get_workspace(organization_id, workspace_id)

    async def list_workspaces(self, organization_id: str, asked: Page) -> tuple[list[Workspace], str]:
        """A page of workspaces, oldest first, and the next page's token."""

        async def read(position: Position, limit: int) -> list[Workspace]:
            return await self._store.list_workspaces(organization_id, id_at(position), limit)

        return await page(asked, [organization_id], read, lambda workspace: [workspace.workspace_id])

    async def update(self, organization_id: str, workspace_id: str, edit: WorkspaceEdit, actor: Actor) -> Workspace:
        """Raises WORKSPACE_NOT_FOUND, FIELD_REQUIRED, FIELD_INVALID."""
        if edit.display_name is not None:
            require_display_name(edit.display_name, "workspace.display_name")
        if edit.auto_close_after is not None:
            require_duration(edit.auto_close_after, "auto_close_after")
        if edit.retain_for is not None:
            require_duration(edit.retain_for, "retain_for")

        def decide(workspace: Workspace) -> tuple[Workspace, tuple[AuditEntry, ...]]:
            changed = edit.of(workspace)
            require_profile(changed.ai_profile)
            require_office(changed)
            if changed == workspace:
                return workspace, ()
            details = {"auto_close_seconds": str(int(changed.auto_close_after.total_seconds()))}
            if changed.retain_for != workspace.retain_for:
                details["retain_seconds"] = str(int(changed.retain_for.total_seconds()))
            if edit.ai_profile:
                # What is said to customers is text, so the trail does not quote it.
                details["ai_profile"] = ", ".join(sorted(edit.ai_profile))
            if other := [name for name in edit.office if getattr(changed, name) != getattr(workspace, name)]:
                details["changed"] = ", ".join(sorted(other))
            return changed, (AuditEntry(AuditAction.WORKSPACE_UPDATED, workspace_id, actor, self._clock(), details),)

        workspace = await self._store.change_workspace(organization_id, workspace_id, decide)
        self._learn(workspace)
        return workspace
