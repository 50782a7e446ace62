"""What is kept of messages is erased on demand, and nothing that comes later brings it back."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import grpc
import pymongo
import pytest

from dev.local_stack.mongod import Mongod
from dev.twilio_simulator.client import MediaFile
from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import message_pb2
from servicekit.clock import utc_now
from servicekit.rpc.statuses_to_errors import as_keva_error
from sms_service.domain.delivery import Delivery
from sms_service.domain.media import Media, MediaState, media_id
from sms_service.mongo.store import MongoStore
from tests.sms_service.conftest import ORGANIZATION, Sms
from tests.sms_service.ticket_peer import TicketPeer
from tests.ticket_service.raw_documents import documents, dump, found_in

ACCEPTED, DELIVERED, FAILED = (
    message_pb2.DeliveryState.Value(f"DELIVERY_STATE_{name}") for name in ("ACCEPTED", "DELIVERED", "FAILED")
)
SECRET = "my-blood-type-is-zero"
PICTURE = MediaFile("image/png", b"\x89PNG\r\n\x1a\n" + SECRET.encode() * 100)


@pytest.fixture
def sms_settings(tickets: TicketPeer) -> dict[str, Any]:
    return {"ticket_service": tickets.address}


@pytest.fixture
async def store(mongod: Mongod, database: str) -> AsyncIterator[MongoStore]:
    """A replica's store."""
    opened = MongoStore(mongod.uri, database)
    yield opened
    opened.close()


@pytest.fixture
def message_id() -> str:
    """A fresh one."""
    return f"msg_{uuid.uuid4().hex}"


async def _erase(sms: Sms, *message_ids: str, **fields: Any) -> dict[str, int]:
    """The states of the replies that are erased now."""
    values = {"organization_id": ORGANIZATION, "workspace_id": "default", "account_sid": sms.account_sid, **fields}
    response = await sms.stub.EraseMessages(pb.EraseMessagesRequest(message_ids=message_ids, **values))
    return {update.message_id: update.state for update in response.updates}


async def test_address_of_a_sent_reply_is_erased_for_good(
    sms: Sms, message_id: str, mongod: Mongod, database: str
) -> None:
    await sms.connect()
    sent = await sms.send(message_id, SECRET)
    before = found_in(dump(mongod, database), sms.customer)

    assert await _erase(sms, message_id) == {message_id: ACCEPTED}
    assert await _erase(sms, message_id) == {message_id: ACCEPTED}
    (late,) = await sms.callbacks(
        sms.webhook(
            f"/api/webhooks/twilio/status?message_id={message_id}",
            MessageSid=sent.twilio_message_sid,
            MessageStatus="delivered",
            To=sms.customer,
            From=sms.number,
        )
    )
    again = await sms.send(message_id, SECRET)

    assert before == [("deliveries", sms.customer)]
    assert late.verified.update.state == DELIVERED
    assert again.twilio_message_sid == sent.twilio_message_sid
    assert not found_in(dump(mongod, database), sms.customer, SECRET)
    assert await sms.sent(1) == [SECRET]


async def test_reply_that_was_not_sent_never_is(sms: Sms, message_id: str, mongod: Mongod, database: str) -> None:
    await sms.connect()

    assert await _erase(sms, message_id) == {message_id: FAILED}
    late = await sms.send(message_id, SECRET)

    assert (late.state, late.twilio_message_sid) == (FAILED, "")
    assert not await sms.simulator.messages(account_sid=sms.account_sid)
    assert not found_in(dump(mongod, database), sms.customer, SECRET)


async def test_reply_that_is_being_sent_is_left_alone_until_its_lease_ends(
    sms: Sms, message_id: str, store: MongoStore, mongod: Mongod, database: str
) -> None:
    now, lease = utc_now(), timedelta(seconds=1)
    where = (ORGANIZATION, "default", sms.account_sid, sms.number, sms.customer)
    await store.deliveries.claim(Delivery(message_id, *where, create_time=now, attempt_time=now), now + lease, lease)

    assert await _erase(sms, message_id) == {}
    async with asyncio.timeout(90):
        while not (erased := await _erase(sms, message_id)):  # noqa: ASYNC110 - a lease's end
            await asyncio.sleep(0.05)

    assert erased == {message_id: FAILED}
    assert not found_in(dump(mongod, database), sms.customer)


