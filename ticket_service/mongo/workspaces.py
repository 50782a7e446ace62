"""WorkspaceStore on MongoDB."""

from collections.abc import Callable
from typing import Any

from ticket_service import errors
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.channel import Workspace
from ticket_service.mongo import documents
from ticket_service.mongo.database import Database

_ASKED_FOR = ("display_name", "auto_close_seconds", "retain_seconds")


class MongoWorkspaces:
    """See store.WorkspaceStore."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def create_workspace(self, workspace: Workspace, request_id: str, entry: AuditEntry) -> Workspace:
        """See store.WorkspaceStore."""

        async def work(session: Any) -> Workspace:
            document = documents.from_workspace(workspace)
            if request_id:
                # What was asked for: the workspace may be changed before the same request comes again.
                document["request"] = {name: document[name] for name in _ASKED_FOR}
                document["request_id"] = request_id
                query = {"organization_id": workspace.organization_id, "request_id": request_id}
                earlier = await self._db.workspaces.find_one(query, session=session)
                if earlier is not None and {"retain_seconds": 0, **earlier["request"]} != document["request"]:
                    raise errors.request_id_reused(request_id)
                if earlier is not None:
                    return documents.to_workspace(earlier)
            await self._db.workspaces.insert_one(document, session=session)
            await self._db.write_entries(workspace.organization_id, workspace.workspace_id, [entry], session)
            return workspace

        return await self._db.in_transaction(work)

    async def get_workspace(self, organization_id: str, workspace_id: str) -> Workspace:
        """See store.WorkspaceStore."""
        return await self._get(organization_id, workspace_id, None)

    async def list_workspaces(self, organization_id: str, after: str, limit: int) -> list[Workspace]:
        """See store.WorkspaceStore."""
        query = {"organization_id": organization_id, "_id": {"$gt": after}}
        found = await self._db.workspaces.find(query).sort("_id", 1).limit(limit).to_list(None)
        return [documents.to_workspace(document) for document in found]

    async def organization_of(self, workspace_id: str) -> str:
        """See store.WorkspaceStore."""
        found = await self._db.workspaces.find_one({"_id": workspace_id}, {"organization_id": 1})
        if found is None:
            raise errors.workspace_not_found(workspace_id)
        return str(found["organization_id"])

    async def list_auto_closing(self) -> list[Workspace]:
        """See store.WorkspaceStore."""
        found = await self._db.workspaces.find({"auto_close_seconds": {"$gt": 0}}).to_list(None)
        return [documents.to_workspace(document) for document in found]

    async def list_retaining(self) -> list[Workspace]:
        """See store.WorkspaceStore."""
        found = await self._db.workspaces.find({"retain_seconds": {"$gt": 0}}).to_list(None)
        return [documents.to_workspace(document) for document in found]

    async def change_workspace(
        self,
        organization_id: str,
        workspace_id: str,
        decide: Callable[[Workspace], tuple[Workspace, tuple[AuditEntry, ...]]],
    ) -> Workspace:
        """See store.WorkspaceStore."""

        async def work(session: Any) -> Workspace:
            workspace, entries = decide(await self._get(organization_id, workspace_id, session))
            if entries:
                document = documents.from_workspace(workspace)
                await self._db.workspaces.update_one({"_id": document.pop("_id")}, {"$set": document}, session=session)
                await self._db.write_entries(organization_id, workspace_id, entries, session)
            return workspace

        return await self._db.in_transaction(work)

    async def _get(self, organization_id: str, workspace_id: str, session: Any) -> Workspace:
        query = {"_id": workspace_id, "organization_id": organization_id}
        document = await self._db.workspaces.find_one(query, session=session)
        if document is None:
            raise errors.workspace_not_found(workspace_id)
        return documents.to_workspace(document)
