"""WorkspaceStore on MongoDB."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pymongo import ASCENDING, IndexModel

from servicekit.mongo.readable import first_readable, readable
from ticket_service import errors
from ticket_service.domain.ai_profile import AiProfile
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.work.office import NO_LIMIT, NO_TARGET
from ticket_service.domain.workspace import Workspace
from ticket_service.mongo.audit_chains import append_to_organization
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import KEY, LIST, Field, Mapper, nested, sparse
from ticket_service.mongo.work.business_hours import hours_from_document, hours_to_document

# What only some workspaces have.
_OFFICE = ("business_hours", "first_answer_seconds", "next_answer_seconds")
INDEXES = [
    IndexModel(
        [("organization_id", ASCENDING), ("request_id", ASCENDING)],
        name="one_workspace_per_request_id",
        unique=True,
        partialFilterExpression={"request_id": {"$exists": True}},
    ),
    IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)], name="oldest"),
    IndexModel([("auto_close_seconds", ASCENDING)], name="auto_close"),
    IndexModel([("retain_seconds", ASCENDING)], name="retention"),
    *(IndexModel([(name, ASCENDING)], name=name, sparse=True) for name in _OFFICE),
]


def _seconds(name: str) -> Field:
    return Field(timedelta.total_seconds, lambda seconds: timedelta(seconds=seconds), name)


_WORKSPACES = Mapper(
    Workspace,
    workspace_id=KEY,
    auto_close_after=_seconds("auto_close_seconds"),
    retain_for=_seconds("retain_seconds"),
    ai_profile=nested(Mapper(AiProfile, languages=LIST, hand_off_rules=LIST)),
    business_hours=sparse(None, Field(hours_to_document, hours_from_document)),
    out_of_office_text=sparse(""),
    first_answer_target=sparse(NO_TARGET, _seconds("first_answer_seconds")),
    next_answer_target=sparse(NO_TARGET, _seconds("next_answer_seconds")),
    max_open_tickets=sparse(NO_LIMIT),
)
workspace_to_document, workspace_from_document = _WORKSPACES.to_document, _WORKSPACES.from_document

_WHAT = "workspace"
_ASKED_FOR = ("display_name", "auto_close_seconds", "retain_seconds")


class MongoWorkspaces:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def create_workspace(self, workspace: Workspace, request_id: str, entry: AuditEntry) -> Workspace:
        async def work(session: Any) -> Workspace:
            document = workspace_to_document(workspace)
            if request_id:
                # What was asked for: the workspace may be changed before the same request comes again.
                document["request"] = {name: document[name] for name in _ASKED_FOR}
                document["request_id"] = request_id
                query = {"organization_id": workspace.organization_id, "request_id": request_id}
                earlier = await self._db.workspaces.find_one(query, session=session)
                if earlier is not None and {"retain_seconds": 0, **earlier["request"]} != document["request"]:
                    raise errors.request_id_reused(request_id)
                if earlier is not None:
                    return workspace_from_document(earlier)
            await self._db.workspaces.insert_one(document, session=session)
            await append_to_organization(self._db, workspace.organization_id, workspace.workspace_id, [entry], session)
            return workspace

        return await self._db.in_transaction(work)

    async def create_if_missing(self, workspace: Workspace, entry: AuditEntry) -> None:
        """Stores it with its entry, unless a workspace has its id already. Of replicas that start at once, one does."""

        async def work(session: Any) -> None:
            document = workspace_to_document(workspace)
            if await self._db.workspaces.find_one({"_id": document["_id"]}, {"_id": 1}, session=session) is None:
                await self._db.workspaces.insert_one(document, session=session)
                owner = (workspace.organization_id, workspace.workspace_id)
                await append_to_organization(self._db, *owner, [entry], session)

        await self._db.in_transaction(work)

    async def get_workspace(self, organization_id: str, workspace_id: str) -> Workspace:
        return await self._get(organization_id, workspace_id, None)

    async def list_workspaces(self, organization_id: str, after: str, limit: int) -> list[Workspace]:
        query = {"organization_id": organization_id, "_id": {"$gt": after}}
        found = self._db.workspaces.find(query).sort("_id", 1)
        return await first_readable(found, limit, workspace_from_document, _WHAT)

    async def organization_of(self, workspace_id: str) -> str:
        found = await self._db.workspaces.find_one({"_id": workspace_id}, {"organization_id": 1})
        # One that somebody has taken out of its organization, in the database, is nobody's.
        if found is None or not found.get("organization_id"):
            raise errors.workspace_not_found(workspace_id)
        return str(found["organization_id"])

    async def list_auto_closing(self) -> list[Workspace]:
        found = await self._db.workspaces.find({"auto_close_seconds": {"$gt": 0}}).to_list(None)
        return readable(found, workspace_from_document, _WHAT)

    async def list_offices(self) -> list[Workspace]:
        either = [{name: {"$exists": True}} for name in _OFFICE]
        found = await self._db.workspaces.find({"$or": either}).to_list(None)
        return readable(found, workspace_from_document, _WHAT)

    async def list_retaining(self) -> list[Workspace]:
        found = await self._db.workspaces.find({"retain_seconds": {"$gt": 0}}).to_list(None)
        return readable(found, workspace_from_document, _WHAT)

    async def change_workspace(
        self,
        organization_id: str,
        workspace_id: str,
        decide: Callable[[Workspace], tuple[Workspace, tuple[AuditEntry, ...]]],
    ) -> Workspace:
        async def work(session: Any) -> Workspace:
            workspace, entries = decide(await self._get(organization_id, workspace_id, session))
            if entries:
                change = _WORKSPACES.to_update(workspace)
                await self._db.workspaces.update_one({"_id": workspace_id}, change, session=session)
                await append_to_organization(self._db, organization_id, workspace_id, entries, session)
            return workspace

        return await self._db.in_transaction(work)

    async def _get(self, organization_id: str, workspace_id: str, session: Any) -> Workspace:
        query = {"_id": workspace_id, "organization_id": organization_id}
        document = await self._db.workspaces.find_one(query, session=session)
        if document is None:
            raise errors.workspace_not_found(workspace_id, organization_id)
        return workspace_from_document(document)
