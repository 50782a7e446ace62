"""A page that is open learns of everything, whichever console it is connected to, and whoever is killed."""

import asyncio
import secrets

from dev.local_stack.desk import Desk, RunningStack
from tests.e2e.console.conftest import signing_in
from tests.e2e.console.streams import listening


async def _text(desk: Desk) -> None:
    """As Twilio does: what was not taken in is sent again."""
    webhook = {"MessageSid": f"SM{secrets.token_hex(16)}", "From": desk.customer, "Body": "hello"}
    async with asyncio.timeout(60):
        while (await desk.post(webhook)).status != 200:  # noqa: ASYNC110 - as Twilio does
            await asyncio.sleep(0.1)


async def test_a_page_goes_on_at_another_console_and_behind_a_killed_ticket_service(replicated: RunningStack) -> None:
    stack, desk = replicated.stack, await replicated.open_desk()
    first, second = stack.layout.urls("console")
    await _text(desk)
    ticket_id = (await desk.ticket()).ticket_id
    async with signing_in(replicated) as sign_in:
        dana = await sign_in("dana")
        async with listening(dana, console_url=first) as before:
            await _text(desk)
            await before.until(lambda: before.texts(ticket_id) == 1)
            await stack.kill("console-1")
            await before.until(lambda: before.is_over)
        await _text(desk)
        async with listening(dana, before.token, console_url=second) as after:
            await after.until(lambda: after.texts(ticket_id) == 1)
            for number, name in enumerate(stack.layout.names("ticket_service"), 2):
                await stack.kill(name)
                await _text(desk)
                await stack.restart(name)
                await after.until(lambda number=number: after.texts(ticket_id) == number)
        await stack.restart("console-1")
    events = {**before.events, **after.events}.values()

    of_ticket = sorted(event["sequence"] for event in events if event["ticket_id"] == ticket_id)
    assert of_ticket == list(range(of_ticket[0], of_ticket[0] + len(of_ticket)))
    assert after.reloads == 0
