"""Background work: hands QUEUED replies to sms_service, on every replica at once. A reply is claimed by a lease, and
its id is the idempotency key, so a relay that dies in between costs time and not a second SMS."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

import structlog

from servicekit.background_work.backoff import half_of_age, jittered
from servicekit.background_work.claim_loop import Claimed, ClaimLoop
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
# Somebody may fix what stopped a sender at any time.
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
        self._outbox = ClaimLoop(
            self._claim,
            self._relay_ticket,
            self._give_back,
            what="replies",
            at_once=_TICKETS_AT_ONCE,
            poll_seconds=poll_seconds,
            last_seconds=_LAST_SECONDS,
            names=lambda messages: {"message_ids": ", ".join(message.message_id for message in messages)},
        )

    def wake(self) -> None:
        """Looks at the outbox now."""
        self._outbox.wake()

    async def run(self) -> None:
        """Relays what is due, and waits for more. When cancelled, what is on its way is finished or given back."""
        await self._outbox.run()

    async def _claim(self) -> Claimed[Sequence[Message]]:
        """Replies that are due, ticket by ticket."""
        now = self._clock()
        claimed = await self._messages.claim_outbox(now, now + LEASE, _CLAIMS)
        tickets = groupby(sorted(claimed, key=_order), key=lambda message: message.ticket_id)
        return Claimed([list(messages) for _, messages in tickets], more=len(claimed) == _CLAIMS)

    async def _relay_ticket(self, messages: Sequence[Message]) -> None:
        """Replies of one ticket leave in order: when one has to wait, so do those behind it."""
        for i, message in enumerate(messages):
            waits_until = await self._relay(message)
            if waits_until is not None:
                return await self._postpone(messages[i:], waits_until)
        return None

    async def _give_back(self, messages: Sequence[Message]) -> None:
        """Replies that have left are not in the outbox any more: for them this does nothing."""
        await self._postpone(messages, self._clock())

    async def _postpone(self, messages: Sequence[Message], due: datetime) -> None:
        for message in messages:
            await self._messages.postpone(message.message_id, due)

    async def _relay(self, message: Message) -> datetime | None:
        """When the reply is to be tried again; None when it is done."""
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
            # Nothing is wrong: it has its place in the line, and is sent then.
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
        """When the error says, and never sooner; if it does not say, after half of the reply's age."""
        now = self._clock()
        said = error.metadata.get("retry_after_ms", "")
        if said and error.reason == "SENDING_RATE_EXCEEDED":
            return now + timedelta(milliseconds=int(said))
        wait = half_of_age(message.create_time, now, _SHORTEST_WAIT, _LONGEST_WAIT)
        if said:
            wait = max(timedelta(milliseconds=int(said)), _SHORTEST_WAIT)
        if error.reason == "SENDER_STOPPED":
            wait = min(wait, _LONGEST_WAIT_FOR_SENDER)
        return now + jittered(wait, 1, 1.3)


def _order(message: Message) -> tuple[str, int, str]:
    return message.ticket_id, message.position, message.message_id
