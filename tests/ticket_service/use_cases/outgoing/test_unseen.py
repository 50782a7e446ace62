"""Two people, one customer: who has not seen what was said last is told before the reply is stored."""

import asyncio
from typing import Any

import pytest

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import message_pb2, ticket_service_pb2
from servicekit.errors import FailedPrecondition, KevaError
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import AGENT, WORKSPACE, Desk, error_of, fresh_address, inbound
from tests.ticket_service.raw_documents import changed
from tests.ticket_service.use_cases.outgoing.later import IN_AN_HOUR, later, persistently, scheduled_at


async def _ticket(desk: Desk) -> tuple[str, str, str]:
    """Its id, its customer's address, and the id of their text."""
    address = fresh_address()
    ticket_id = await desk.new_ticket(customer_address=address)
    return ticket_id, address, (await desk.messages(ticket_id))[-1].message_id


async def _reply(desk: Desk, ticket_id: str, seen: str, **fields: Any) -> message_pb2.Message:
    values = {"text": "an answer", "last_seen_message_id": seen, **fields}
    answer = await desk.call("ReplyToTicket", ticket_id, metadata=AGENT, **values)
    return answer.message  # type: ignore[no-any-return]


async def _newer(desk: Desk, ticket_id: str, seen: str, **fields: Any) -> list[str]:
    """What the refusal says is newer."""
    error = await error_of(_reply(desk, ticket_id, seen, **fields))
    assert (type(error), error.reason) == (FailedPrecondition, "NEWER_MESSAGES")
    ids = error.metadata["message_ids"].split(",")
    assert error.metadata["count"] == str(len(ids))
    return ids


async def test_reply_is_stored_when_its_writer_has_seen_everything(shared_desk: Desk) -> None:
    ticket_id, _, text = await _ticket(shared_desk)

    first = await _reply(shared_desk, ticket_id, text)
    second = await _reply(shared_desk, ticket_id, first.message_id)

    assert (first.position, second.position) == (2, 3)


async def test_newer_text_of_the_customer_is_named(shared_desk: Desk) -> None:
    ticket_id, address, text = await _ticket(shared_desk)
    newer = [(await shared_desk.text("and", customer_address=address)).stored.message_id for _ in range(2)]

    assert await _newer(shared_desk, ticket_id, text) == newer
    assert len(await shared_desk.messages(ticket_id)) == 3
    assert await _newer(shared_desk, ticket_id, text, validate_only=True) == newer
    assert await _reply(shared_desk, ticket_id, newer[-1])


async def test_newer_reply_of_ours_is_named(shared_desk: Desk) -> None:
    ticket_id, _, text = await _ticket(shared_desk)
    reply = await shared_desk.reply(ticket_id)

    assert await _newer(shared_desk, ticket_id, text) == [reply.message_id]


async def test_writer_may_insist(shared_desk: Desk) -> None:
    ticket_id, _, text = await _ticket(shared_desk)
    await shared_desk.reply(ticket_id)

    assert (await _reply(shared_desk, ticket_id, text, send_anyway=True)).position == 3


async def test_a_note_is_nothing_newer_and_can_be_the_last_that_was_seen(shared_desk: Desk) -> None:
    ticket_id, _address, text = await _ticket(shared_desk)
    note = await shared_desk.note(ticket_id)

    reply = await _reply(shared_desk, ticket_id, text)
    assert await _newer(shared_desk, ticket_id, note.message_id) == [reply.message_id]
    later = await shared_desk.note(ticket_id)
    assert await _reply(shared_desk, ticket_id, later.message_id)


async def test_a_reply_that_somebody_has_scheduled_is_newer_until_it_is_cancelled(shared_desk: Desk) -> None:
    ticket_id, _, text = await _ticket(shared_desk)
    planned = await _reply(shared_desk, ticket_id, text, send_time=scheduled_at(IN_AN_HOUR))

    assert await _newer(shared_desk, ticket_id, text) == [planned.message_id]
    assert await _reply(shared_desk, ticket_id, planned.message_id)

    ticket_id, _, text = await _ticket(shared_desk)
    planned = await _reply(shared_desk, ticket_id, text, send_time=scheduled_at(IN_AN_HOUR))
    request = ticket_service_pb2.CancelScheduledMessageRequest(workspace_id=WORKSPACE, message_id=planned.message_id)
    await shared_desk.reply(ticket_id, "so that it is not closed with it")
    await shared_desk.tickets.CancelScheduledMessage(request, metadata=AGENT)
    (newer,) = await _newer(shared_desk, ticket_id, text)
    assert newer != planned.message_id


