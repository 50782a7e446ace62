"""WorkspaceService, ChannelService and AuditService over gRPC: from proto, use case, to proto."""

from typing import Any

import grpc

from keva.ticket.v1 import audit_service_pb2 as audit_pb
from keva.ticket.v1 import audit_service_pb2_grpc, channel_service_pb2_grpc, workspace_service_pb2_grpc
from keva.ticket.v1 import channel_service_pb2 as channel_pb
from keva.ticket.v1 import workspace_service_pb2 as workspace_pb
from ticket_service.domain.audit import AuditFilter
from ticket_service.rpc import convert_audit
from ticket_service.rpc import convert_organization as convert
from ticket_service.rpc.convert import acting, require
from ticket_service.use_cases.audit_trail import AuditTrail
from ticket_service.use_cases.audit_verifying import AuditVerifying
from ticket_service.use_cases.channels import Channels
from ticket_service.use_cases.tickets import Page
from ticket_service.use_cases.workspaces import Workspaces

Context = grpc.aio.ServicerContext[Any, Any]


class WorkspaceServicer(workspace_service_pb2_grpc.WorkspaceServiceServicer):
    """See workspace_service.proto."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def CreateWorkspace(
        self, request: workspace_pb.CreateWorkspaceRequest, context: Context
    ) -> workspace_pb.CreateWorkspaceResponse:
        require(request, "organization_id", "display_name")
        after = convert.to_timedelta(request.auto_close_after) if request.HasField("auto_close_after") else None
        workspace = await self._workspaces.create(
            request.organization_id,
            request.display_name,
            after,
            request.request_id,
            acting(),
            convert.to_timedelta(request.retain_for, "retain_for"),
        )
        return workspace_pb.CreateWorkspaceResponse(workspace=convert.from_workspace(workspace))

    async def GetWorkspace(
        self, request: workspace_pb.GetWorkspaceRequest, context: Context
    ) -> workspace_pb.GetWorkspaceResponse:
        require(request, "organization_id", "workspace_id")
        workspace = await self._workspaces.get(request.organization_id, request.workspace_id)
        return workspace_pb.GetWorkspaceResponse(workspace=convert.from_workspace(workspace))

    async def ListWorkspaces(
        self, request: workspace_pb.ListWorkspacesRequest, context: Context
    ) -> workspace_pb.ListWorkspacesResponse:
        require(request, "organization_id")
        page = Page(request.page_size, request.page_token)
        found, token = await self._workspaces.list_workspaces(request.organization_id, page)
        return workspace_pb.ListWorkspacesResponse(workspaces=map(convert.from_workspace, found), next_page_token=token)

    async def UpdateWorkspace(
        self, request: workspace_pb.UpdateWorkspaceRequest, context: Context
    ) -> workspace_pb.UpdateWorkspaceResponse:
        require(request, "organization_id")
        require(request.workspace, "workspace_id")
        workspace = await self._workspaces.update(
            request.organization_id, request.workspace.workspace_id, convert.to_workspace_edit(request), acting()
        )
        return workspace_pb.UpdateWorkspaceResponse(workspace=convert.from_workspace(workspace))


class ChannelServicer(channel_service_pb2_grpc.ChannelServiceServicer):
    """See channel_service.proto."""

    def __init__(self, channels: Channels) -> None:
        self._channels = channels

    async def CreateChannel(
        self, request: channel_pb.CreateChannelRequest, context: Context
    ) -> channel_pb.CreateChannelResponse:
        require(request, "organization_id", "phone_number")
        settings = convert.to_new_channel_settings(request)
        channel = await self._channels.create(
            request.organization_id, request.account_sid, request.phone_number, settings, acting()
        )
        return channel_pb.CreateChannelResponse(channel=convert.from_channel(channel))

    async def GetChannel(
        self, request: channel_pb.GetChannelRequest, context: Context
    ) -> channel_pb.GetChannelResponse:
        require(request, "organization_id", "channel_id")
        channel = await self._channels.get(request.organization_id, request.channel_id)
        return channel_pb.GetChannelResponse(channel=convert.from_channel(channel))

    async def ListChannels(
        self, request: channel_pb.ListChannelsRequest, context: Context
    ) -> channel_pb.ListChannelsResponse:
        require(request, "organization_id")
        page = Page(request.page_size, request.page_token)
        found, token = await self._channels.list_channels(request.organization_id, page)
        return channel_pb.ListChannelsResponse(channels=map(convert.from_channel, found), next_page_token=token)

    async def ListSubscribedNumbers(
        self, request: channel_pb.ListSubscribedNumbersRequest, context: Context
    ) -> channel_pb.ListSubscribedNumbersResponse:
        found, token = await self._channels.list_subscribed(Page(request.page_size, request.page_token))
        return channel_pb.ListSubscribedNumbersResponse(
            numbers=map(convert.from_subscribed, found), next_page_token=token
        )

    async def UpdateChannel(
        self, request: channel_pb.UpdateChannelRequest, context: Context
    ) -> channel_pb.UpdateChannelResponse:
        require(request, "organization_id")
        require(request.channel, "channel_id")
        settings = convert.to_channel_settings(request)
        channel = await self._channels.update(request.organization_id, request.channel.channel_id, settings, acting())
        return channel_pb.UpdateChannelResponse(channel=convert.from_channel(channel))

    async def DeleteChannel(
        self, request: channel_pb.DeleteChannelRequest, context: Context
    ) -> channel_pb.DeleteChannelResponse:
        require(request, "organization_id", "channel_id")
        await self._channels.delete(request.organization_id, request.channel_id, acting())
        return channel_pb.DeleteChannelResponse()


class AuditServicer(audit_service_pb2_grpc.AuditServiceServicer):
    """See audit_service.proto."""

    def __init__(self, trail: AuditTrail, verifying: AuditVerifying) -> None:
        self._trail = trail
        self._verifying = verifying

    async def ListAuditRecords(
        self, request: audit_pb.ListAuditRecordsRequest, context: Context
    ) -> audit_pb.ListAuditRecordsResponse:
        require(request, "organization_id")
        wanted = AuditFilter(request.organization_id, request.workspace_id, request.ticket_id, request.action)
        found, token = await self._trail.list_records(wanted, Page(request.page_size, request.page_token))
        return audit_pb.ListAuditRecordsResponse(audit_records=map(convert.from_record, found), next_page_token=token)

    async def AppendAuditRecords(
        self, request: audit_pb.AppendAuditRecordsRequest, context: Context
    ) -> audit_pb.AppendAuditRecordsResponse:
        require(request, "organization_id")
        records = [convert.to_record(record, request.organization_id) for record in request.audit_records]
        await self._trail.append(request.organization_id, records)
        return audit_pb.AppendAuditRecordsResponse()

    async def VerifyAuditTrail(
        self, request: audit_pb.VerifyAuditTrailRequest, context: Context
    ) -> audit_pb.VerifyAuditTrailResponse:
        anchors = [convert_audit.to_anchor(anchor) for anchor in request.anchors]
        scope = convert_audit.to_scope(request)
        return convert_audit.from_verified(await self._verifying.verify(scope, request.page_token, anchors))

    async def ExportAuditTrail(
        self, request: audit_pb.ExportAuditTrailRequest, context: Context
    ) -> audit_pb.ExportAuditTrailResponse:
        scope = convert_audit.to_scope(request)
        return convert_audit.from_exported(await self._verifying.export(scope, request.page_token))
