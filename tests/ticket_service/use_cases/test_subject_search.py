"""A ticket is found by the subject that somebody has written, as it is now."""

from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.rpc.proto_values import timestamp
from tests.ticket_service.desk import AGENT, WORKSPACE, Desk, fresh_address
from tests.ticket_service.raw_documents import documents
from tests.ticket_service.use_cases.outgoing.later import IN_AN_HOUR, later, scheduled_at


async def _name(desk: Desk, ticket_id: str, subject: str) -> None:
    ticket = pb.Ticket(ticket_id=ticket_id, subject=subject)
    mask = FieldMask(paths=["subject"])
    request = pb.UpdateTicketRequest(workspace_id=WORKSPACE, ticket=ticket, update_mask=mask)
    await desk.tickets.UpdateTicket(request, metadata=AGENT)


async def _found(desk: Desk, query: str, **filters: Any) -> list[str]:
    return [ticket.ticket_id for ticket in await desk.all_tickets(query=query, **filters)]


async def _start(desk: Desk, **fields: Any) -> str:
    channel = await desk.subscribe()
    request = pb.StartConversationRequest(
        workspace_id=WORKSPACE, channel_id=channel.channel_id, address=fresh_address(), text="Hello Ada", **fields
    )
    return (await desk.tickets.StartConversation(request, metadata=AGENT)).ticket.ticket_id


async def test_ticket_is_found_by_its_subject_as_it_was_written_last(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = (await desk.text("my parcel is late")).stored.ticket_id
    await desk.text("and wet", customer_address=fresh_address())

    await _name(desk, ticket_id, "Refund for order R-778")
    first = [await _found(desk, query) for query in ("refund", "ref r-778", "refund parcel", "parcel", "FOR ORDER")]
    await _name(desk, ticket_id, "Überweisung doppelt")

    assert first == [[ticket_id]] * 5
    assert await _found(desk, "uberweisung") == [ticket_id]
    assert await _found(desk, "parcel late") == [ticket_id]
    assert await _found(desk, "refund") == []


async def test_no_subject_of_before_is_found_once_an_older_text_was_recovered(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = (await desk.text("my parcel is late")).stored.ticket_id
    await _name(desk, ticket_id, "Refund")
    long_ago = timestamp(datetime.now(UTC) - timedelta(hours=1))
    assert (await desk.text("hello", sent_time=long_ago, recovered=True)).stored.ticket_id == ticket_id

    await _name(desk, ticket_id, "Exchange")

    assert [await _found(desk, query) for query in ("exchange", "parcel", "refund")] == [[ticket_id], [ticket_id], []]


async def test_subject_is_no_text(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = (await desk.text("my parcel is late")).stored.ticket_id
    await _name(desk, ticket_id, "Refund")

    assert [t.ticket_id for t in await desk.all_tickets(text="refund")] == []
    assert await _found(desk, "refund", text="parcel") == [ticket_id]
    assert await _found(desk, "refund", text="refund") == []


async def test_subject_that_a_conversation_was_begun_with_is_found(desk: Desk) -> None:
    ticket_id = await _start(desk, subject="Yearly inspection")

    assert await _found(desk, "inspection yearly") == [ticket_id]
    assert await _found(desk, "hello") == [ticket_id]


async def test_subject_is_found_before_and_after_a_scheduled_text_has_left(
    desk: Desk, mongod: Mongod, database: str
) -> None:
    ticket_id = await _start(desk, send_time=scheduled_at(IN_AN_HOUR))
    await _name(desk, ticket_id, "Yearly inspection")
    before = await _found(desk, "inspection")

    async with later(mongod.uri, database) as then:
        await then.let_go()

    assert before == await _found(desk, "inspection") == await _found(desk, "ada") == [ticket_id]


async def test_text_stands_without_words_of_a_subject_that_nobody_has_written(
    desk: Desk, mongod: Mongod, database: str
) -> None:
    await desk.subscribe()
    ticket_id = (await desk.text("my parcel is late")).stored.ticket_id
    subject = (await desk.ticket(ticket_id)).subject

    await _name(desk, ticket_id, "Refund")
    await _name(desk, ticket_id, subject)

    (message,) = documents(mongod, database, "messages", ticket_id=ticket_id)
    assert message["words"] == ["my", "parcel", "is", "late"]
