"""A customer who is forgotten leaves ids, times and states behind, and nothing that tells who it was."""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pymongo
import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import audit_service_pb2, customer_note_pb2, message_pb2, ticket_service_pb2
from servicekit.clock import utc_now
from servicekit.errors import Unavailable
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import (
    ACCOUNT,
    AGENT,
    CUSTOMER,
    WORKSPACE,
    Desk,
    delivery_state,
    error_of,
    fresh_address,
    inbound,
    state_of,
)
from tests.ticket_service.raw_documents import changed, documents, dump, found_in
from tests.ticket_service.responder_peer import ResponderPeer, draft
from ticket_service.mongo.store import MongoStore

# One word, since texts are searched by their words.
SECRET = "mybloodtypeiszero"
NAME = "Anneliese Quittenbaum"


@pytest.fixture
async def desk(start_desk: StartDesk) -> Desk:
    """A replica that looks for erasures all the time."""
    desk = await start_desk(erasure_poll_seconds=0.05)
    await desk.subscribe()
    return desk


async def _forget(desk: Desk, customer_id: str) -> ticket_service_pb2.Customer:
    request = ticket_service_pb2.ForgetCustomerRequest(workspace_id=WORKSPACE, customer_id=customer_id)
    return (await desk.tickets.ForgetCustomer(request, metadata=AGENT)).customer


async def _until_erased(desk: Desk, customer_id: str) -> ticket_service_pb2.Customer:
    async with asyncio.timeout(90):
        while True:
            customer = await desk.customer(customer_id)
            if customer.HasField("erase_time"):
                return customer
            await asyncio.sleep(0.02)


async def _talk(desk: Desk, **fields: Any) -> tuple[str, str]:
    """A ticket with texts, a reply, a note, a subject and media; its id and the customer's."""
    media = [message_pb2.MediaItem(url=f"https://api.twilio.com/{SECRET}", content_type="image/png")]
    text = {"city": "QUITTENHAUSEN", "state": "QH", "zip": "98765-QH", "media": media, **fields}
    stored = (await desk.text(f"hello, {SECRET}", **text)).stored
    await desk.reply(stored.ticket_id, f"so {SECRET}?", request_id=str(uuid.uuid4()))
    await desk.note(stored.ticket_id, f"says {SECRET}")
    ticket = await desk.ticket(stored.ticket_id)
    update = ticket_service_pb2.UpdateCustomerRequest(
        workspace_id=WORKSPACE,
        customer=ticket_service_pb2.Customer(
            customer_id=ticket.customer_id, display_name=NAME, email="quittenbaum@example.com"
        ),
        update_mask=FieldMask(paths=["display_name", "email"]),
    )
    await desk.tickets.UpdateCustomer(update, metadata=AGENT)
    about = customer_note_pb2.AddCustomerNoteRequest(
        workspace_id=WORKSPACE, customer_id=ticket.customer_id, text=f"is {SECRET}"
    )
    await desk.tickets.AddCustomerNote(about, metadata=AGENT)
    return stored.ticket_id, ticket.customer_id


async def test_nothing_that_identifies_is_left_in_any_collection(desk: Desk, mongod: Mongod, database: str) -> None:
    ticket_id, customer_id = await _talk(desk)
    await desk.peer.sent_texts(1)
    await desk.text("STOP", customer_address=CUSTOMER)
    await desk.change("CloseTicket", ticket_id)
    await desk.text("HELP", customer_address=CUSTOMER)
    identifying = (SECRET, NAME, "quittenbaum", "QUITTENHAUSEN", "98765-QH", CUSTOMER, CUSTOMER[1:])
    before = {text for _, text in found_in(dump(mongod, database), *identifying)}

    decided = await _forget(desk, customer_id)
    customer = await _until_erased(desk, customer_id)

    assert before == set(identifying)
    assert not found_in(dump(mongod, database), *identifying)
    assert decided.HasField("forget_time")
    assert (customer.address, customer.display_name, customer.email) == (
        f"forgotten:{customer_id}",
        "Forgotten customer",
        "",
    )
    assert not dump(mongod, database)["erasures"]


