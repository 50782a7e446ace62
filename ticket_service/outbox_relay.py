"""Background work: hands QUEUED replies to sms_service, on every replica at once. A reply is claimed by a lease, and
its id is the idempotency key, so a relay that dies in between costs time and not a second SMS."""

import asyncio
import contextlib
import random
from datetime import datetime, timedelta
from itertools import groupby
from typing import Protocol

import structlog

from servicekit.clock import Clock
from servicekit.errors import InvalidArgument, KevaError
from ticket_service.deliveries import Deliveries
from ticket_service.message import DeliveryState, DeliveryUpdate, Message
from ticket_service.store import MessageStore, TicketStore
from ticket_service.ticket import Ticket

# Longer than a send may take; a relay that died keeps its replies waiting this long.
LEASE = timedelta(seconds=30)
_CLAIMS = 20
_SHORTEST_WAIT = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(minutes=5)
_log = structlog.get_logger(__name__)


class Sender(Protocol):
    """Sends replies; sms_client implements it."""

    async def send(self, message: Message, ticket: Ticket) -> DeliveryUpdate:
        """How far it got. Raises a KevaError when it is not sent, or not known to be: asking again is safe."""
        ...


class OutboxRelay:
    """Relays replies until cancelled."""

    def __init__(
        self,
        messages: MessageStore,
        tickets: TicketStore,
        deliveries: Deliveries,
        sender: Sender,
        clock: Clock,
        poll_seconds: float,
    ) -> None:
        self._messages = messages
        self._tickets = tickets
        self._deliveries = deliveries
        self._sender = sender
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Looks at the outbox now."""
        self._woken.set()

    async def run(self) -> None:
        """Relays what is due, and waits for more."""
        while True:
            self._woken.clear()
            try:
                claimed = await self._relay_due()
            except Exception as error:
                _log.warning("the outbox cannot be read; trying again", exc_info=error)
                claimed = 0
            if claimed < _CLAIMS:
                await self._wait()

    async def _wait(self) -> None:
        # Not wait_for: in Python 3.11 it may swallow a cancellation that comes together with the event.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._poll_seconds):
                await self._woken.wait()

    async def _relay_due(self) -> int:
        now = self._clock()
        claimed = await self._messages.claim_outbox(now, now + LEASE, _CLAIMS)
        by_ticket = groupby(sorted(claimed, key=_order), key=lambda message: message.ticket_id)
        await asyncio.gather(*(self._relay_ticket(list(group)) for _, group in by_ticket))
        return len(claimed)

    async def _relay_ticket(self, messages: list[Message]) -> None:
        """Replies of one ticket leave in order: when one has to wait, so do those behind it."""
        for i, message in enumerate(messages):
            try:
                sent = await self._relay(message)
            except Exception as error:
                # Its lease runs out, and it is tried again.
                _log.error("a reply could not be relayed", message_id=message.message_id, exc_info=error)
                return
            if not sent:
                for waiting in messages[i + 1 :]:
                    await self._messages.postpone(waiting.message_id, self._next_try(message))
                return

    async def _relay(self, message: Message) -> bool:
        ticket = await self._tickets.get_ticket(message.workspace_id, message.ticket_id)
        try:
            update = await self._sender.send(message, ticket)
        except KevaError as error:
            return await self._not_sent(message, error)
        await self._deliveries.record(message.workspace_id, update)
        return True

    async def _not_sent(self, message: Message, error: KevaError) -> bool:
        _log.warning("a reply was not sent", message_id=message.message_id, reason=error.reason)
        error_code = int(error.metadata.get("twilio_code", "0") or 0)
        error_text = error.metadata.get("error_text", error.message)
        if isinstance(error, InvalidArgument):
            failed = DeliveryUpdate(message.message_id, DeliveryState.FAILED, "", error_code, error_text)
            await self._deliveries.record(message.workspace_id, failed)
            return True
        await self._deliveries.record_trouble(message, error_code, error_text)
        await self._messages.postpone(message.message_id, self._next_try(message))
        return False

    def _next_try(self, message: Message) -> datetime:
        """Half of its age from now: exponential backoff that needs no counter, with jitter."""
        now = self._clock()
        wait = min(max((now - message.create_time) / 2, _SHORTEST_WAIT), _LONGEST_WAIT)
        return now + wait * random.uniform(0.8, 1.2)  # noqa: S311


def _order(message: Message) -> tuple[str, str]:
    return message.ticket_id, message.message_id
