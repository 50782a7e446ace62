"""Deliveries without final news are asked for, and so is the reason of those that failed without one."""

import asyncio
import uuid
from typing import Any

import pytest

from sms_service.twilio.errors import explain
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