@pytest.mark.parametrize(
    "other", [{"organization_id": "other"}, {"workspace_id": "other"}, {"account_sid": "AC" + "f" * 32}]
)
async def test_other_organizations_and_accounts_erase_nothing(
    sms: Sms, message_id: str, mongod: Mongod, database: str, other: dict[str, str]
) -> None:
    await sms.connect()
    await sms.send(message_id, SECRET)

    assert await _erase(sms, message_id, **other) == {}
    assert found_in(dump(mongod, database), sms.customer)


async def test_attachment_is_erased_and_a_repeated_webhook_fetches_nothing(
    sms: Sms, tickets: TicketPeer, mongod: Mongod, database: str
) -> None:
    await sms.connect()
    sid = "MM" + uuid.uuid4().hex
    await sms.simulator.text(
        sms.customer, sms.number, "", media=[PICTURE], message_sid=sid, account_sid=sms.account_sid, deliver=False
    )
    (url,) = await sms.media_urls(sid)
    values = {"MessageSid": sid, "From": sms.customer, "To": sms.number, "NumMedia": "1"}
    webhook = sms.webhook(**values, MediaUrl0=url, MediaContentType0="image/png")
    await sms.inbound(webhook)
    stored = await tickets.until(message_pb2.MEDIA_STATE_STORED)
    before = {name for name, _ in found_in(dump(mongod, database), SECRET, url)}

    await _erase(sms, twilio_message_sids=[sid])
    await sms.inbound(webhook)
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await sms.stub.GetMedia(pb.GetMediaRequest(organization_id=ORGANIZATION, media_id=stored.media_id))

    assert as_keva_error(failed.value).reason == "MEDIA_NOT_FOUND"
    assert before == {"media", "media_contents"}
    assert not found_in(dump(mongod, database), SECRET, url)
    (left,) = documents(mongod, database, "media")
    assert (left["_id"], left["state"]) == (stored.media_id, "ERASED")


async def _claimed(store: MongoStore, account_sid: str) -> Media:
    """An attachment that a replica is fetching now."""
    url, now = f"https://api.twilio.com/{SECRET}", utc_now()
    wanted = media_id(ORGANIZATION, account_sid, "MM1", url)
    await store.media.add([Media(wanted, ORGANIZATION, account_sid, "MM1", url, "image/png", now, now)])
    claimed = await store.media.claim(now, now + timedelta(minutes=1))
    assert claimed is not None
    return claimed


async def test_content_that_arrives_after_it_was_erased_is_not_kept(
    store: MongoStore, mongod: Mongod, database: str
) -> None:
    media = await _claimed(store, "AC1")

    await store.media.erase(ORGANIZATION, "AC1", ["MM1"], utc_now())
    known = await store.media.settle(media, PICTURE.content)

    assert known.state is MediaState.ERASED
    assert not found_in(dump(mongod, database), SECRET)


async def test_content_of_a_fetcher_that_dies_is_swept_by_another(
    sms: Sms, store: MongoStore, mongod: Mongod, database: str
) -> None:
    """Who dies between writing the content and reading that it was erased leaves it behind."""
    media = await _claimed(store, "AC1")
    await store.media.erase(ORGANIZATION, "AC1", ["MM1"], utc_now() + timedelta(seconds=1))

    client: Any = pymongo.MongoClient(mongod.uri)
    with client:
        client[database]["media_contents"].insert_one({"_id": media.media_id, "content": PICTURE.content})
    async with asyncio.timeout(90):
        while documents(mongod, database, "media_contents"):  # noqa: ASYNC110 - a database's change
            await asyncio.sleep(0.05)

    assert not found_in(dump(mongod, database), SECRET)
