"""What people ask of a desk with many tickets, and how long the answers take."""

import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import grpc

from dev.benchmark.agents import latency_of
from dev.benchmark.load.orders import Latency
from dev.local_stack.accounts import WORKSPACE
from dev.local_stack.desk import Desk
from keva.ticket.v1 import ticket_service_pb2 as pb

_PAGE = 50


@dataclass(frozen=True)
class Answers:
    """`latency` of those that came; `failed` in time or at all."""

    latency: Latency
    failed: int
    found: int


class Questions:
    """Asks `desk`, whose ticket numbers are among `numbers`."""

    def __init__(self, desk: Desk, numbers: range) -> None:
        self._tickets = desk.clients.tickets
        self._numbers = numbers
        self._dice = random.Random("questions")

    async def ask(self, times: int) -> Mapping[str, Answers]:
        """Each question so many times, one after the other."""
        asked: dict[str, Callable[[], Awaitable[Sequence[Any]]]] = {
            "newest tickets": self._list,
            "open tickets": lambda: self._list(states=[pb.TICKET_STATE_OPEN]),
            "a ticket's number": lambda: self._list(number=self._number()),
            "search, a rare word": lambda: self._list(text=str(self._number())),
            "search, a word that all texts have": lambda: self._list(text="order"),
            "search, the beginning of a word": lambda: self._list(text="ord"),
            "search, two words": lambda: self._list(text=f"order {self._number()}"),
            "a ticket and its messages": self._conversation,
        }
        return {name: await _timed(question, times) for name, question in asked.items()}

    async def _list(self, **filters: Any) -> Sequence[pb.Ticket]:
        request = pb.ListTicketsRequest(workspace_id=WORKSPACE, page_size=_PAGE, **filters)
        return list((await self._tickets.ListTickets(request)).tickets)

    async def _conversation(self) -> Sequence[Any]:
        (ticket,) = await self._list(number=self._number())
        request = pb.ListMessagesRequest(workspace_id=WORKSPACE, ticket_id=ticket.ticket_id)
        return list((await self._tickets.ListMessages(request)).messages)

    def _number(self) -> int:
        return self._dice.choice(self._numbers)


async def _timed(question: Callable[[], Awaitable[Sequence[Any]]], times: int) -> Answers:
    seconds, failed, found = [], 0, 0
    for _ in range(times):
        started = time.monotonic()
        try:
            found += len(await question())
        except grpc.aio.AioRpcError:
            failed += 1
        else:
            seconds.append(time.monotonic() - started)
    return Answers(latency_of(seconds), failed, found)
