"""A reply that is split arrives whole: each part once, in order, whatever becomes of Twilio's answers."""

import pytest

from dev.local_stack.desk import Desk
from keva.ticket.v1 import ticket_service_pb2

PICTURE = "https://keva.example/a.jpg"
TEXT = "".join(f"This is sentence number {number:03} of it all. " for number in range(100))[:4000]


@pytest.fixture
def desk(impatient_desk: Desk) -> Desk:
    """A fresh desk that sends as fast as it can."""
    return impatient_desk


@pytest.mark.parametrize("callbacks", ["come", "are lost"])
async def test_each_part_arrives_once_and_in_order_though_an_answer_was_lost(desk: Desk, callbacks: str) -> None:
    await desk.text("tell me everything")
    ticket = await desk.ticket()
    await desk.simulator.fault("create_message", "drop_after", times=1)
    if callbacks == "are lost":
        await desk.simulator.fault("callback", "lost")

    request = ticket_service_pb2.ReplyToTicketRequest(
        workspace_id=ticket.workspace_id, ticket_id=ticket.ticket_id, text=TEXT, split=True, media_urls=[PICTURE]
    )
    replies = (await desk.clients.tickets.ReplyToTicket(request)).messages

    # The last one leaves once the others have.
    await desk.until_delivery(replies[-1], seconds=40)
    sent = await desk.sent(3)
    assert " ".join(message.body for message in sent) == TEXT.strip()
    assert [message.media_urls for message in sent] == [(PICTURE,), (), ()]
    for reply, message in zip(replies, sent, strict=True):
        assert (await desk.until_delivery(reply)).twilio_message_sid == message.sid
