"""Attachments of inbound texts: awaited from the start, and what becomes of them told once."""

import uuid
from typing import Any

import pymongo
import pytest

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import message_pb2, ticket_service_pb2
from tests.ticket_service.desk import ACCOUNT, ORGANIZATION, Desk, error_of, fresh_address

PENDING, STORED, REFUSED = (
    message_pb2.MediaState.Value(f"MEDIA_STATE_{name}") for name in ("PENDING", "STORED", "REFUSED")
)
PICTURE = "https://api.twilio.com/picture"
CARD = "https://api.twilio.com/card"
NEWS: dict[str, dict[str, Any]] = {
    "stored": {"state": STORED, "media_id": "med_1", "size_bytes": 3, "content_type": "image/png"},
    "refused": {"state": REFUSED, "error_text": "Twilio does not have it any more."},
}


async def _mms(desk: Desk, *urls: str, **fields: Any) -> tuple[str, ticket_service_pb2.StoredMessage]:
    """The MessageSid, and what was stored, of a text with attachments."""
    sid = f"MM{uuid.uuid4().hex}"
    media = [message_pb2.MediaItem(url=url, content_type="image/jpeg") for url in urls]
    given = {"customer_address": fresh_address(), "text": "see", **fields}
    return sid, (await desk.text(twilio_message_sid=sid, media=media, **given)).stored


async def _record(desk: Desk, sid: str, url: str = PICTURE, organization_id: str = ORGANIZATION, **news: Any) -> None:
    request = ticket_service_pb2.RecordMediaRequest(
        organization_id=organization_id,
        account_sid=ACCOUNT,
        twilio_message_sid=sid,
        media=message_pb2.MediaItem(url=url, **news),
    )
    await desk.tickets.RecordMedia(request)


async def _media(desk: Desk, ticket_id: str) -> list[message_pb2.MediaItem]:
    (message,) = await desk.messages(ticket_id)
    return list(message.media)


async def _trail(desk: Desk, ticket_id: str) -> list[str]:
    return [action for action in await desk.actions(ticket_id) if action.startswith("media.")]


async def test_attachment_is_awaited_from_the_start(shared_desk: Desk) -> None:
    _, stored = await _mms(shared_desk, PICTURE, CARD)

    media = await _media(shared_desk, stored.ticket_id)

    assert [(m.url, m.state, m.media_id, m.size_bytes) for m in media] == [(u, PENDING, "", 0) for u in (PICTURE, CARD)]


async def test_stored_attachment_says_where_and_how_large(shared_desk: Desk) -> None:
    sid, stored = await _mms(shared_desk, PICTURE, CARD)

    await _record(shared_desk, sid, **NEWS["stored"])

    picture, card = await _media(shared_desk, stored.ticket_id)
    assert picture == message_pb2.MediaItem(url=PICTURE, **NEWS["stored"])
    assert card.state == PENDING
    (record,) = await shared_desk.records(ticket_id=stored.ticket_id, action="media.stored")
    assert (record.subject_id, record.actor.id) == (stored.message_id, "unnamed")
    assert dict(record.details) == {"media_id": "med_1", "content_type": "image/png", "size_bytes": "3"}


@pytest.mark.parametrize("later", NEWS)
@pytest.mark.parametrize("first", NEWS)
async def test_what_is_final_stays(shared_desk: Desk, first: str, later: str) -> None:
    sid, stored = await _mms(shared_desk, PICTURE)
    await _record(shared_desk, sid, **NEWS[first])
    known = await _media(shared_desk, stored.ticket_id)

    for news in (NEWS[later], {"state": PENDING, "error_text": "trouble"}):
        await _record(shared_desk, sid, **news)

    assert await _media(shared_desk, stored.ticket_id) == known
    assert await _trail(shared_desk, stored.ticket_id) == [f"media.{first}"]


async def test_trouble_is_shown_while_it_is_tried_again(shared_desk: Desk) -> None:
    sid, stored = await _mms(shared_desk, PICTURE)

    await _record(shared_desk, sid, state=PENDING, content_type="image/jpeg", error_text="Twilio refuses us.")

    (media,) = await _media(shared_desk, stored.ticket_id)
    assert (media.state, media.error_text) == (PENDING, "Twilio refuses us.")
    assert await _trail(shared_desk, stored.ticket_id) == []
    await _record(shared_desk, sid, **NEWS["stored"])
    assert (await _media(shared_desk, stored.ticket_id))[0].state == STORED


async def test_same_attachment_twice_in_a_text_is_told_once(shared_desk: Desk) -> None:
    sid, stored = await _mms(shared_desk, PICTURE, PICTURE)

    await _record(shared_desk, sid, **NEWS["stored"])

    assert [m.state for m in await _media(shared_desk, stored.ticket_id)] == [STORED, STORED]
    assert await _trail(shared_desk, stored.ticket_id) == ["media.stored"]


async def test_trail_of_the_ticket_goes_on_without_a_gap(shared_desk: Desk) -> None:
    sid, stored = await _mms(shared_desk, PICTURE)
    await _record(shared_desk, sid, **NEWS["stored"])

    await shared_desk.note(stored.ticket_id)

    sequences = [record.sequence for record in await shared_desk.records(ticket_id=stored.ticket_id)]
    assert sequences == list(range(1, len(sequences) + 1))


async def test_attachment_of_a_keyword_without_a_ticket_is_recorded(shared_desk: Desk) -> None:
    sid, stored = await _mms(shared_desk, PICTURE, text="HELP")

    await _record(shared_desk, sid, **NEWS["refused"])

    assert stored.ticket_id == ""
    records = await shared_desk.records(action="media.refused")
    assert [r.ticket_id for r in records if r.subject_id == stored.message_id] == [""]


async def test_unknown_text_or_attachment_or_another_organizations_is_not_found(shared_desk: Desk) -> None:
    sid, stored = await _mms(shared_desk, PICTURE)

    for arguments in (("MM0", PICTURE), (sid, CARD), (sid, PICTURE, "other")):
        error = await error_of(_record(shared_desk, *arguments, **NEWS["stored"]))
        assert error.reason == "MESSAGE_NOT_FOUND"

    assert (await _media(shared_desk, stored.ticket_id))[0].state == PENDING


@pytest.mark.parametrize(
    ("news", "field"),
    [
        ({"url": "", "state": STORED}, "media.url"),
        ({}, "media.state"),
        ({"state": 99}, "media.state"),
        ({"state": STORED}, "media.media_id"),
    ],
)
async def test_senseless_news_is_refused(shared_desk: Desk, news: dict[str, Any], field: str) -> None:
    error = await error_of(_record(shared_desk, "MM1", **news))

    assert error.metadata["field"] == field


async def test_attachments_of_an_older_version_read_as_awaited(desk: Desk, mongod: Mongod, database: str) -> None:
    await desk.subscribe()
    sid, stored = await _mms(desk, PICTURE)
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        old = [{"url": PICTURE, "content_type": "image/jpeg"}]
        client[database]["messages"].update_one({"_id": stored.message_id}, {"$set": {"media": old}})

    assert [m.state for m in await _media(desk, stored.ticket_id)] == [PENDING]
    await _record(desk, sid, **NEWS["stored"])
    assert [m.state for m in await _media(desk, stored.ticket_id)] == [STORED]
