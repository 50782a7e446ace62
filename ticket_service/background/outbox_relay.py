"""Background work: hands QUEUED replies to sms_service, on every replica at once. A reply is claimed by a lease, and
its id is the idempotency key, so a relay that dies in between costs time and not a second SMS."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import structlog

from servicekit.background_work.backoff import half_of_age, jittered
from servicekit.background_work.claim_loop import Claimed, ClaimLoop
from servicekit.background_work.failures import passing
from servicekit.background_work.rounds import repeat
from servicekit.clock import Clock
from servicekit.errors import InvalidArgument, KevaError
from servicekit.gathering import Gatherer
from ticket_service.domain.message import DeliveryState, DeliveryUpdate, Message, QueuedReply, Wait
from ticket_service.ports.outbox import OutboxStore
from ticket_service.ports.sms import Sender
from ticket_service.use_cases.deliveries import Deliveries

# Longer than a send may take; a relay that died keeps its replies waiting this long.
LEASE = timedelta(seconds=30)
# How old a claim may be when its next reply is begun: it must outlast that, too.
_FRESH = timedelta(seconds=4)
_CLAIMS = 100
# Tickets whose replies are on their way at once: one that takes long holds up nobody else's.
_TICKETS_AT_ONCE = 1000
_SHORTEST_WAIT = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(minutes=5)
# Of a line that is longer it is asked again: the reply keeps its place.
_LONGEST_WAIT_IN_LINE = timedelta(hours=1)
# Somebody may fix what stopped a sender at any time.
_LONGEST_WAIT_FOR_SENDER = timedelta(seconds=30)
# How long sends that are on their way may take when the service ends, before they are given back.
_LAST_SECONDS = 3.0
# How long after one another it is tried to record what came of a reply.
_RECORD_AGAIN_SECONDS = (0.1, 0.3, 0.9)
# How long after a stream of changes broke it is opened again. Meanwhile there is the poll.
_WATCH_AGAIN_SECONDS = 1.0
# Of milliseconds, or of a code of Twilio's.
_MOST_DIGITS = 10
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Line:
    """Replies of one ticket, claimed at the same time, in the order in which they leave."""

    replies: Sequence[QueuedReply]
    claim_time: datetime

    def ids(self, begin: int = 0) -> list[str]:
        """Those of the replies from the one at `begin` on."""
        return [reply.message.message_id for reply in self.replies[begin:]]


class OutboxRelay:
    """Relays replies until cancelled."""

    def __init__(
        self,
        outbox: OutboxStore,
        deliveries: Deliveries,
        sender: Sender,
        clock: Clock,
        poll_seconds: float,
    ) -> None:
        self._outbox = outbox
        self._deliveries = deliveries
        self._sender = sender
        self._clock = clock
        # Replies that are on their way, and those among them behind which others were found meanwhile.
        self._under_way: set[str] = set()
        self._followed: set[str] = set()
        self._waits: Gatherer[Wait, None] = Gatherer(self._postpone, _CLAIMS, max_waiting=_TICKETS_AT_ONCE + _CLAIMS)
        self._loop = ClaimLoop(
            self._claim,
            self._relay_line,
            self._give_back,
            what="replies",
            at_once=_TICKETS_AT_ONCE,
            poll_seconds=poll_seconds,
            last_seconds=_LAST_SECONDS,
            names=lambda line: {"message_ids": ", ".join(line.ids())},
        )

    def wake(self) -> None:
        """Looks at the outbox now."""
        self._loop.wake()

    async def run(self) -> None:
        """Relays what is due, and waits for more. When cancelled, what is on its way is finished or given back."""
        await self._loop.run()

    async def watch(self) -> None:
        """Wakes the relay for replies of other replicas, until cancelled."""

        async def watched() -> bool:
            await self._outbox.watch(self.wake)
            return False

        await repeat(watched, _WATCH_AGAIN_SECONDS, "watching the outbox")

    async def _claim(self) -> Claimed[_Line]:
        """Replies that are due, ticket by ticket."""
        now = self._clock()
        claimed = await self._outbox.claim(now, now + LEASE, _CLAIMS)
        self._under_way.update(reply.message.message_id for reply in claimed.replies)
        self._followed |= claimed.followed & self._under_way
        by_ticket = groupby(claimed.replies, key=lambda reply: reply.ticket.ticket_id)
        due_in = (claimed.next_due - now).total_seconds() if claimed.next_due else None
        return Claimed([_Line(list(replies), now) for _, replies in by_ticket], claimed.more, due_in)

    async def _relay_line(self, line: _Line) -> None:
        """Replies of one ticket leave in order: when one has to wait, so do those behind it."""
        try:
            for begin, reply in enumerate(line.replies):
                if begin and self._clock() - line.claim_time > _FRESH:
                    return await self._waits.submit(Wait(line.ids(begin)))
                if (waits_until := await self._relay(reply)) is not None:
                    return await self._waits.submit(Wait(line.ids(begin), waits_until))
                if reply.followed or reply.message.message_id in self._followed:
                    # What came of it has made the next one due.
                    self.wake()
            return None
        finally:
            self._under_way.difference_update(line.ids())
            self._followed.difference_update(line.ids())

    async def _give_back(self, line: _Line) -> None:
        """Replies that have left are not in the outbox any more: for them this does nothing."""
        await self._postpone([Wait(line.ids())])

    async def _postpone(self, waits: list[Wait]) -> list[None]:
        await self._outbox.postpone(waits, self._clock())
        # They may be due before anybody would look.
        self.wake()
        return [None] * len(waits)

    async def _relay(self, reply: QueuedReply) -> datetime | None:
        """When the reply is to be tried again; None when it is done."""
        message, ticket = reply.message, reply.ticket
        if ticket.seal_time is not None:
            # The customer is being forgotten, and the address with it: whoever erases the ticket ends the reply.
            return self._clock() + _LONGEST_WAIT_FOR_SENDER
        try:
            return await self._sent(reply)
        except Exception as error:
            if (known := passing(error)) is None:
                raise
            # If it has left, sms_service says so again.
            _log.warning(
                "what became of a reply is not recorded yet", message_id=message.message_id, reason=known.reason
            )
            return self._next_try(message, known)

    async def _sent(self, reply: QueuedReply) -> datetime | None:
        """Raises Aborted, Unavailable or the store's own errors when what came of it cannot be recorded."""
        message = reply.message
        try:
            update = await self._sender.send(message, reply.ticket, reply.segments_per_second)
        except KevaError as error:
            return await self._not_sent(message, error)
        await self._record(message, update)
        return None

    async def _record(self, message: Message, update: DeliveryUpdate) -> None:
        """A moment without room for another change must not make sms_service answer twice."""
        for pause in _RECORD_AGAIN_SECONDS:
            try:
                await self._deliveries.record(message.workspace_id, update)
                return
            except Exception as error:
                if passing(error) is None:
                    raise
                await asyncio.sleep(random.uniform(pause / 2, pause))  # noqa: S311
        await self._deliveries.record(message.workspace_id, update)

    async def _not_sent(self, message: Message, error: KevaError) -> datetime | None:
        if error.reason == "SENDING_RATE_EXCEEDED":
            # Nothing is wrong: it has its place in the line, and is sent then.
            return self._next_try(message, error)
        _log.warning("a reply was not sent", message_id=message.message_id, reason=error.reason)
        error_code = _number(error, "twilio_code")
        error_text = error.metadata.get("error_text", error.message)
        if isinstance(error, InvalidArgument):
            failed = DeliveryUpdate(message.message_id, DeliveryState.FAILED, "", error_code, error_text)
            await self._record(message, failed)
            return None
        await self._deliveries.record_trouble(message, error_code, error_text)
        return self._next_try(message, error)

    def _next_try(self, message: Message, error: KevaError) -> datetime:
        """When the error says, as far as that is believed; if it does not say, after half of the reply's age."""
        now = self._clock()
        said = timedelta(milliseconds=_number(error, "retry_after_ms"))
        if said and error.reason == "SENDING_RATE_EXCEEDED":
            return now + min(said, _LONGEST_WAIT_IN_LINE)
        # Since when it was to leave: one that was sent later may have been written long ago.
        wait = half_of_age(message.message_time, now, _SHORTEST_WAIT, _LONGEST_WAIT)
        if said:
            wait = min(max(said, _SHORTEST_WAIT), _LONGEST_WAIT)
        if error.reason == "SENDER_STOPPED":
            wait = min(wait, _LONGEST_WAIT_FOR_SENDER)
        return now + jittered(wait, 1, 1.3)


def _number(error: KevaError, name: str) -> int:
    """What the error says of that; 0: nothing, or not such a number."""
    said = error.metadata.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) <= _MOST_DIGITS else 0
