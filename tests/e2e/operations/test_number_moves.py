"""A number that Twilio moves to another account, and one that is a short code."""

import asyncio
from dataclasses import replace

from dev.local_stack.accounts import configure_number, connect_account, open_account, subscribe_number
from dev.local_stack.desk import Desk, RunningStack, new_account
from keva.ticket.v1 import message_pb2


async def _moved(running: RunningStack, desk: Desk) -> Desk:
    """The desk, whose number is in an account of its own now, as Twilio has it and Keva hears of it."""
    account = replace(new_account(), phone_number=desk.account.phone_number)
    await open_account(running.simulator, running.stack, account)
    await connect_account(running.clients, account)
    channel = await subscribe_number(running.clients, account)
    await configure_number(running.clients, account)
    return replace(desk, account=account, channel=channel)


async def test_number_that_moves_keeps_its_open_ticket(running: RunningStack, desk: Desk) -> None:
    await desk.text("hello")
    ticket = await desk.ticket()

    moved = await _moved(running, desk)
    reply = await desk.reply(ticket, "we have moved")
    await desk.until_delivery(reply)
    again = await moved.text("thanks")

    assert again.acknowledged
    assert (await moved.ticket()).ticket_id == ticket.ticket_id
    (sent,) = await moved.sent(1)
    assert (sent.account_sid, sent.body) == (moved.account.account_sid, "we have moved")


async def test_text_that_the_new_account_got_before_keva_heard_of_it_is_recovered(
    impatient: RunningStack, impatient_desk: Desk
) -> None:
    desk = impatient_desk
    await desk.text("hello")
    ticket = await desk.ticket()
    account = replace(new_account(), phone_number=desk.account.phone_number)
    await open_account(impatient.simulator, impatient.stack, account)
    early = replace(desk, account=account)
    await early.text("is anybody there?", deliver=False)

    await connect_account(impatient.clients, account)
    await subscribe_number(impatient.clients, account)

    async with asyncio.timeout(90):
        while True:
            messages = await desk.messages(ticket)
            if len(messages) == 2:
                break
            await asyncio.sleep(0.05)
    assert {message.text for message in messages} == {"hello", "is anybody there?"}


async def test_short_code_is_subscribed_texted_and_answers(running: RunningStack) -> None:
    account = replace(new_account(), phone_number="384387")
    await open_account(running.simulator, running.stack, account)
    await connect_account(running.clients, account)
    channel = await subscribe_number(running.clients, account)
    configured = await configure_number(running.clients, account)
    desk = Desk(running.stack, running.simulator, running.clients, account, channel)

    assert (channel.phone_number, configured.phone_number_sid[:2]) == ("384387", "SC")
    assert (await desk.text("hello")).acknowledged
    reply = await desk.reply(await desk.ticket(), "hi")
    delivered = await desk.until_delivery(reply)
    assert delivered.delivery.state == message_pb2.DELIVERY_STATE_DELIVERED
    (sent,) = await desk.sent(1)
    assert sent.from_ == "384387"
    await desk.close()
