"""What browsers are sent while pages are open."""

import asyncio

from dev.local_stack.desk import Desk
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.streams import listening


async def test_a_text_comes_to_every_browser_that_is_open(desk: Desk, sign_in: SignIn) -> None:
    dana, sam = await sign_in("dana"), await sign_in("sam")
    async with listening(dana) as at_dana, listening(sam) as at_sam:
        await desk.text("hello")
        await asyncio.gather(*(at.until_types("message.received", "ticket.created") for at in (at_dana, at_sam)))

        ticket = await desk.ticket()

    received = next(event for event in at_dana.events.values() if event["type"] == "message.received")
    assert (received["ticket_id"], received["ticket_number"]) == (ticket.ticket_id, ticket.number)
    assert received["notice"] == {"kind": "text on unassigned", "customer": ticket.customer_display_name}
    assert "hello" not in str(at_dana.events)
