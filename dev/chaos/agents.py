"""What agents do in the load: they answer what they have seen, send later, cancel that, and text first."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from dev.chaos.asking import until_answered
from dev.chaos.plan import PRIVATE_WORD, Plan, PlannedReply
from dev.chaos.planned_agents import PlannedFirstText, PlannedLater
from dev.chaos.written import Written
from dev.local_stack.desk import Desk
from keva.ticket.v1 import message_pb2, ticket_service_pb2
from servicekit.rpc.statuses_to_errors import as_keva_error

T = TypeVar("T")


class Agents:
    """They write to `written` what was stored. `acknowledged` counts the texts of those who were texted first, by
    whether their webhook was answered 200."""

    def __init__(self, plan: Plan, written: Written) -> None:
        self._plan = plan
        self._written = written
        self.acknowledged: Counter[bool] = Counter()

    async def reply(self, desk: Desk, reply: PlannedReply) -> None:
        """Answers a customer who has a ticket by now. Every second time the agent looks at it first, and again when it
        turns out that they have not seen everything; it is the same request all along."""
        request_id, seen = f"chaos-{self._plan.seed}-{reply.number}", list[int]()

        async def ask() -> message_pb2.Message | None:
            ticket = await self._ticket(desk, reply.customer)
            if ticket is None or reply.number % 2 == 0:
                return await desk.reply(ticket, reply.text, request_id) if ticket else None
            last = max(await desk.messages(ticket), key=lambda message: message.seen_position)
            seen.append(last.seen_position)
            return await self._unless_newer(
                desk.reply(ticket, reply.text, request_id, last_seen_message_id=last.message_id)
            )

        stored = await until_answered(ask)
        self._written.accepted[stored.message_id] = stored.text
        if seen:
            # An attempt whose answer was lost may have stored it; what later ones saw came behind it.
            self._written.seen[stored.message_id] = max(known for known in seen if known < stored.position)

    async def _unless_newer(self, asked: Awaitable[message_pb2.Message]) -> message_pb2.Message | None:
        try:
            return await asked
        except grpc.aio.AioRpcError as error:
            if as_keva_error(error).reason != "NEWER_MESSAGES":
                raise
        self._written.newer += 1
        return None

    async def send_later(self, desk: Desk, planned: PlannedLater) -> None:
        """Writes an answer that leaves later, and tries to cancel it where that is planned."""
        text = f"later {planned.number} {PRIVATE_WORD}"
        request_id = f"chaos-later-{self._plan.seed}-{planned.number}"
        begun = datetime.now(UTC)
        leaves = _time(begun, planned.seconds)

        async def ask() -> message_pb2.Message | None:
            ticket = await self._ticket(desk, planned.customer)
            return await desk.reply(ticket, text, request_id, send_time=leaves) if ticket else None

        stored = await _in_time(ask, planned.seconds)
        if stored is None:
            return
        self._written.accepted[stored.message_id] = text
        self._written.scheduled[stored.message_id] = stored.position
        if planned.cancelled is not None:
            await asyncio.sleep(planned.cancelled - (datetime.now(UTC) - begun).total_seconds())
            await self._cancel(desk, stored)

    async def _cancel(self, desk: Desk, message: message_pb2.Message) -> None:
        request = ticket_service_pb2.CancelScheduledMessageRequest(
            workspace_id=message.workspace_id, message_id=message.message_id
        )

        async def ask() -> bool:
            try:
                metadata = await desk.clients.as_agent()
                await desk.clients.tickets.CancelScheduledMessage(request, metadata=metadata)
            except grpc.aio.AioRpcError as error:
                if as_keva_error(error).reason == "MESSAGE_NOT_SCHEDULED":
                    return False
                raise
            return True

        if await until_answered(ask):
            self._written.cancelled.add(message.message_id)

    async def text_first(self, desk: Desk, planned: PlannedFirstText) -> None:
        """Texts somebody who texts us at the same moment: both are on one ticket in the end."""
        request = ticket_service_pb2.StartConversationRequest(
            workspace_id=desk.channel.workspace_id,
            channel_id=desk.channel.channel_id,
            address=planned.address,
            text=f"first {planned.number} {PRIVATE_WORD}",
            request_id=f"chaos-first-{self._plan.seed}-{planned.number}",
            send_time=_time(datetime.now(UTC), planned.seconds) if planned.seconds else None,
        )

        async def ask() -> ticket_service_pb2.StartConversationResponse:
            return await desk.clients.tickets.StartConversation(request, metadata=await desk.clients.as_agent())

        async def text() -> None:
            result = await desk.text(f"text 0 {PRIVATE_WORD}", planned.address)
            self.acknowledged[bool(result.acknowledged)] += 1

        asked = _in_time(ask, planned.seconds) if planned.seconds else until_answered(ask)
        started, _ = await asyncio.gather(asked, text())
        if started is not None:
            self._written.accepted[started.message.message_id] = request.text
            if planned.seconds:
                self._written.scheduled[started.message.message_id] = started.message.position

    async def _ticket(self, desk: Desk, customer: int) -> ticket_service_pb2.Ticket | None:
        return next(iter(await desk.tickets(self._plan.addresses[customer])), None)


async def _in_time(ask: Callable[[], Awaitable[T | None]], seconds: float) -> T | None:
    """The answer, asked for until the time is over at which it was to leave; then None. What was stored all the same is
    in the books as any reply is."""
    try:
        return await asyncio.wait_for(until_answered(ask), seconds)
    except TimeoutError:
        return None


def _time(begun: datetime, seconds: float) -> Timestamp:
    time = Timestamp()
    time.FromDatetime(begun + timedelta(seconds=seconds))
    return time
