"""SavedReplyService over gRPC: from proto, use case, to proto."""

from typing import Any

import grpc

from keva.ticket.v1 import saved_reply_service_pb2 as pb
from keva.ticket.v1 import saved_reply_service_pb2_grpc
from servicekit.paging import Page
from servicekit.rpc.proto_values import require, timestamp
from ticket_service.domain.texts.saved_reply import EDITABLE_FIELDS, SavedReply
from ticket_service.rpc.convert_values import acting, paths_from_proto
from ticket_service.use_cases.texts.saved_replies import SavedReplies

Context = grpc.aio.ServicerContext[Any, Any]


class SavedReplyServicer(saved_reply_service_pb2_grpc.SavedReplyServiceServicer):
    """saved_reply_service.proto says what each RPC does."""

    def __init__(self, saved_replies: SavedReplies) -> None:
        self._saved_replies = saved_replies

    async def CreateSavedReply(
        self, request: pb.CreateSavedReplyRequest, context: Context
    ) -> pb.CreateSavedReplyResponse:
        require(request, "workspace_id", "shortcut", "text")
        values = {name: getattr(request, name) for name in EDITABLE_FIELDS}
        saved = await self._saved_replies.create(
            request.workspace_id, values, request.own, request.request_id, acting()
        )
        return pb.CreateSavedReplyResponse(saved_reply=saved_reply_to_proto(saved))

    async def GetSavedReply(self, request: pb.GetSavedReplyRequest, context: Context) -> pb.GetSavedReplyResponse:
        require(request, "workspace_id", "saved_reply_id")
        saved = await self._saved_replies.get(request.workspace_id, request.saved_reply_id, acting())
        return pb.GetSavedReplyResponse(saved_reply=saved_reply_to_proto(saved))

    async def ListSavedReplies(
        self, request: pb.ListSavedRepliesRequest, context: Context
    ) -> pb.ListSavedRepliesResponse:
        require(request, "workspace_id")
        page = Page(request.page_size, request.page_token)
        found, token = await self._saved_replies.list_saved_replies(request.workspace_id, request.text, page, acting())
        return pb.ListSavedRepliesResponse(saved_replies=map(saved_reply_to_proto, found), next_page_token=token)

    async def UpdateSavedReply(
        self, request: pb.UpdateSavedReplyRequest, context: Context
    ) -> pb.UpdateSavedReplyResponse:
        require(request, "workspace_id")
        require(request.saved_reply, "saved_reply_id")
        paths = paths_from_proto(request.update_mask, EDITABLE_FIELDS)
        values = {path: getattr(request.saved_reply, path) for path in paths}
        saved = await self._saved_replies.update(
            request.workspace_id, request.saved_reply.saved_reply_id, values, acting()
        )
        return pb.UpdateSavedReplyResponse(saved_reply=saved_reply_to_proto(saved))

    async def DeleteSavedReply(
        self, request: pb.DeleteSavedReplyRequest, context: Context
    ) -> pb.DeleteSavedReplyResponse:
        require(request, "workspace_id", "saved_reply_id")
        await self._saved_replies.delete(request.workspace_id, request.saved_reply_id, acting())
        return pb.DeleteSavedReplyResponse()

    async def RenderSavedReply(
        self, request: pb.RenderSavedReplyRequest, context: Context
    ) -> pb.RenderSavedReplyResponse:
        require(request, "workspace_id", "saved_reply_id", "ticket_id")
        saved, rendered = await self._saved_replies.render(
            request.workspace_id, request.saved_reply_id, request.ticket_id, acting()
        )
        return pb.RenderSavedReplyResponse(
            text=rendered.text, missing=rendered.missing, saved_reply=saved_reply_to_proto(saved)
        )


def saved_reply_to_proto(saved: SavedReply) -> pb.SavedReply:
    return pb.SavedReply(
        saved_reply_id=saved.saved_reply_id,
        workspace_id=saved.workspace_id,
        agent_id=saved.agent_id,
        shortcut=saved.shortcut,
        title=saved.title,
        text=saved.text,
        use_count=saved.use_count,
        last_use_time=timestamp(saved.last_use_time),
        create_time=timestamp(saved.create_time),
        update_time=timestamp(saved.update_time),
    )