async def test_ids_times_states_and_records_stay(desk: Desk) -> None:
    ticket_id, customer_id = await _talk(desk)
    await desk.until_recorded("message.delivery_changed", ticket_id)
    before, messages = await desk.ticket(ticket_id), await desk.messages(ticket_id)
    records = await desk.records(ticket_id=ticket_id)

    await _forget(desk, customer_id)
    await _until_erased(desk, customer_id)

    after = await desk.ticket(ticket_id)
    assert (state_of(after), after.subject, after.number) == ("CLOSED", "(erased)", before.number)
    assert after.HasField("erase_time")
    kept = [(m.message_id, m.direction, m.twilio_message_sid, m.message_time, m.author) for m in messages]
    left = await desk.messages(ticket_id)
    assert [(m.message_id, m.direction, m.twilio_message_sid, m.message_time, m.author) for m in left] == kept
    assert all(not m.text and not m.media and m.HasField("erase_time") for m in left)
    assert (await desk.records(ticket_id=ticket_id))[: len(records)] == records
    added = (await desk.records(ticket_id=ticket_id))[len(records) :]
    assert [record.action for record in added] == ["ticket.closed", "ticket.erased"]
    assert dict(added[-1].details) == {"messages": str(len(messages)), "why": "forgotten"}
    assert [
        r.action for r in await desk.records() if r.subject_id == customer_id and r.action != "customer.created"
    ] == [
        "customer.updated",
        "customer.note_added",
        "customer.forgotten",
        "customer.erased",
    ]


async def test_forgetting_twice_decides_once(desk: Desk) -> None:
    _, customer_id = await _talk(desk)

    first, _ = await asyncio.gather(_forget(desk, customer_id), _forget(desk, customer_id))
    await _until_erased(desk, customer_id)
    again = await _forget(desk, customer_id)

    assert again.forget_time == first.forget_time
    mine = [r for r in await desk.records(action="customer.forgotten") if r.subject_id == customer_id]
    assert [(r.actor.id, dict(r.details)) for r in mine] == [("dana", {})]


async def test_unknown_customer_is_not_forgotten(desk: Desk) -> None:
    assert (await error_of(_forget(desk, "cus_unknown"))).reason == "CUSTOMER_NOT_FOUND"


async def test_next_text_of_the_same_phone_makes_a_new_customer_while_it_is_being_erased(desk: Desk) -> None:
    ticket_id, customer_id = await _talk(desk)
    desk.peer.cannot_erase = Unavailable("STORE_UNAVAILABLE", "not now")
    await _forget(desk, customer_id)

    stored = (await desk.text("me again", customer_address=CUSTOMER)).stored
    desk.peer.cannot_erase = None
    await _until_erased(desk, customer_id)

    ticket = await desk.ticket(stored.ticket_id)
    assert stored.ticket_created
    assert ticket.ticket_id != ticket_id
    assert ticket.customer_id != customer_id
    assert ticket.customer_address == CUSTOMER
    assert [m.text for m in await desk.messages(ticket.ticket_id)] == ["me again"]


async def test_text_that_comes_again_is_the_erased_one(desk: Desk, mongod: Mongod, database: str) -> None:
    text = inbound(f"hello, {SECRET}", customer_address=CUSTOMER)
    stored = (await desk.texts(text))[0].stored
    customer_id = (await desk.ticket(stored.ticket_id)).customer_id
    await _forget(desk, customer_id)
    await _until_erased(desk, customer_id)

    request = ticket_service_pb2.FindMissingMessagesRequest(
        organization_id="default", account_sid=ACCOUNT, twilio_message_sids=[text.twilio_message_sid]
    )
    missing = (await desk.tickets.FindMissingMessages(request)).missing_message_sids
    again = (await desk.texts(text))[0].stored

    assert not missing
    assert (again.duplicate, again.message_id) == (True, stored.message_id)
    assert not found_in(dump(mongod, database), SECRET)


async def test_replies_that_have_not_left_are_cancelled(desk: Desk) -> None:
    async def unreachable(request: Any) -> message_pb2.DeliveryUpdate:
        raise Unavailable("TWILIO_UNAVAILABLE", "not now")

    desk.peer.answer = unreachable
    stored = (await desk.text()).stored
    reply = await desk.reply(stored.ticket_id, f"so {SECRET}?")
    await desk.until_recorded("message.send_postponed", stored.ticket_id)
    desk.peer.answer = None
    customer_id = (await desk.ticket(stored.ticket_id)).customer_id

    await _forget(desk, customer_id)
    await _until_erased(desk, customer_id)

    (left,) = [m for m in await desk.messages(stored.ticket_id) if m.message_id == reply.message_id]
    assert (delivery_state(left.delivery), left.text) == ("FAILED", "")
    assert desk.peer.sent.empty()


