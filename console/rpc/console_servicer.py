"""ConsoleService over gRPC: from proto, use case, to proto."""

from typing import Any

import grpc

from console.sign_in.signing_in import SigningIn
from keva.console.v1 import console_service_pb2 as pb
from keva.console.v1 import console_service_pb2_grpc
from servicekit.rpc.proto_values import require, timestamp
from servicekit.rpc.request_context import current_actor

Context = grpc.aio.ServicerContext[Any, Any]


class ConsoleServicer(console_service_pb2_grpc.ConsoleServiceServicer):
    """console_service.proto says what each RPC does."""

    def __init__(self, signing_in: SigningIn, console_url: str) -> None:
        self._signing_in = signing_in
        self._console_url = console_url

    async def CreateSignInLink(
        self, request: pb.CreateSignInLinkRequest, context: Context
    ) -> pb.CreateSignInLinkResponse:
        require(request, "organization_id", "agent_id")
        secret, link = await self._signing_in.make_link(request.organization_id, request.agent_id, current_actor())
        return pb.CreateSignInLinkResponse(
            url=f"{self._console_url}/welcome/{secret}", expire_time=timestamp(link.expire_time)
        )

    async def EndSessions(self, request: pb.EndSessionsRequest, context: Context) -> pb.EndSessionsResponse:
        require(request, "organization_id", "agent_id")
        ended = await self._signing_in.end_sessions(request.organization_id, request.agent_id, current_actor())
        return pb.EndSessionsResponse(ended_sessions=ended)