@pytest.mark.parametrize("long", [1, 1000])
async def test_who_saw_a_reply_scheduled_has_not_seen_the_text_before_it_left(
    desk: Desk, mongod: Mongod, database: str, long: int
) -> None:
    """It has the same id before and after, so that naming it says nothing of what came in between."""
    await desk.subscribe()
    ticket_id, address, text = await _ticket(desk)
    in_an_hour = {"text": "word " * long, "split": True, "send_time": scheduled_at(IN_AN_HOUR)}
    planned = (await _reply(desk, ticket_id, text, **in_an_hour)).message_id
    unseen = (await desk.text("and", customer_address=address)).stored.message_id
    async with later(mongod.uri, database) as clock:
        assert await clock.let_go() == [planned]

    assert await _newer(desk, ticket_id, text, validate_only=True) == [unseen, planned]
    assert await _newer(desk, ticket_id, planned) == [unseen]
    behind = await desk.call("ListMessages", ticket_id, after_message_id=planned)
    assert unseen in [message.message_id for message in behind.messages]
    # Whoever looks again has seen all, though what left last has the highest position.
    looked = await desk.messages(ticket_id)
    assert max(looked, key=lambda message: message.position).text.startswith("word")
    last = max(looked, key=lambda message: message.seen_position)
    assert last.message_id == unseen
    assert await _reply(desk, ticket_id, last.message_id)


async def test_a_reply_that_was_split_is_one(shared_desk: Desk) -> None:
    ticket_id, _, text = await _ticket(shared_desk)
    long = await _reply(shared_desk, ticket_id, text, text="word " * 1000, split=True)

    assert await _newer(shared_desk, ticket_id, text) == [long.message_id]
    assert await _reply(shared_desk, ticket_id, long.message_id)


async def test_same_request_gives_the_same_message_whatever_is_newer(shared_desk: Desk) -> None:
    ticket_id, address, text = await _ticket(shared_desk)
    asked = {"request_id": f"seen-{ticket_id}"}

    first = await _reply(shared_desk, ticket_id, text, **asked)
    await shared_desk.text("and", customer_address=address)
    again = await _reply(shared_desk, ticket_id, text, **asked)

    assert again.message_id == first.message_id


async def test_last_seen_message_must_be_one_of_the_ticket(shared_desk: Desk) -> None:
    ticket_id, _, _ = await _ticket(shared_desk)
    _, _, other = await _ticket(shared_desk)

    for unknown in ("msg_none", other):
        assert (await error_of(_reply(shared_desk, ticket_id, unknown))).reason == "MESSAGE_NOT_FOUND"
    assert (await error_of(_reply(shared_desk, ticket_id, other, send_anyway=True))).reason == "MESSAGE_NOT_FOUND"


async def test_messages_without_positions_are_compared_by_when_they_were_stored(
    shared_desk: Desk, mongod: Mongod, shared_database: str
) -> None:
    ticket_id, address, text = await _ticket(shared_desk)
    with changed(mongod, shared_database, "messages") as messages:
        messages.update_one({"_id": text}, {"$unset": {"position": ""}})

    newer = (await shared_desk.text("and", customer_address=address)).stored.message_id
    assert await _newer(shared_desk, ticket_id, text) == [newer]


async def test_what_is_newer_can_be_listed(shared_desk: Desk) -> None:
    ticket_id, address, text = await _ticket(shared_desk)
    newer = [(await shared_desk.text("and", customer_address=address)).stored.message_id for _ in range(3)]

    page = await shared_desk.call("ListMessages", ticket_id, after_message_id=text, page_size=2)
    rest = await shared_desk.call(
        "ListMessages", ticket_id, after_message_id=text, page_size=2, page_token=page.next_page_token
    )

    assert [message.message_id for message in (*page.messages, *rest.messages)] == newer
    error = await error_of(shared_desk.call("ListMessages", ticket_id, after_message_id="msg_none"))
    assert error.reason == "MESSAGE_NOT_FOUND"


@pytest.mark.parametrize("replicas", [1, 2])
async def test_200_pairs_of_agents_never_cross_unseen(start_desk: StartDesk, replicas: int) -> None:
    desks = [await start_desk() for _ in range(replicas)]
    await desks[0].subscribe()
    texts = [inbound(customer_address=fresh_address()) for _ in range(200)]
    outcomes = [*await desks[0].texts(*texts[:100]), *await desks[0].texts(*texts[100:])]

    async def answer(desk: Desk, outcome: Any, text: str) -> message_pb2.Message | KevaError:
        stored = outcome.stored
        asked = {"text": text, "request_id": f"{text}-{stored.message_id}"}
        return await persistently(lambda: _reply(desk, stored.ticket_id, stored.message_id, **asked))

    async def pair(outcome: Any) -> None:
        answers = await asyncio.gather(answer(desks[0], outcome, "yes"), answer(desks[-1], outcome, "no"))
        (stored,) = [one for one in answers if isinstance(one, message_pb2.Message)]
        (refused,) = [one for one in answers if isinstance(one, KevaError)]
        assert (refused.reason, refused.metadata["message_ids"]) == ("NEWER_MESSAGES", stored.message_id)

    await asyncio.gather(*map(pair, outcomes))
