"""Attachments of inbound texts: fetched from Twilio once, whatever goes wrong, and told to ticket_service."""

import asyncio
import uuid
from datetime import datetime, timedelta
from typing import Any

import grpc
import pymongo
import pytest
import structlog
from aiohttp import web

from dev.local_stack.mongod import Mongod
from dev.local_stack.ports import free_port
from dev.twilio_simulator.client import MediaFile
from keva.credentials.v1 import credentials_service_pb2
from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import message_pb2
from servicekit.clock import utc_now
from servicekit.errors import NotFound, Unavailable
from servicekit.rpc.statuses_to_errors import as_keva_error
from sms_service.background.media_fetcher import MediaFetcher
from sms_service.domain.media import Media, media_id
from sms_service.mongo.store import MongoStore
from tests.sms_service.conftest import ORGANIZATION, Sms
from tests.sms_service.ticket_peer import TicketPeer

PENDING, STORED, REFUSED = (
    message_pb2.MediaState.Value(f"MEDIA_STATE_{name}") for name in ("PENDING", "STORED", "REFUSED")
)
MAX_BYTES = 100_000
PICTURE = MediaFile("image/png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 200)
CARD = MediaFile("text/vcard; charset=utf-8", b"BEGIN:VCARD\r\nEND:VCARD\r\n")
NOT_STORED = NotFound("MESSAGE_NOT_FOUND", "there is no such text")


@pytest.fixture
def sms_settings(tickets: TicketPeer) -> dict[str, Any]:
    return {"ticket_service": tickets.address, "media_max_bytes": MAX_BYTES}


@pytest.fixture
def media_collection(mongod: Mongod, database: str) -> Any:
    """What the service keeps of attachments."""
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        yield client[database]["media"]


async def _at_twilio(sms: Sms, *files: MediaFile) -> tuple[str, list[str]]:
    """MessageSid and media URLs of a text that Twilio has, and nobody was told of."""
    sid = "MM" + uuid.uuid4().hex
    await sms.simulator.text(
        sms.customer, sms.number, "", media=files, message_sid=sid, account_sid=sms.account_sid, deliver=False
    )
    return sid, await sms.media_urls(sid)


async def _mms(sms: Sms, *files: MediaFile, copies: int = 1, **values: str) -> list[str]:
    """A text with attachments arrives; their URLs at Twilio."""
    await sms.connect()
    sid, urls = await _at_twilio(sms, *files)
    media = {f"MediaUrl{i}": url for i, url in enumerate(urls)}
    types = {f"MediaContentType{i}": file.content_type for i, file in enumerate(files)}
    named = {"MessageSid": sid, "From": sms.customer, "To": sms.number, "NumMedia": str(len(files))}
    webhook = sms.webhook(**{**named, **media, **types, **values})
    verdicts = await asyncio.gather(*(sms.inbound(webhook) for _ in range(copies)))
    assert all(verdict.HasField("verified") for (verdict,) in verdicts)
    return urls


async def _until_empty(collection: Any) -> None:
    async with asyncio.timeout(90):
        while collection.count_documents({}):  # noqa: ASYNC110 - a database's change
            await asyncio.sleep(0.02)


async def _get(sms: Sms, wanted: str, organization_id: str = ORGANIZATION) -> pb.GetMediaResponse:
    return await sms.stub.GetMedia(pb.GetMediaRequest(organization_id=organization_id, media_id=wanted))


async def _queue(mongod: Mongod, database: str, sms: Sms, age: timedelta) -> str:
    """The id of an attachment that has been waiting that long; Twilio does not have it."""
    url = f"{sms.simulator.base_url}/2010-04-01/Accounts/{sms.account_sid}/Messages/MM1/Media/ME1"
    wanted, time = media_id(ORGANIZATION, sms.account_sid, "MM1", url), utc_now() - age
    store = MongoStore(mongod.uri, database)
    await store.media.add([Media(wanted, ORGANIZATION, sms.account_sid, "MM1", url, "image/png", time, time)])
    store.close()
    return wanted


async def test_attachments_are_fetched_kept_and_told(sms: Sms, tickets: TicketPeer) -> None:
    urls = await _mms(sms, PICTURE, CARD)

    told = {news.url: news for news in (await tickets.until(STORED), await tickets.until(STORED))}

    assert [(told[url].content_type, told[url].size_bytes) for url in urls] == [
        ("image/png", len(PICTURE.content)),
        ("text/vcard", len(CARD.content)),
    ]
    kept = [await _get(sms, told[url].media_id) for url in urls]
    assert [(m.content_type, m.content) for m in kept] == [
        ("image/png", PICTURE.content),
        ("text/vcard", CARD.content),
    ]


@pytest.mark.parametrize("host", ["another", "the API's own"])
async def test_credentials_go_to_no_host_that_twilio_redirects_to(sms: Sms, tickets: TicketPeer, host: str) -> None:
    """The store answers 400 to whoever brings credentials along, as Twilio's does."""
    if host == "the API's own":
        await sms.simulator.fault("download_media", "here", times=1)
    await _mms(sms, PICTURE)

    stored = await tickets.news()

    assert (stored.state, stored.size_bytes, stored.error_text) == (STORED, len(PICTURE.content), "")


async def test_attachment_of_another_organization_is_not_found(sms: Sms, tickets: TicketPeer) -> None:
    await _mms(sms, PICTURE)
    wanted = (await tickets.until(STORED)).media_id

    for organization_id, asked in (("other", wanted), (ORGANIZATION, "med_0")):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await _get(sms, asked, organization_id)
        assert as_keva_error(refused.value).reason == "MEDIA_NOT_FOUND"


async def test_webhook_that_comes_ten_times_has_one_attachment(
    sms: Sms, tickets: TicketPeer, media_collection: Any
) -> None:
    await _mms(sms, PICTURE, copies=10)

    await tickets.until(STORED)

    assert media_collection.count_documents({}) == 1


async def test_text_without_attachments_leaves_nothing(sms: Sms, media_collection: Any) -> None:
    await _mms(sms)

    assert media_collection.count_documents({}) == 0


async def test_webhook_that_is_not_twilios_has_nothing_fetched(sms: Sms, media_collection: Any) -> None:
    await sms.connect()
    url = f"{sms.simulator.base_url}/2010-04-01/Accounts/{sms.account_sid}/Messages/MM1/Media/ME1"
    named = {"MessageSid": "MM" + "1" * 32, "From": sms.customer, "To": sms.number, "NumMedia": "1", "MediaUrl0": url}

    (verdict,) = await sms.inbound(sms.webhook(token="wrong", **named))

    assert verdict.HasField("refusal")
    assert media_collection.count_documents({}) == 0


@pytest.mark.parametrize(
    "fault", ["429", "500_before", "html_502", "drop_before", "elsewhere", "loop", "gone", "bomb", "silent"]
)
async def test_what_fails_is_shown_and_tried_again(sms: Sms, tickets: TicketPeer, fault: str) -> None:
    # A dropped connection is tried twice at once.
    await sms.simulator.fault("download_media", fault, times=2 if fault == "drop_before" else 1)
    await _mms(sms, PICTURE)

    first = await tickets.until(PENDING)

    assert ("KEVA_TWILIO_MEDIA_HOSTS" if fault == "elsewhere" else "Keva tries again") in first.error_text
    second = await tickets.until(STORED)
    assert (second.size_bytes, second.error_text) == (len(PICTURE.content), "")


@pytest.mark.parametrize("fault", ["huge", "endless"])
async def test_body_without_bounds_is_refused(sms: Sms, tickets: TicketPeer, fault: str) -> None:
    await sms.simulator.fault("download_media", fault, times=1)
    await _mms(sms, PICTURE)

    assert "larger" in (await tickets.until(REFUSED)).error_text


@pytest.mark.parametrize(("size", "state"), [(MAX_BYTES, STORED), (MAX_BYTES + 1, REFUSED)])
async def test_limit_is_exact(sms: Sms, tickets: TicketPeer, size: int, state: int) -> None:
    await _mms(sms, MediaFile("image/png", bytes(size)))

    assert (await tickets.news()).state == state


@pytest.mark.parametrize(
    "content_type", ["text/html", "image/svg+xml", "application/octet-stream", "application/xhtml+xml", "nonsense"]
)
async def test_type_that_is_not_taken_is_refused(sms: Sms, tickets: TicketPeer, content_type: str) -> None:
    """The type is what the store says; the webhook said image/png."""
    await _mms(sms, MediaFile(content_type, b"<script>"), MediaContentType0="image/png")

    refused = await tickets.until(REFUSED)

    assert (refused.media_id, refused.size_bytes) == ("", 0)
    assert (content_type if "/" in content_type else "unknown") in refused.error_text


@pytest.mark.parametrize("served", ["application/octet-stream", "nonsense"])
async def test_picture_that_is_served_without_its_type_is_kept(sms: Sms, tickets: TicketPeer, served: str) -> None:
    await _mms(sms, MediaFile(served, PICTURE.content), MediaContentType0="image/jpeg")

    stored = await tickets.until(STORED)

    assert (stored.content_type, stored.size_bytes) == ("image/png", len(PICTURE.content))
    assert (await _get(sms, stored.media_id)).content == PICTURE.content


@pytest.mark.parametrize(
    "document",
    [
        MediaFile("application/msword", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1order"),
        MediaFile("text/csv; charset=utf-8", b"mug,2\n"),
        MediaFile("application/zip", b"PK\x03\x04mugs"),
    ],
    ids=lambda document: document.content_type,
)
async def test_document_is_kept(sms: Sms, tickets: TicketPeer, document: MediaFile) -> None:
    await _mms(sms, document)

    stored = await tickets.until(STORED)

    kept = await _get(sms, stored.media_id)
    assert (kept.content_type, kept.content) == (document.content_type.partition(";")[0], document.content)


async def test_url_that_is_not_the_accounts_at_twilio_is_never_asked_for(sms: Sms, tickets: TicketPeer) -> None:
    asked: list[str] = []

    async def listen(request: web.BaseRequest) -> web.Response:
        asked.append(request.path)
        return web.Response(body=b"x", content_type="image/png")

    port = free_port()
    server = web.ServerRunner(web.Server(listen))
    await server.setup()
    await web.TCPSite(server, "127.0.0.1", port).start()
    path = f"/2010-04-01/Accounts/{sms.account_sid}/Messages/MM1/Media/ME1"

    await _mms(sms, PICTURE, MediaUrl0=f"http://127.0.0.1:{port}{path}")

    assert "not at Twilio's address" in (await tickets.until(REFUSED)).error_text
    await server.cleanup()
    assert asked == []


async def test_older_token_is_tried_when_twilio_refuses_the_newest(sms: Sms, tickets: TicketPeer) -> None:
    await sms.connect()
    request = credentials_service_pb2.AddCredentialVersionRequest(
        organization_id=ORGANIZATION, account_sid=sms.account_sid, auth_token="n" * 32
    )
    await sms.credentials.AddCredentialVersion(request)
    sid, (url,) = await _at_twilio(sms, PICTURE)
    named = {"MessageSid": sid, "From": sms.customer, "To": sms.number, "NumMedia": "1", "MediaUrl0": url}

    await sms.inbound(sms.webhook(**named))

    assert (await tickets.news()).state == STORED


async def test_credentials_that_twilio_refuses_are_told_to_the_agent(sms: Sms, tickets: TicketPeer) -> None:
    await sms.connect()
    await sms.simulator.put_account(sms.account_sid, "changed-at-twilio")
    named = {"MessageSid": "MM" + "1" * 32, "From": sms.customer, "To": sms.number, "NumMedia": "1"}
    url = f"{sms.simulator.base_url}/2010-04-01/Accounts/{sms.account_sid}/Messages/MM1/Media/ME1"

    await sms.inbound(sms.webhook(**named, MediaUrl0=url))

    assert "connect the account again" in (await tickets.until(PENDING)).error_text


@pytest.mark.parametrize(
    "failures",
    [
        pytest.param([NOT_STORED] * 2, id="text not stored yet"),
        pytest.param([Unavailable("STORE_UNAVAILABLE", "down")] * 5, id="ticket_service down"),
    ],
)
async def test_what_is_not_heard_is_told_again(sms: Sms, tickets: TicketPeer, failures: list[Exception]) -> None:
    tickets.failures = failures

    await _mms(sms, PICTURE)

    assert (await _get(sms, (await tickets.until(STORED)).media_id)).content == PICTURE.content


async def test_fetch_is_given_up_after_three_days(sms: Sms, tickets: TicketPeer, mongod: Mongod, database: str) -> None:
    await sms.connect()
    await sms.simulator.fault("download_media", "500_before")

    await _queue(mongod, database, sms, timedelta(days=3))

    assert "not tried again" in (await tickets.until(REFUSED)).error_text


async def test_attachment_that_twilio_does_not_have_is_refused_once_it_cannot_be_on_its_way(
    sms: Sms, tickets: TicketPeer, mongod: Mongod, database: str
) -> None:
    await sms.connect()

    await _queue(mongod, database, sms, timedelta(minutes=5))

    assert "any more" in (await tickets.until(REFUSED)).error_text


async def test_attachment_of_a_text_that_nobody_stored_is_forgotten(
    sms: Sms, tickets: TicketPeer, mongod: Mongod, database: str, media_collection: Any
) -> None:
    await sms.connect()
    tickets.failures = [NOT_STORED]

    await _queue(mongod, database, sms, timedelta(days=3, seconds=1))

    await _until_empty(media_collection)
    assert media_collection.database["media_contents"].count_documents({}) == 0
    assert tickets.told.empty()


class _Broken:
    """A store whose only attachment cannot be worked on, and a source that nothing comes from."""

    longest_seconds = 1.0

    def __init__(self) -> None:
        self.waiting = [
            Media("med_1", ORGANIZATION, "AC1", "MM1", "https://api.twilio.com/x", "image/png", utc_now(), utc_now())
        ]

    async def claim(self, now: datetime, lease_until: datetime) -> Media | None:
        return self.waiting.pop() if self.waiting else None


async def test_log_says_which_attachment_could_not_be_worked_on() -> None:
    broken: Any = _Broken()
    fetcher = MediaFetcher(broken, broken, broken, broken, utc_now)

    with structlog.testing.capture_logs() as logs:
        running = asyncio.create_task(fetcher.run())
        # Nothing in it waits for anything but its turn.
        for _ in range(20):
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    assert [line["media_id"] for line in logs] == ["med_1"]
