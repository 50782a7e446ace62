"""Events, followed through whatever interrupts the stream."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

from client.failure import Failure, FailureKind
from client.session import Session
from keva.ticket.v1 import event_service_pb2

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0
_PASSES = frozenset({FailureKind.TRY_AGAIN, FailureKind.UNREACHABLE})


async def follow_events(
    session: Session,
    request: event_service_pb2.WatchEventsRequest,
    interrupted: Callable[[Failure], None] = lambda _: None,
) -> AsyncIterator[event_service_pb2.WatchEventsResponse]:
    """Responses for ever, heartbeats among them. What interrupts the stream is told to `interrupted`, and it goes on
    where it was; when that is too long ago for the database, some events come again. Raises Failure when it cannot
    begin, or is refused."""
    request, begun, failures = _copy(request), False, 0
    while True:
        try:
            async with aclosing(session.follow(session.services.events.WatchEvents, request)) as responses:
                async for response in responses:
                    begun, failures = True, 0
                    request.resume_token = response.resume_token
                    request.ClearField("start_time")
                    yield response
        except Failure as failure:
            if not _goes_on(failure, request, begun):
                raise
            interrupted(failure)
        failures += 1
        longest = min(_SHORTEST_PAUSE * 2.0 ** min(failures, 10), _LONGEST_PAUSE)
        await asyncio.sleep(random.uniform(_SHORTEST_PAUSE, longest))  # noqa: S311


def _copy(request: event_service_pb2.WatchEventsRequest) -> event_service_pb2.WatchEventsRequest:
    copy = event_service_pb2.WatchEventsRequest()
    copy.CopyFrom(request)
    return copy


def _goes_on(failure: Failure, request: event_service_pb2.WatchEventsRequest, begun: bool) -> bool:
    if failure.reason == "RESUME_TOKEN_EXPIRED":
        request.resume_token = ""
        request.start_time.FromJsonString(failure.metadata["start_time"])
        return True
    # gRPC calls it an internal error, without an id to look up, when a connection is cut in the middle of a stream.
    was_cut = failure.reason == "INTERNAL" and "error_id" not in failure.metadata
    return begun and (was_cut or failure.kind in _PASSES)
