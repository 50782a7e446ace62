"""Background work: hands QUEUED replies to sms_service, on every replica at once. A reply is claimed by a lease, and
its id is the idempotency key, so a relay that dies in between costs time and not a second SMS."""

import asyncio
import contextlib
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

import structlog

from servicekit.clock import Clock
from servicekit.errors import InvalidArgument, KevaError
from ticket_service.domain.message import DeliveryState, DeliveryUpdate, Message
from ticket_service.ports.channels import ChannelStore
from ticket_service.ports.messages import MessageStore
from ticket_service.ports.sms import Sender
from ticket_service.ports.tickets import TicketStore
from ticket_service.use_cases.deliveries import Deliveries

# Longer than a send may take; a relay that died keeps its replies waiting this long.
LEASE = timedelta(seconds=30)
_CLAIMS = 20
# Tickets whose replies are on their way at once: one that takes long holds up nobody else's.
_TICKETS_AT_ONCE = 100
_SHORTEST_WAIT = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(minutes=5)
# A sender that was stopped may be mended at any time.
_LONGEST_WAIT_FOR_SENDER = timedelta(seconds=30)
# How long sends that are on their way may take when the service ends, before they are given back.
_LAST_SECONDS = 3.0
_log = structlog.get_logger(__name__)


class OutboxRelay:
    """Relays replies until cancelled."""

    def __init__(
        self,
        messages: MessageStore,
        tickets: TicketStore,
        channels: ChannelStore,
        deliveries: Deliveries,
        sender: Sender,
        clock: Clock,
        poll_seconds: float,
    ) -> None:
        self._messages = messages
        self._tickets = tickets
        self._channels = channels
        self._deliveries = deliveries
        self._sender = sender
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._woken = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Looks at the outbox now."""
        self._woken.set()

    async def run(self) -> None:
        """Relays what is due, and waits for more. When cancelled, what is on its way is finished or given back."""
        try:
            while True:
                self._woken.clear()
                if await self._relay_due() < _CLAIMS:
                    await self._wait()
        finally:
            await self._finish()

    async def _wait(self) -> None:
        # Not wait_for: in Python 3.11 it may swallow a cancellation that comes together with the event.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._poll_seconds):
                await self._woken.wait()

    async def _relay_due(self) -> int:
        """Starts what is due; how many replies that is."""
        while len(self._running) >= _TICKETS_AT_ONCE:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
        now = self._clock()
        try:
            claimed = await self._messages.claim_outbox(now, now + LEASE, _CLAIMS)
        except Exception as error:
            _log.warning("the outbox cannot be read; trying again", exc_info=error)
            return 0
        for _, group in groupby(sorted(claimed, key=_order), key=lambda message: message.ticket_id):
            task = asyncio.create_task(self._relay_ticket(list(group)))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return len(claimed)

    async def _finish(self) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=_LAST_SECONDS)
        unfinished = list(self._running)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)

    async def _relay_ticket(self, messages: Sequence[Message]) -> None:
        """Replies of one ticket leave in order: when one has to wait, so do those behind it."""
        for i, message in enumerate(messages):
            try:
                waits_until = await self._relay(message)
            except asyncio.CancelledError:
                await self._postpone(messages[i:], self._clock())
                raise
            except Exception as error:
                # Its lease runs out, and it is tried again.
                _log.error("a reply could not be relayed", message_id=message.message_id, exc_info=error)
                return
            if waits_until is not None:
                await self._postpone(messages[i:], waits_until)
                return

    async def _postpone(self, messages: Sequence[Message], due: datetime) -> None:
        try:
            for message in messages:
                await self._messages.postpone(message.message_id, due)
        except Exception as error:
            _log.warning("replies wait for their lease", replies=len(messages), exc_info=error)

    async def _relay(self, message: Message) -> datetime | None:
        """None when nothing of it is left to do, else when it is to be tried again."""
        ticket = await self._tickets.get_ticket(message.workspace_id, message.ticket_id)
        if ticket.seal_time is not None:
            # The customer is being forgotten, and the address with it: whoever erases the ticket ends the reply.
            return self._clock() + _LONGEST_WAIT_FOR_SENDER
        channel = await self._channels.get_channel(message.organization_id, ticket.channel_id)
        try:
            update = await self._sender.send(message, ticket, channel.segments_per_second)
        except KevaError as error:
            return await self._not_sent(message, error)
        await self._deliveries.record(message.workspace_id, update)
        return None

    async def _not_sent(self, message: Message, error: KevaError) -> datetime | None:
        if error.reason == "SENDING_RATE_EXCEEDED":
            # No trouble: it has a place in the line, and is sent then.
            return self._next_try(message, error)
        _log.warning("a reply was not sent", message_id=message.message_id, reason=error.reason)
        error_code = int(error.metadata.get("twilio_code", "0") or 0)
        error_text = error.metadata.get("error_text", error.message)
        if isinstance(error, InvalidArgument):
            failed = DeliveryUpdate(message.message_id, DeliveryState.FAILED, "", error_code, error_text)
            await self._deliveries.record(message.workspace_id, failed)
            return None
        await self._deliveries.record_trouble(message, error_code, error_text)
        return self._next_try(message, error)

    def _next_try(self, message: Message, error: KevaError) -> datetime:
        """As long from now as the error says; else half of the reply's age: exponential backoff that needs no counter,
        with jitter."""
        now = self._clock()
        told = error.metadata.get("retry_after_ms", "")
        if error.reason == "SENDING_RATE_EXCEEDED" and told:
            return now + timedelta(milliseconds=int(told))
        wait = min(max((now - message.create_time) / 2, _SHORTEST_WAIT), _LONGEST_WAIT)
        if told:
            wait = max(timedelta(milliseconds=int(told)), _SHORTEST_WAIT)
        if error.reason == "SENDER_STOPPED":
            wait = min(wait, _LONGEST_WAIT_FOR_SENDER)
        return now + wait * random.uniform(1, 1.3)  # noqa: S311


def _order(message: Message) -> tuple[str, int, str]:
    return message.ticket_id, message.position, message.message_id