async def test_reply_that_is_being_sent_is_waited_for(desk: Desk, mongod: Mongod, database: str) -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(request: Any) -> message_pb2.DeliveryUpdate:
        desk.peer.being_sent.add(request.message_id)
        arrived.set()
        await go_on.wait()
        desk.peer.being_sent.clear()
        return message_pb2.DeliveryUpdate(
            message_id=request.message_id,
            state=message_pb2.DELIVERY_STATE_ACCEPTED,
            twilio_message_sid="SM" + uuid.uuid4().hex,
        )

    desk.peer.answer = slowly
    stored = (await desk.text()).stored
    reply = await desk.reply(stored.ticket_id, f"so {SECRET}?")
    await arrived.wait()
    customer_id = (await desk.ticket(stored.ticket_id)).customer_id
    await _forget(desk, customer_id)
    await asyncio.wait_for(desk.peer.asked_to_erase.wait(), 90)
    go_on.set()
    await _until_erased(desk, customer_id)

    (left,) = [m for m in await desk.messages(stored.ticket_id) if m.message_id == reply.message_id]
    assert delivery_state(left.delivery) == "ACCEPTED"
    assert left.twilio_message_sid
    assert not found_in(dump(mongod, database), SECRET)


async def test_late_news_bring_nothing_back(desk: Desk, mongod: Mongod, database: str) -> None:
    stored = (await desk.text(f"hello, {SECRET}")).stored
    reply = await desk.reply(stored.ticket_id, f"so {SECRET}?")
    await desk.peer.sent_texts(1)
    await desk.until_recorded("message.delivery_changed", stored.ticket_id)
    customer_id = (await desk.ticket(stored.ticket_id)).customer_id
    await _forget(desk, customer_id)
    await _until_erased(desk, customer_id)

    state = await desk.record(reply.message_id, "DELIVERED")
    url = f"https://api.twilio.com/{SECRET}"
    sid = next(m.twilio_message_sid for m in await desk.messages(stored.ticket_id) if m.twilio_message_sid)
    news = message_pb2.MediaItem(
        url=url, content_type="image/png", state=message_pb2.MEDIA_STATE_STORED, media_id="med_1", size_bytes=1
    )
    media = ticket_service_pb2.RecordMediaRequest(
        organization_id="default", account_sid=ACCOUNT, twilio_message_sid=sid, media=news
    )

    assert state == "DELIVERED"
    assert (await error_of(desk.tickets.RecordMedia(media))).reason == "MESSAGE_NOT_FOUND"
    assert not found_in(dump(mongod, database), SECRET, CUSTOMER)


async def test_nothing_is_added_to_what_was_forgotten(desk: Desk) -> None:
    ticket_id, customer_id = await _talk(desk)
    closed = (await desk.text("another", customer_address=fresh_address())).stored.ticket_id
    await _forget(desk, customer_id)
    update = ticket_service_pb2.UpdateCustomerRequest(
        workspace_id=WORKSPACE,
        customer=ticket_service_pb2.Customer(customer_id=customer_id, display_name=NAME),
        update_mask=FieldMask(paths=["display_name"]),
    )

    assert (await error_of(desk.note(ticket_id))).reason == "CUSTOMER_FORGOTTEN"
    assert (await error_of(desk.reply(ticket_id))).reason == "TICKET_CLOSED"
    assert (await error_of(desk.tickets.UpdateCustomer(update, metadata=AGENT))).reason == "CUSTOMER_FORGOTTEN"
    assert state_of(await desk.ticket(closed)) == "OPEN"


async def test_another_replica_goes_on_where_one_died(start_desk: StartDesk, mongod: Mongod, database: str) -> None:
    first = await start_desk(erasure_poll_seconds=3600)
    await first.subscribe()
    first.peer.cannot_erase = Unavailable("STORE_UNAVAILABLE", "not now")
    _, customer_id = await _talk(first)
    await _forget(first, customer_id)
    await asyncio.wait_for(first.peer.asked_to_erase.wait(), 90)
    dead = MongoStore(mongod.uri, database, AUDIT_KEYS)
    async with asyncio.timeout(90):
        while True:
            now = utc_now()
            if claimed := await dead.erasures.claim_erasure(now, now + timedelta(seconds=0.5)):
                break
            await asyncio.sleep(0.02)
    await dead.erasures.seal_tickets(claimed, utc_now(), 10)
    dead.close()
    first.peer.cannot_erase = None

    second = await start_desk(erasure_poll_seconds=0.05)
    await _until_erased(second, customer_id)

    assert not found_in(dump(mongod, database), SECRET, CUSTOMER)


