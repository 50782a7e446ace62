"""What people ask of a desk with many tickets, and how long the answers take."""

import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import grpc
from google.protobuf.duration_pb2 import Duration

from dev.benchmark.growth.answers import Answers, Stopwatch
from dev.benchmark.growth.filling import customer_of
from dev.benchmark.load.texts import customer_address
from dev.local_stack.accounts import WORKSPACE
from dev.local_stack.desk import Desk
from keva.ticket.v1 import routing_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb

_PAGE = 50
_NOBODY = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_NOBODY)
# Each of them has many tickets, and all of them together fewer.
_FILTERS: dict[str, Any] = {
    "assignees": [_NOBODY],
    "priorities": [routing_pb2.PRIORITY_HIGH],
    "snoozed": False,
    "waiting_longer_than": Duration(seconds=3600),
}


class Questions:
    """Asks `desk`, whose ticket numbers are among `numbers`."""

    def __init__(self, desk: Desk, numbers: range) -> None:
        self._tickets = desk.clients.tickets
        self._numbers = numbers
        self._dice = random.Random("questions")
        self._stopwatches: dict[str, Stopwatch] = {}

    @property
    def answers(self) -> Mapping[str, Answers]:
        """To all that was asked so far, by question."""
        return {name: stopwatch.answers for name, stopwatch in self._stopwatches.items()}

    async def ask(self, times: int) -> None:
        """Each question so many times more, one after the other."""
        asked: dict[str, Callable[[], Awaitable[Sequence[Any]]]] = {
            "newest tickets": self._list,
            "open tickets": lambda: self._list(states=[pb.TICKET_STATE_OPEN]),
            "an inbox page, longest waiting": lambda: self._inbox(pb.TICKET_ORDER_WAITING),
            "an inbox page, last activity": lambda: self._inbox(pb.TICKET_ORDER_LAST_ACTIVITY),
            "an inbox page, priority": lambda: self._inbox(pb.TICKET_ORDER_PRIORITY),
            "an inbox page, several filters": lambda: self._inbox(pb.TICKET_ORDER_WAITING, **_FILTERS),
            "counts of an inbox": self._counts,
            "a ticket's number": lambda: self._list(number=self._number()),
            "search box, part of a phone number": lambda: self._list(query=self._part_of_number()),
            "search box, a word of names and texts": lambda: self._list(query="order"),
            "search, a rare word": lambda: self._list(text=str(self._number())),
            "search, a word that all texts have": lambda: self._list(text="order"),
            "search, the beginning of a word": lambda: self._list(text="ord"),
            "search, two words": lambda: self._list(text=f"order {self._number()}"),
            "a ticket and its messages": self._conversation,
        }
        for name, question in asked.items():
            await _time(question, times, self._stopwatches.setdefault(name, Stopwatch()))

    async def _list(self, **filters: Any) -> Sequence[pb.Ticket]:
        request = pb.ListTicketsRequest(workspace_id=WORKSPACE, page_size=_PAGE, **filters)
        return list((await self._tickets.ListTickets(request)).tickets)

    async def _inbox(self, order: pb.TicketOrder.ValueType, **filters: Any) -> Sequence[pb.Ticket]:
        return await self._list(states=[pb.TICKET_STATE_OPEN], order_by=order, **filters)

    async def _counts(self) -> Sequence[pb.TicketCount]:
        views = [
            pb.ListTicketsRequest(states=[pb.TICKET_STATE_OPEN]),
            pb.ListTicketsRequest(states=[pb.TICKET_STATE_OPEN], assignees=[_NOBODY]),
            pb.ListTicketsRequest(states=[pb.TICKET_STATE_OPEN], **_FILTERS),
            pb.ListTicketsRequest(has_failed_reply=True),
        ]
        request = pb.CountTicketsRequest(workspace_id=WORKSPACE, views=views)
        return list((await self._tickets.CountTickets(request)).counts)

    async def _conversation(self) -> Sequence[Any]:
        (ticket,) = await self._list(number=self._number())
        request = pb.ListMessagesRequest(workspace_id=WORKSPACE, ticket_id=ticket.ticket_id)
        return list((await self._tickets.ListMessages(request)).messages)

    def _part_of_number(self) -> str:
        return customer_address(customer_of(self._dice.randrange(len(self._numbers))))[-7:]

    def _number(self) -> int:
        return self._dice.choice(self._numbers)


async def _time(question: Callable[[], Awaitable[Sequence[Any]]], times: int, stopwatch: Stopwatch) -> None:
    for _ in range(times):
        started = time.monotonic()
        try:
            found = len(await question())
        except grpc.aio.AioRpcError:
            stopwatch.failed += 1
        else:
            stopwatch.came(time.monotonic() - started, found)
