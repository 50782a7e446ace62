"""Background work: erases what is to be forgotten, here and at sms_service, in batches. An erasure is claimed by a
lease. Every step may be done twice, so an erasure that was interrupted goes on where it was."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from servicekit.background_work.backoff import half_of_age
from servicekit.background_work.failures import expected, log_failure
from servicekit.background_work.one_by_one import one_by_one
from servicekit.background_work.rounds import repeat
from servicekit.background_work.wake_up import WakeUp
from servicekit.clock import Clock
from servicekit.limits import ITEMS_PER_CALL
from ticket_service.domain import forgetting
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.customer import Customer
from ticket_service.domain.forgetting import RETENTION, Erasure, Forgetting
from ticket_service.domain.message import DeliveryState, Direction, Message
from ticket_service.domain.ticket import Ticket, TicketChange
from ticket_service.ports.erasures import ErasureStore
from ticket_service.ports.sms import SmsRecords
from ticket_service.use_cases.deliveries import Deliveries
from ticket_service.use_cases.outgoing.scheduled_messages import ScheduledMessages

# Longer than a batch may take; a replica that died keeps its erasures waiting this long.
_LEASE = timedelta(seconds=60)
_TICKETS = 20
_SHORTEST_WAIT, _LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=5)
_log = structlog.get_logger(__name__)


class _LeaseLostError(Exception):
    """Another replica has the erasure now."""


class Eraser:
    """Erases until cancelled."""

    def __init__(
        self,
        store: ErasureStore,
        sms: SmsRecords,
        deliveries: Deliveries,
        scheduled: ScheduledMessages,
        clock: Clock,
        poll_seconds: float,
    ) -> None:
        self._store = store
        self._sms = sms
        self._deliveries = deliveries
        self._scheduled = scheduled
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._wake_up = WakeUp()

    def wake(self) -> None:
        """Looks for erasures now."""
        self._wake_up.wake()

    async def run(self) -> None:
        """Erases what is due, and waits for more."""
        await repeat(self.erase_due, self._poll_seconds, "looking for erasures", self._wake_up)

    async def erase_due(self) -> bool:
        """Works on one erasure that is due. Returns whether there was one."""
        now = self._clock()
        erasure = await self._store.claim_erasure(now, now + _LEASE)
        if erasure is None:
            return False
        try:
            finished = await (self._one_ticket(erasure) if erasure.ticket_id else self._customer(erasure))
        except _LeaseLostError:
            return True
        except asyncio.CancelledError:
            # Another replica need not wait until the lease runs out.
            await asyncio.shield(self._store.keep_erasure(erasure, self._clock()))
            raise
        except Exception as error:
            log_failure(_log, "not erased yet; trying again", error, subject=erasure.subject_id)
            finished = False
        if not finished:
            await self._store.keep_erasure(erasure, self._next_try(erasure))
        return True

    async def erase_expired_texts(self, workspace_id: str, before: datetime) -> bool:
        """Erases texts without a ticket that were stored before that time. Returns whether there may be more."""
        messages = await self._store.expired_texts(workspace_id, before, ITEMS_PER_CALL)
        if messages:
            await self._sms.erase(messages)

        async def erase(customer_id: str) -> None:
            ids = [message.message_id for message in messages if message.customer_id == customer_id]
            await self._store.erase_texts(customer_id, ids, self._text_erased, self._forget)

        customers = sorted({message.customer_id for message in messages})
        erased = await one_by_one(customers, erase, "erasing texts without a ticket", lambda customer_id: customer_id)
        return erased > 0 and len(messages) == ITEMS_PER_CALL

    async def _one_ticket(self, erasure: Erasure) -> bool:
        await self._store.seal_tickets(erasure, self._clock(), 1)
        return await self._ticket(erasure, erasure.ticket_id)

    async def _customer(self, erasure: Erasure) -> bool:
        finished, after = True, ""
        while tickets := await self._store.seal_tickets(erasure, self._clock(), _TICKETS, after):
            for ticket_id in tickets:
                finished = await self._one_of_many(erasure, ticket_id) and finished
            after = tickets[-1]
        while texts := await self._store.unerased_texts(erasure.customer_id, ITEMS_PER_CALL):
            if not await self._batch(erasure, texts):
                return False
        return finished and await self._store.finish_customer(
            erasure, lambda customer: forgetting.customer_erased(customer, self._clock())
        )

    async def _one_of_many(self, erasure: Erasure, ticket_id: str) -> bool:
        """`_ticket`, for one that keeps no other from being erased, whatever is wrong with it."""
        try:
            return await self._ticket(erasure, ticket_id)
        except _LeaseLostError:
            raise
        except Exception as error:
            if known := expected(error):
                raise known from None
            _log.error("a ticket cannot be erased; the others are", ticket_id=ticket_id, exc_info=error)
            return False

    async def _ticket(self, erasure: Erasure, ticket_id: str) -> bool:
        """False when something of it cannot be erased yet."""
        while messages := await self._store.unerased_messages(ticket_id, ITEMS_PER_CALL):
            if not await self._batch(erasure, messages):
                return False

        def erased(ticket: Ticket, count: int) -> TicketChange:
            return forgetting.ticket_erased(ticket, erasure, count, self._clock())

        return await self._store.finish_ticket(erasure, ticket_id, erased, self._forget)

    async def _batch(self, erasure: Erasure, messages: Sequence[Message]) -> bool:
        """Erases messages, at sms_service first, while we still know what to ask for. False when all of them are being
        sent."""
        if not await self._store.keep_erasure(erasure, self._clock() + _LEASE):
            raise _LeaseLostError
        updates = {update.message_id: update for update in await self._sms.erase(messages)}
        for message in messages:
            if message.waits_for_its_time:
                await self._scheduled.end(message)
                continue
            update = updates.get(message.message_id)
            if update and message.delivery and message.delivery.state is DeliveryState.QUEUED:
                # A reply that has not left never will. Of one that Twilio has already, this says how far it got.
                await self._deliveries.record(message.workspace_id, update)
        done = [m.message_id for m in messages if m.direction is not Direction.OUTBOUND or m.message_id in updates]
        await self._store.erase_messages(done, self._clock())
        return bool(done)

    def _text_erased(self, message_id: str) -> AuditEntry:
        return forgetting.text_erased(message_id, self._clock())

    def _forget(self, customer: Customer, unclosed: Sequence[Ticket]) -> Forgetting:
        """Forgets a customer of whom nothing is left after the retention time."""
        return forgetting.forget(customer, unclosed, RETENTION, self._clock())

    def _next_try(self, erasure: Erasure) -> datetime:
        now = self._clock()
        return now + half_of_age(erasure.create_time, now, _SHORTEST_WAIT, _LONGEST_WAIT)
