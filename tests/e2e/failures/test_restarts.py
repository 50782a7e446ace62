"""Any one process killed and started again: the next text and the next reply work with no help."""

import secrets

import pymongo
import pytest

from dev.local_stack.desk import Desk

PROCESSES = ["gateway", "ticket_service", "sms_service", "credentials_service", "mongod"]


@pytest.mark.parametrize("name", PROCESSES)
async def test_next_text_and_reply_work_after_a_crash(desk: Desk, name: str) -> None:
    await desk.text("before")
    await desk.stack.kill(name)
    await desk.stack.restart(name)

    result = await desk.text("after")

    assert result.acknowledged, result.attempts
    ticket = await desk.ticket()
    await desk.until_delivery(await desk.reply(ticket, "still here"), seconds=60)
    assert [m.text for m in await desk.messages(ticket)] == ["before", "after", "still here"]


async def test_reply_accepted_while_sms_service_is_down_leaves_when_it_is_back(desk: Desk) -> None:
    await desk.text("hello")
    ticket = await desk.ticket()
    await desk.stack.kill("sms_service")

    reply = await desk.reply(ticket, "late but here")
    await desk.stack.restart("sms_service")

    await desk.until_delivery(reply, seconds=60)
    assert len(await desk.sent(1)) == 1


async def test_text_is_stored_though_a_replica_died_with_its_ticket_locked(desk: Desk) -> None:
    # As after SIGKILL between write and commit, which cannot be hit at will: a client that says no more.
    await desk.text("before")
    ticket = await desk.ticket()
    uri = desk.stack.database_uri("ticket_service")
    dying: pymongo.MongoClient[dict[str, object]] = pymongo.MongoClient(uri, appname="keva")
    session = dying.start_session()
    session.start_transaction()
    dying["keva_tickets"]["tickets"].update_one(
        {"_id": ticket.ticket_id}, {"$set": {"subject": "never committed"}}, session=session
    )

    # Twilio tries for a quarter of a minute; by itself MongoDB would hold the lock for more than a whole one.
    answers = [await desk.text("after", message_sid="SM" + secrets.token_hex(16))]
    answers.append(await desk.text("after", message_sid=answers[0].message_sid))

    assert answers[-1].acknowledged
    assert [message.text for message in await desk.messages(await desk.ticket())] == ["before", "after"]
    dying.close()
