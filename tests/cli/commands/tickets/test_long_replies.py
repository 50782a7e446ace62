"""`keva tickets reply` with --split, --media and --dry-run."""

import json
from typing import Any

import pytest

from keva.ticket.v1 import message_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit import errors
from servicekit.segments import segment_count

PICTURE = "https://keva.example/a.jpg"


def answered(keva: Any, *texts: str, media: str = "", state: Any = message_pb2.DELIVERY_STATE_QUEUED) -> None:
    """The service answers with messages of these texts."""
    messages = [
        message_pb2.Message(
            message_id=f"msg_{number}",
            ticket_id="tkt_12",
            text=text,
            media=[message_pb2.MediaItem(url=media)] if media and number == 1 else [],
            delivery=message_pb2.Delivery(state=state, segments=segment_count(text), error_code=30006),
        )
        for number, text in enumerate(texts, 1)
    ]
    ticket = pb.Ticket(ticket_id="tkt_12", number=12)
    keva.ticket_service.answers["ReplyToTicket"] = pb.ReplyToTicketResponse(
        message=messages[0], ticket=ticket, messages=messages
    )


async def test_options_are_passed_on(keva: Any) -> None:
    answered(keva, "hello")

    await keva(
        "tickets", "reply", "tkt_12", "hello", "--split", "--media", PICTURE, "--media", f"{PICTURE}?2", "--dry-run"
    )

    request = keva.ticket_service.last()
    assert (request.text, request.split, request.validate_only) == ("hello", True, True)
    assert request.media_urls == [PICTURE, f"{PICTURE}?2"]


async def test_a_plain_reply_asks_for_none_of_it(keva: Any) -> None:
    answered(keva, "hello")

    await keva("tickets", "reply", "tkt_12", "hello")

    request = keva.ticket_service.last()
    assert (request.split, request.validate_only, list(request.media_urls)) == (False, False, [])


async def test_media_need_no_text(keva: Any) -> None:
    answered(keva, "", media=PICTURE)

    result = await keva("tickets", "reply", "tkt_12", "--media", PICTURE)

    assert result.status == 0
    assert keva.ticket_service.last().text == ""


async def test_a_reply_without_text_and_media_asks_nobody(keva: Any) -> None:
    result = await keva("tickets", "reply", "tkt_12")

    assert (result.status, keva.ticket_service.requests) == (2, [])
    assert "The text is empty" in result.error


async def test_every_part_is_reported(keva: Any) -> None:
    answered(keva, "one", "two")

    result = await keva("tickets", "reply", "tkt_12", "one two", "--split")

    assert result.output.splitlines() == [
        "Reply to ticket #12, part 1 of 2: QUEUED (msg_1).",
        "Reply to ticket #12, part 2 of 2: QUEUED (msg_2).",
        "See what becomes of it: keva tickets show 12",
    ]


async def test_waiting_fails_when_any_part_does(keva: Any) -> None:
    answered(keva, "one", "two", state=message_pb2.DELIVERY_STATE_FAILED)

    result = await keva("tickets", "reply", "tkt_12", "one two", "--split", "--wait", "--json")

    assert result.status == 1
    assert [message["message_id"] for message in json.loads(result.output)] == ["msg_1", "msg_2"]
    assert "30006" in result.error


async def test_a_dry_run_shows_each_message_and_what_it_takes(keva: Any) -> None:
    answered(keva, "It’s “so”, " * 10, "x" * 161)

    result = await keva("tickets", "reply", "tkt_12", "-", "--split", "--dry-run", stdin=b"anything")

    lines = result.output.splitlines()
    assert result.status == 0
    assert lines[0] == "Nothing is sent. The reply to ticket #12 would be 2 messages, 4 segments."
    assert "Message 1 of 2: 110 characters, UCS-2, 2 segments" in lines
    assert "  Sent as UCS-2, in 2 segments instead of 1, because GSM-7 does not have: ’ “ ”" in lines
    assert "Message 2 of 2: 161 characters, GSM-7, 2 segments" in lines
    assert f"    {'x' * 161}" in lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("€{}", "3 characters, GSM-7, 1 segment", id="GSM-7's extension"),
        pytest.param("👍", "2 characters, UCS-2, 1 segment", id="an emoji"),
        pytest.param("👍", "  Sent as UCS-2, because GSM-7 does not have: 👍", id="which costs nothing"),
        pytest.param("a\u200bb\u00a0c", "GSM-7 does not have: U+200B U+00A0", id="what cannot be seen"),
        pytest.param("абвгдежзийклмн", "GSM-7 does not have: а б в г д е ж з и й and 4 more", id="many"),
    ],
)
async def test_a_dry_run_names_the_encoding_and_what_forces_it(keva: Any, text: str, shown: str) -> None:
    answered(keva, text)

    result = await keva("tickets", "reply", "tkt_12", text, "--dry-run")

    assert shown in result.output


async def test_a_dry_run_shows_the_media(keva: Any) -> None:
    answered(keva, "", media=PICTURE)

    result = await keva("tickets", "reply", "tkt_12", "--media", PICTURE, "--dry-run")

    assert result.output.splitlines()[2:] == [
        "0 characters, MMS with 1 file",
        f"    {PICTURE}",
        "  An MMS is billed as one message.",
    ]


async def test_a_dry_run_as_json_is_an_array(keva: Any) -> None:
    answered(keva, "hello")

    result = await keva("tickets", "reply", "tkt_12", "hello", "--dry-run", "--json")

    assert [(message["text"], message["delivery"]["segments"]) for message in json.loads(result.output)] == [
        ("hello", 1)
    ]


async def test_a_text_that_is_too_long_is_told_of_split(keva: Any) -> None:
    keva.ticket_service.answers["ReplyToTicket"] = errors.InvalidArgument(
        "MESSAGE_TOO_LONG", "the text has 1601 characters (11 segments)", characters="1601", segments="11", limit="1600"
    )

    result = await keva("tickets", "reply", "tkt_12", "x" * 1601)

    assert result.status == 2
    for shown in ("1601 characters (11 segments)", "--split", "--dry-run"):
        assert shown in result.error
