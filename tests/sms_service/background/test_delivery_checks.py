"""Deliveries without final news are asked for, and so is the reason of those that failed without one."""

import asyncio
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import message_pb2
from servicekit.clock import utc_now
from sms_service.twilio.errors import explain
from tests.mongo_clients import mongo_client
from tests.sms_service.conftest import Sms
from tests.sms_service.ticket_peer import TicketPeer


@pytest.fixture
def sms_settings(tickets: TicketPeer) -> dict[str, Any]:
    return {"ticket_service": tickets.address, "delivery_check_seconds": 1}


async def test_reason_that_a_report_lacks_is_asked_for(sms: Sms, tickets: TicketPeer) -> None:
    await sms.connect()
    await sms.simulator.fault("callback", "lost")
    await sms.simulator.outcome(sms.customer, "failed", 30005)
    message_id = f"msg_{uuid.uuid4().hex}"
    sid = (await sms.send(message_id)).twilio_message_sid
    path = f"/api/webhooks/twilio/status?message_id={message_id}"

    await sms.callbacks(sms.webhook(path, MessageSid=sid, MessageStatus="failed"))

    async with asyncio.timeout(90):
        while (update := await tickets.deliveries.get()).error_code != 30005:
            assert update.error_text in ("", explain(0).sentence)
    assert update.error_text == explain(30005).sentence


async def test_report_that_comes_during_the_last_check_is_handed_on_all_the_same(
    sms: Sms, tickets: TicketPeer, mongod: Mongod, database: str
) -> None:
    await sms.connect()
    await sms.simulator.fault("callback", "lost")
    await sms.simulator.outcome(sms.customer, "sent")
    message_id = f"msg_{uuid.uuid4().hex}"
    sid = (await sms.send(message_id)).twilio_message_sid
    with mongo_client(mongod.uri) as client:
        four_days_old = {"$set": {"create_time": utc_now() - timedelta(days=4)}}
        client[database].deliveries.update_one({"_id": message_id}, four_days_old)
    tickets.answers.clear()

    async with asyncio.timeout(90):
        await tickets.deliveries.get()
        path = f"/api/webhooks/twilio/status?message_id={message_id}"
        # Whoever brings it hands it on, and fails to.
        await sms.callbacks(sms.webhook(path, MessageSid=sid, MessageStatus="delivered"))
        tickets.answers.set()

        while (await tickets.deliveries.get()).state != message_pb2.DELIVERY_STATE_DELIVERED:
            pass


async def _checked(mongod: Mongod, database: str, message_id: str, age: timedelta, **fields: Any) -> datetime | None:
    """When the message is to be checked again, once it was checked at that age; it must be more than ten minutes."""
    with mongo_client(mongod.uri) as client:
        deliveries, now = client[database].deliveries, utc_now()
        deliveries.update_one({"_id": message_id}, {"$set": {"create_time": now - age, "check_due": now, **fields}})
        rests = {"_id": message_id, "check_due": {"$not": {"$lt": now + timedelta(minutes=10)}}}
        async with asyncio.timeout(90):
            while (found := deliveries.find_one(rests)) is None:  # noqa: ASYNC110 - a database's change
                await asyncio.sleep(0.02)
        due: datetime | None = found.get("check_due")
        return due


@pytest.mark.parametrize(
    ("age", "given_up"),
    [pytest.param(timedelta(hours=2), False, id="young"), pytest.param(timedelta(days=4), True, id="old")],
)
async def test_where_twilio_refuses_it_is_asked_ever_more_rarely_and_for_three_days(
    sms: Sms, mongod: Mongod, database: str, age: timedelta, given_up: bool
) -> None:
    await sms.connect()
    await sms.simulator.fault("callback", "lost")
    message_id = f"msg_{uuid.uuid4().hex}"
    await sms.send(message_id)
    await sms.simulator.create_secondary_token(sms.account_sid)
    await sms.simulator.promote_secondary_token(sms.account_sid)

    due = await _checked(mongod, database, message_id, age)

    assert (due is None) is given_up


@pytest.mark.parametrize("status", ["sent", "delivered", "failed"])
async def test_what_ticket_service_does_not_take_is_handed_on_for_longer(
    sms: Sms, tickets: TicketPeer, mongod: Mongod, database: str, status: str
) -> None:
    await sms.connect()
    await sms.simulator.fault("callback", "lost")
    await sms.simulator.outcome(sms.customer, "sent")
    message_id = f"msg_{uuid.uuid4().hex}"
    await sms.send(message_id)
    tickets.takes_deliveries = False

    due = await _checked(mongod, database, message_id, timedelta(days=4), status=status)

    assert due is not None


async def test_a_failure_is_handed_on_though_twilio_does_not_say_why(
    sms: Sms, tickets: TicketPeer, mongod: Mongod, database: str
) -> None:
    await sms.connect()
    await sms.simulator.fault("callback", "lost")
    message_id = f"msg_{uuid.uuid4().hex}"
    await sms.send(message_id)
    await sms.simulator.create_secondary_token(sms.account_sid)
    await sms.simulator.promote_secondary_token(sms.account_sid)

    due = await _checked(mongod, database, message_id, timedelta(days=4), status="failed")

    assert due is None
    told = [tickets.deliveries.get_nowait() for _ in range(tickets.deliveries.qsize())]
    assert told[-1].state == message_pb2.DELIVERY_STATE_FAILED
