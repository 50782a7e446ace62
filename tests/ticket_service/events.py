"""What tests do with events: watch and list them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import grpc

from keva.ticket.v1 import event_service_pb2 as pb
from servicekit.rpc.statuses_to_errors import as_keva_error
from tests.ticket_service.desk import ORGANIZATION

if TYPE_CHECKING:
    from keva.ticket.v1.event_service_pb2_grpc import EventServiceAsyncStub

# However busy the machine is.
PATIENCE = 90


class Watch:
    """A stream of events that is followed. `token` is the newest; `first` are the events of the first response."""

    def __init__(self, call: Any) -> None:
        self._call = call
        self.token = ""
        self.first: Sequence[pb.Event] = ()

    async def next(self) -> Sequence[pb.Event]:
        """The events of the next response. Raises what the stream ends with."""
        try:
            async with asyncio.timeout(PATIENCE):
                response = await self._call.read()
        except grpc.aio.AioRpcError as error:
            raise as_keva_error(error) from None
        self.token = response.resume_token
        return list(response.events)

    async def take(self, count: int) -> list[pb.Event]:
        """At least so many events."""
        events: list[pb.Event] = []
        while len(events) < count:
            events += await self.next()
        return events

    async def take_until(self, wanted: Callable[[pb.Event], bool]) -> None:
        """Events up to the one that is `wanted`."""
        while not any(map(wanted, await self.next())):
            pass


@asynccontextmanager
async def watching(stub: "EventServiceAsyncStub", metadata: Any = None, **fields: Any) -> AsyncIterator[Watch]:
    """Follows events until it is left. Raises what the call is answered with."""
    values: Any = {"organization_id": ORGANIZATION, **fields}
    call = stub.WatchEvents(pb.WatchEventsRequest(**values), metadata=metadata)
    try:
        watch = Watch(call)
        watch.first = await watch.next()
        yield watch
    finally:
        call.cancel()


async def listed(stub: "EventServiceAsyncStub", **fields: Any) -> pb.ListEventsResponse:
    """One page."""
    values: Any = {"organization_id": ORGANIZATION, **fields}
    return await stub.ListEvents(pb.ListEventsRequest(**values))


async def all_listed(stub: "EventServiceAsyncStub", **fields: Any) -> tuple[list[pb.Event], str]:
    """All pages, and the token behind them."""
    events: list[pb.Event] = []
    while True:
        page = await listed(stub, **fields)
        events += page.events
        fields = {**{k: v for k, v in fields.items() if k != "start_time"}, "resume_token": page.resume_token}
        if not page.more:
            return events, page.resume_token


def in_order(events: Iterable[pb.Event]) -> bool:
    """Whether a reader who skips what it knows sees the events of each ticket without a gap after its first one."""
    last: dict[str, int] = {}
    for event in events:
        known = last.get(event.ticket_id)
        if known is not None and event.sequence > known + 1:
            return False
        last[event.ticket_id] = max(event.sequence, known or 0)
    return True


def ids(events: Iterable[Any]) -> Counter[str]:
    """How often each came."""
    return Counter(event.event_id for event in events)
