"""Whatever stands as From on a text that Twilio signed: it is kept, by webhook and by recovery alike."""

import asyncio

import grpc
import pytest

from dev.local_stack.desk import Desk
from keva.ticket.v1 import ticket_service_pb2
from servicekit.rpc.statuses_to_errors import as_keva_error

# Numbers before a renumbering, stand-ins for hidden ones, short ones, names, other schemes.
SENDERS = [
    "+5215512345678",
    "+22997123456",
    "+22559005608",
    "+266696687",
    "+2562533",
    "+6063001",
    "+999123456789",
    "12345",
    "12345678",
    "123456789",
    "Macy's",
    "Uber!",
    "Café",
    "МТС",
    "AMAZON-PRIME-SUPPORT",
    "info@example.com",
    "BANK*INFO",
    "messenger:2065550143",
    "client:5551234567",
    "whatsapp:BR.1502576394655843",
    "🙂",
    "NUL\x00",
    "\u202eABC",
    "+٠١٢٣٤٥٦٧٨٩٠",
    "Re: 5551234567",
    "x" * 200,
]


async def _until(desk: Desk, texts: int) -> list[ticket_service_pb2.Ticket]:
    """The tickets, once there are so many texts on them."""
    async with asyncio.timeout(90):
        while True:
            tickets = await desk.tickets()
            if sum(ticket.message_count for ticket in tickets) >= texts:
                return tickets
            await asyncio.sleep(0.05)


async def test_webhook_and_recovery_keep_them_as_they_are(impatient_desk: Desk) -> None:
    desk = impatient_desk
    for sender in SENDERS:
        assert (await desk.text("by webhook", sender)).acknowledged, sender
        await desk.text("by recovery", sender, deliver=False)

    tickets = await _until(desk, 2 * len(SENDERS))
    assert sorted(ticket.customer_address for ticket in tickets) == sorted(SENDERS)
    assert {ticket.message_count for ticket in tickets} == {2}


async def test_a_number_without_a_country_is_the_same_on_both_roads(impatient_desk: Desk) -> None:
    desk = impatient_desk
    await desk.text("by webhook", "206 555 0143")
    await desk.text("by recovery", "(206) 555-0143", deliver=False)

    (ticket,) = await _until(desk, 2)
    assert ticket.customer_address == "+12065550143"


@pytest.mark.parametrize("sender", ["+266696687", "123456789", "Macy's", "messenger:2065550143", "client:5551234567"])
async def test_nothing_is_sent_to_what_is_no_phone(desk: Desk, sender: str) -> None:
    await desk.text("hello", sender)

    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await desk.reply(await desk.ticket(sender), "hi")

    assert as_keva_error(refused.value).reason == "RECIPIENT_CANNOT_RECEIVE"


@pytest.mark.parametrize("sender", ["+5215512345678", "+22997123456", "12345"])
async def test_whoever_may_be_a_phone_is_answered(desk: Desk, sender: str) -> None:
    await desk.text("hello", sender)

    await desk.reply(await desk.ticket(sender), "hi")

    (sent,) = await desk.sent(1, sender)
    assert (sent.to, sent.body) == (sender, "hi")


async def test_half_of_a_character_is_kept_alike_on_both_roads(impatient_desk: Desk) -> None:
    desk = impatient_desk

    assert (await desk.text("by webhook 😀", cut=True)).acknowledged
    await desk.text("by recovery 😀", deliver=False, cut=True)

    (ticket,) = await _until(desk, 2)
    assert [message.text for message in await desk.messages(ticket)] == ["by webhook \ufffd", "by recovery \ufffd"]


async def test_lines_that_nobody_can_read_hide_no_missed_text(impatient_desk: Desk) -> None:
    desk = impatient_desk
    await desk.simulator.fault("list_messages", "poison")
    for number in range(5):
        await desk.text(f"text {number}", deliver=False)

    tickets = await _until(desk, 5)
    await desk.simulator.clear_faults()
    assert [message.text for message in await desk.messages(tickets[0])] == [f"text {number}" for number in range(5)]
    assert tickets[0].state == ticket_service_pb2.TICKET_STATE_OPEN
