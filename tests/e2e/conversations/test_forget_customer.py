"""A customer is forgotten in the whole of Keva; neither Twilio's log nor a repeated webhook brings anything back."""

import asyncio
import os
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from google.protobuf.timestamp_pb2 import Timestamp

from dev.leaks import dump
from dev.local_stack.desk import Desk, RunningStack
from dev.twilio_simulator.client import MediaFile
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import message_pb2, ticket_service_pb2
from tests.keva_command import keva_command

ROOT = Path(__file__).parents[3]
# One word, since texts are searched by their words.
SECRET = "mybloodtypeiszero"
PICTURE = MediaFile("image/png", b"\x89PNG\r\n\x1a\n" + SECRET.encode() * 50)


async def _keva(desk: Desk, *arguments: str) -> tuple[int, str]:
    """Exit status and output of a command, where the stack runs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KEVA_")}
    process = await asyncio.create_subprocess_exec(
        *keva_command(*arguments),
        cwd=desk.stack.state.path.parent,
        env={**kept, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return await process.wait(), output.decode()


def _found(desk: Desk, *texts: str) -> set[tuple[str, str]]:
    """What of `texts` stands in which collection; the oplog is history, and goes."""
    dumped = {where: raw for where, raw in dump(desk.stack.mongodb_uri).items() if where.startswith("keva_")}
    assert {"keva_tickets", "keva_sms", "keva_credentials", "keva_console"} == {where.split(".")[0] for where in dumped}
    return {(where, text) for where, raw in dumped.items() for text in texts if text.encode() in raw}


async def _until_stored(desk: Desk, ticket: ticket_service_pb2.Ticket) -> None:
    async with asyncio.timeout(90):
        while True:
            states = [item.state for message in await desk.messages(ticket) for item in message.media]
            if states == [message_pb2.MEDIA_STATE_STORED]:
                return
            await asyncio.sleep(0.05)


async def _backfill(desk: Desk) -> sms_service_pb2.BackfillMessagesResponse:
    since = Timestamp()
    since.FromDatetime(datetime.now(UTC) - timedelta(hours=1))
    request = sms_service_pb2.BackfillMessagesRequest(
        organization_id="default", phone_number=desk.account.phone_number, since_time=since
    )
    async with asyncio.timeout(90):
        return await desk.clients.sms.BackfillMessages(request, timeout=90)


async def test_customer_who_is_forgotten_stays_forgotten(running: RunningStack) -> None:
    desk = await running.open_desk()
    sid = "MM" + uuid.uuid4().hex
    await desk.text(f"hello, {SECRET}", media=[PICTURE], message_sid=sid)
    ticket = await desk.ticket()
    await desk.until_delivery(await desk.reply(ticket, f"so {SECRET}?"))
    await _until_stored(desk, ticket)
    before = {where for where, _ in _found(desk, SECRET, desk.customer)}

    status, output = await _keva(desk, "customers", "forget", desk.customer, "--yes")
    compared = await _backfill(desk)
    again = await desk.post({"MessageSid": sid, "Body": f"hello, {SECRET}"})

    assert status == 0, output
    assert "Erased: cus_" in output
    assert before == {
        "keva_tickets.messages",
        "keva_tickets.tickets",
        "keva_tickets.customers",
        "keva_sms.deliveries",
        "keva_sms.media_contents",
    }
    assert (compared.compared, compared.recovered) == (1, 0)
    assert again.status == 200
    assert _found(desk, SECRET, desk.customer) == set()
    assert (await desk.messages(ticket))[0].twilio_message_sid == sid
    status, output = await _keva(desk, "tickets", "show", str(ticket.number))
    assert output.count("(erased)") == 3

    await desk.text("me again")
    new, old = await desk.tickets()
    assert (old.ticket_id, old.customer_address) == (ticket.ticket_id, f"forgotten:{ticket.customer_id}")
    assert new.customer_id != old.customer_id
    assert new.customer_address == desk.customer
