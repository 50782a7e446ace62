"""EventService over gRPC: from proto, use case, to proto."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import grpc

from keva.ticket.v1 import event_service_pb2 as pb
from keva.ticket.v1 import event_service_pb2_grpc
from ticket_service.rpc.events.convert_events import events_to_proto, wish_from_proto
from ticket_service.use_cases.events.following import Following

Context = grpc.aio.ServicerContext[Any, Any]


class EventServicer(event_service_pb2_grpc.EventServiceServicer):
    """event_service.proto says what each RPC does."""

    def __init__(self, following: Following) -> None:
        self._following = following

    async def WatchEvents(
        self, request: pb.WatchEventsRequest, context: Context
    ) -> AsyncIterator[pb.WatchEventsResponse]:
        async with aclosing(self._following.watch(wish_from_proto(request))) as watched:
            async for progress in watched:
                yield pb.WatchEventsResponse(events=events_to_proto(progress), resume_token=progress.resume_token)

    async def ListEvents(self, request: pb.ListEventsRequest, context: Context) -> pb.ListEventsResponse:
        found = await self._following.list_events(wish_from_proto(request), request.page_size)
        return pb.ListEventsResponse(events=events_to_proto(found), resume_token=found.resume_token, more=found.more)
