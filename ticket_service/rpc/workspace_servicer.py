"""WorkspaceService over gRPC: from proto, use case, to proto."""

from typing import Any

import grpc

from keva.ticket.v1 import workspace_service_pb2 as pb
from keva.ticket.v1 import workspace_service_pb2_grpc
from servicekit.paging import Page
from servicekit.rpc.proto_values import require
from ticket_service.rpc.convert_values import acting
from ticket_service.rpc.convert_workspaces import duration_from_proto, workspace_edit_from_proto, workspace_to_proto
from ticket_service.use_cases.workspaces import Workspaces

Context = grpc.aio.ServicerContext[Any, Any]


class WorkspaceServicer(workspace_service_pb2_grpc.WorkspaceServiceServicer):
    """workspace_service.proto says what each RPC does."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def CreateWorkspace(self, request: pb.CreateWorkspaceRequest, context: Context) -> pb.CreateWorkspaceResponse:
        require(request, "organization_id", "display_name")
        after = duration_from_proto(request.auto_close_after) if request.HasField("auto_close_after") else None
        workspace = await self._workspaces.create(
            request.organization_id,
            request.display_name,
            after,
            request.request_id,
            acting(),
            duration_from_proto(request.retain_for, "retain_for"),
        )
        return pb.CreateWorkspaceResponse(workspace=workspace_to_proto(workspace))

    async def GetWorkspace(self, request: pb.GetWorkspaceRequest, context: Context) -> pb.GetWorkspaceResponse:
        require(request, "organization_id", "workspace_id")
        workspace = await self._workspaces.get(request.organization_id, request.workspace_id)
        return pb.GetWorkspaceResponse(workspace=workspace_to_proto(workspace))

    async def ListWorkspaces(self, request: pb.ListWorkspacesRequest, context: Context) -> pb.ListWorkspacesResponse:
        require(request, "organization_id")
        page = Page(request.page_size, request.page_token)
        found, token = await self._workspaces.list_workspaces(request.organization_id, page)
        return pb.ListWorkspacesResponse(workspaces=map(workspace_to_proto, found), next_page_token=token)

    async def UpdateWorkspace(self, request: pb.UpdateWorkspaceRequest, context: Context) -> pb.UpdateWorkspaceResponse:
        require(request, "organization_id")
        require(request.workspace, "workspace_id")
        edit = workspace_edit_from_proto(request)
        workspace_id = request.workspace.workspace_id
        workspace = await self._workspaces.update(request.organization_id, workspace_id, edit, acting())
        return pb.UpdateWorkspaceResponse(workspace=workspace_to_proto(workspace))
