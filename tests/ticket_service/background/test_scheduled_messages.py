"""What was to be sent later is let go when its time has come, whatever goes wrong on the way."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from dev.local_stack.mongod import Mongod
from servicekit.background_work.failures import expect
from servicekit.errors import Unavailable
from tests.ticket_service.desk import AGENT, Desk
from tests.ticket_service.use_cases.outgoing.later import IN_AN_HOUR, Later, later, scheduled_at
from ticket_service.background.scheduled_messages import LEASE, SendLater
from ticket_service.domain.ticket_decision import TicketWrite
from ticket_service.use_cases.outgoing.scheduled_messages import ScheduledMessages
from ticket_service.wiring.expected import expected


@dataclass(frozen=True)
class _Failing:
    """A store that can take no change of a message now."""

    error: Exception

    async def change_message(self, *_: Any) -> TicketWrite:
        raise self.error


async def _next_due(then: Later) -> datetime:
    """When the message is due again, once it is due before its lease ends."""
    async with asyncio.timeout(90):
        while True:
            known = await then.store.scheduled_messages.claim_due(then.now, then.now, 1)
            if known.next_due is not None and known.next_due < then.now + LEASE / 2:
                return known.next_due
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("error", [Unavailable("OVERLOADED", "crowded"), AutoReconnect("the primary steps down")])
async def test_message_that_cannot_be_let_go_now_is_due_again_before_its_lease_ends(
    desk: Desk, mongod: Mongod, database: str, error: Exception
) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    wanted = {"text": "see you", "send_time": scheduled_at(IN_AN_HOUR)}
    await desk.call("ReplyToTicket", ticket_id, metadata=AGENT, **wanted)
    expect(expected)

    async with later(mongod.uri, database) as then:
        tickets: Any = _Failing(error)
        messages = ScheduledMessages(then.store.scheduled_messages, tickets, lambda: then.now, lambda: None)
        send_later = SendLater(then.store.scheduled_messages, messages, lambda: then.now, poll_seconds=3600)
        running = asyncio.create_task(send_later.run())

        assert timedelta(0) < await _next_due(then) - then.now < LEASE / 2

        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
