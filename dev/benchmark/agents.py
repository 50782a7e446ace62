"""Agents who reply, over gRPC, as many a second as they are asked to."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import grpc

from dev.benchmark.figures import percentile
from dev.benchmark.load.orders import Latency
from dev.benchmark.load.texts import customer_address
from dev.local_stack.accounts import WORKSPACE
from dev.local_stack.desk import Desk
from keva.ticket.v1 import ticket_service_pb2
from servicekit.rpc.statuses_to_errors import as_keva_error

ACCEPTED = "accepted"
_PAGE = 200


@dataclass
class Replies:
    """What replies came to: ACCEPTED, or the error's reason. `texts`: of those that were accepted."""

    answers: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def latency(self) -> Latency:
        """From the moment at which a reply was due until it was stored."""
        return latency_of(self.seconds)


def latency_of(seconds: Sequence[float]) -> Latency:
    """In milliseconds."""
    ordered = sorted(value * 1000 for value in seconds)
    p50, p90, p99, most = (round(percentile(ordered, share), 3) for share in (0.5, 0.9, 0.99, 1.0))
    return Latency(len(ordered), p50, p90, p99, most)


async def tickets_by_customer(desk: Desk) -> dict[str, str]:
    """The newest ticket's id of each customer's address."""
    found: dict[str, str] = {}
    request = ticket_service_pb2.ListTicketsRequest(
        workspace_id=WORKSPACE, channel_id=desk.channel.channel_id, page_size=_PAGE
    )
    while True:
        page = await desk.clients.tickets.ListTickets(request)
        for ticket in page.tickets:
            found.setdefault(ticket.customer_address, ticket.ticket_id)
        if not page.next_page_token:
            return found
        request.page_token = page.next_page_token


async def reply(desk: Desk, ticket_id: str, text: str) -> str:
    """Stores a reply whose request_id is its text; its message id. Raises AioRpcError."""
    request = ticket_service_pb2.ReplyToTicketRequest(
        workspace_id=WORKSPACE, ticket_id=ticket_id, text=text, request_id=f"benchmark-{text}"
    )
    metadata = await desk.clients.as_agent()
    return (await desk.clients.tickets.ReplyToTicket(request, metadata=metadata)).message.message_id


class Agents:
    """Reply to `tickets` of customers that `choose` names, by number."""

    def __init__(self, desk: Desk, tickets: dict[str, str], choose: Callable[[random.Random], int]) -> None:
        self._desk = desk
        self._tickets = tickets
        self._choose = choose

    async def reply(self, a_second: float, seconds: float) -> Replies:
        """Replies at even intervals, each when it is due, whatever became of the ones before."""
        replies, dice = Replies(), random.Random("agents")
        started = time.monotonic()
        async with asyncio.TaskGroup() as replying:
            for number in range(int(a_second * seconds)):
                due = started + number / a_second
                await asyncio.sleep(due - time.monotonic())
                ticket = self._tickets[customer_address(self._choose(dice))]
                replying.create_task(
                    self._one(replies, due, reply(self._desk, ticket, text := f"reply {number}"), text)
                )
        return replies

    async def _one(self, replies: Replies, due: float, asking: Awaitable[str], text: str) -> None:
        try:
            await asking
        except grpc.aio.AioRpcError as error:
            replies.answers[as_keva_error(error).reason] += 1
            return
        replies.answers[ACCEPTED] += 1
        replies.seconds.append(time.monotonic() - due)
        replies.texts.append(text)