async def test_texts_and_forgetting_at_once_leave_nothing_of_the_forgotten(
    desk: Desk, mongod: Mongod, database: str
) -> None:
    _, customer_id = await _talk(desk)

    texts = [desk.text(f"text {i}", customer_address=CUSTOMER) for i in range(20)]
    keywords = [desk.text("HELP", customer_address=CUSTOMER) for _ in range(5)]
    await asyncio.gather(*texts[:10], _forget(desk, customer_id), *texts[10:], *keywords)
    await _until_erased(desk, customer_id)

    messages = documents(mongod, database, "messages", customer_id=customer_id)
    tickets = documents(mongod, database, "tickets", customer_id=customer_id)
    assert messages
    assert all(not message["text"] and "erase_time" in message for message in messages)
    assert all(ticket["state"] == "CLOSED" and CUSTOMER not in str(ticket) for ticket in tickets)


async def test_draft_of_the_ai_is_dropped(
    ai_desk: Desk, responder: ResponderPeer, mongod: Mongod, database: str
) -> None:
    held = responder.holds()
    stored = (await ai_desk.text(f"hello, {SECRET}")).stored
    await responder.next_request()
    customer_id = (await ai_desk.ticket(stored.ticket_id)).customer_id

    await _forget(ai_desk, customer_id)
    await held.answer(draft(f"so {SECRET}?"))
    await ai_desk.until_recorded("ai.draft_dropped", stored.ticket_id)
    await _until_erased(ai_desk, customer_id)

    assert ai_desk.peer.sent.empty()
    assert not found_in(dump(mongod, database), SECRET, CUSTOMER)
    assert not dump(mongod, database)["ai_turns"]


async def test_more_than_one_batch_is_erased(desk: Desk, mongod: Mongod, database: str) -> None:
    for _ in range(45):
        ticket_id = (await desk.text(f"once, {SECRET}")).stored.ticket_id
        await desk.change("CloseTicket", ticket_id)
    for _ in range(3):
        await desk.texts(*(inbound(f"again, {SECRET}") for _ in range(100)))
    customer_id = (await desk.ticket(ticket_id)).customer_id

    await _forget(desk, customer_id)
    await _until_erased(desk, customer_id)

    assert not found_in(dump(mongod, database), SECRET, CUSTOMER)
    erased = await desk.records(action="ticket.erased")
    assert sorted(int(record.details["messages"]) for record in erased) == [*[1] * 45, 300]
    assert max(len(erasure.twilio_message_sids) for erasure in desk.peer.erasures) == 100


async def test_version_before_this_one_left_nothing_that_cannot_be_forgotten(
    desk: Desk, mongod: Mongod, database: str
) -> None:
    """Documents without the fields that came with forgetting."""
    _, customer_id = await _talk(desk)
    client: Any = pymongo.MongoClient(mongod.uri)
    with client:
        for collection in ("messages", "tickets", "customers"):
            gone = {"erase_time": "", "seal_time": "", "forget_time": ""}
            client[database][collection].update_many({}, {"$unset": gone})
        client[database]["workspaces"].update_many({}, {"$unset": {"retain_seconds": ""}})

    await _forget(desk, customer_id)
    await _until_erased(desk, customer_id)

    assert not found_in(dump(mongod, database), SECRET, NAME, CUSTOMER)


async def test_audit_trail_of_what_was_forgotten_still_verifies(desk: Desk) -> None:
    _, customer_id = await _talk(desk)
    await desk.text("STOP", customer_address=CUSTOMER)
    await _forget(desk, customer_id)
    await _until_erased(desk, customer_id)

    request = audit_service_pb2.VerifyAuditTrailRequest(organization_id="default")
    verified = await desk.audit.VerifyAuditTrail(request)

    assert not verified.breaks
    assert verified.verified_records == verified.total_records > 10


async def test_what_cannot_be_read_keeps_nothing_else_from_being_erased(
    desk: Desk, mongod: Mongod, database: str
) -> None:
    ticket_id, customer_id = await _talk(desk)
    await desk.change("CloseTicket", ticket_id)
    later, _ = await _talk(desk)
    await desk.settled_replies(later)
    (text,) = documents(mongod, database, "messages", ticket_id=ticket_id, direction="INBOUND")
    with changed(mongod, database, "messages") as messages:
        messages.update_one({"_id": text["_id"]}, {"$set": {"message_time": "yesterday"}})

    await _forget(desk, customer_id)
    async with asyncio.timeout(90):
        while True:
            others = [one for one in documents(mongod, database, "messages") if one["_id"] != text["_id"]]
            if not any(one["text"] for one in others):
                break
            await asyncio.sleep(0.02)

    # What is left is not called erased, and goes once it can be read.
    assert not (await desk.customer(customer_id)).HasField("erase_time")
    with changed(mongod, database, "messages") as messages:
        messages.update_one({"_id": text["_id"]}, {"$set": {"message_time": text["message_time"]}})
    await _until_erased(desk, customer_id)
    assert not found_in(dump(mongod, database), SECRET)
