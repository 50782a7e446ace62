"""A long reply is refused, or split into messages that are stored together and leave in order; media go along; a dry
run says what would be stored, and stores nothing."""

import asyncio
from typing import Any

import pytest

from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import message_pb2, ticket_service_pb2
from servicekit import errors
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import AGENT, CUSTOMER, Desk, accepted, delivery_state, details, error_of, state_of

LONG = "".join(f"Sentence number {number:03} of a long answer. " for number in range(100)).strip()
PICTURES = ["https://keva.example/a.jpg", "http://files.keva.example:8080/b?x=%20#c"]
Response = ticket_service_pb2.ReplyToTicketResponse


async def reply(desk: Desk, ticket_id: str, **fields: Any) -> Response:
    answer: Response = await desk.call("ReplyToTicket", ticket_id, metadata=AGENT, **fields)
    return answer


def ids(answer: Response) -> list[str]:
    return [message.message_id for message in answer.messages]


async def test_a_long_reply_is_split_and_leaves_in_order(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()

    answer = await reply(desk, ticket_id, text=LONG, split=True)
    sent = await desk.peer.sent_texts(3)

    assert " ".join(sent) == LONG
    assert [message.text for message in answer.messages] == sent
    assert answer.message == answer.messages[0]
    assert ids(answer) == sorted(set(ids(answer)))
    assert desk.peer.sent.empty()


async def test_all_parts_are_on_the_ticket_and_in_the_audit_trail(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket()

    answer = await reply(shared_desk, ticket_id, text=LONG, split=True)

    stored = await shared_desk.messages(ticket_id)
    assert [message.message_id for message in stored[1:]] == ids(answer)
    for ticket in (answer.ticket, await shared_desk.ticket(ticket_id)):
        assert (state_of(ticket), ticket.message_count) == ("PENDING", 4)
    records = await shared_desk.records(ticket_id=ticket_id, action="message.queued")
    assert [(record.subject_id, details(record)) for record in records] == [
        (message.message_id, {"segments": str(message.delivery.segments), "part": f"{place} of 3"})
        for place, message in enumerate(answer.messages, 1)
    ]


async def test_queued_parts_say_how_many_segments_they_take_until_twilio_does(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket(customer_address=CUSTOMER)

    answer = await reply(desk, ticket_id, text=LONG, split=True)
    await desk.peer.sent_texts(3)
    await desk.until_recorded("message.delivery_changed", ticket_id, 3)

    assert [message.delivery.segments for message in answer.messages] == [11, 11, 4]
    assert [message.delivery.segments for message in (await desk.messages(ticket_id))[1:]] == [1, 1, 1]


@pytest.mark.parametrize("split", [False, True])
async def test_a_text_of_1600_characters_stays_one_message(shared_desk: Desk, split: bool) -> None:
    text = " " + "😀" * 799 + " "

    answer = await reply(shared_desk, await shared_desk.new_ticket(), text=text, split=split)

    assert [message.text for message in answer.messages] == [text]


async def test_an_emoji_counts_as_the_two_units_that_it_is(shared_desk: Desk) -> None:
    error = await error_of(reply(shared_desk, await shared_desk.new_ticket(), text="😀" * 800 + "x"))

    assert (error.reason, error.metadata["characters"], error.metadata["limit"]) == ("MESSAGE_TOO_LONG", "1601", "1600")
    assert "`split`" in error.message


@pytest.mark.parametrize(
    ("text", "characters", "limit"),
    [
        pytest.param("word " * 3201, "16005", "16000", id="over ten messages"),
        pytest.param(("x" * 1000 + " ") * 11, "11011", "10000", id="words that leave no room"),
    ],
)
async def test_a_text_that_ten_messages_cannot_hold_is_refused(
    shared_desk: Desk, text: str, characters: str, limit: str
) -> None:
    ticket_id = await shared_desk.new_ticket()

    error = await error_of(reply(shared_desk, ticket_id, text=text, split=True))

    assert (error.reason, error.metadata["characters"], error.metadata["limit"]) == (
        "MESSAGE_TOO_LONG",
        characters,
        limit,
    )
    assert (await shared_desk.ticket(ticket_id)).message_count == 1


async def test_a_repeat_gives_the_same_parts_and_sends_nothing_again(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    request = {"text": LONG, "split": True, "media_urls": PICTURES, "request_id": "r"}

    first = await reply(desk, ticket_id, **request)
    await desk.peer.sent_texts(3)
    await desk.until_recorded("message.delivery_changed", ticket_id, 3)
    await desk.move(ticket_id, "CLOSED")
    again = await reply(desk, ticket_id, **request)

    assert ids(again) == ids(first)
    assert [delivery_state(message.delivery) for message in again.messages] == ["ACCEPTED"] * 3
    assert (await desk.ticket(ticket_id)).message_count == 4
    assert desk.peer.sent.empty()


@pytest.mark.parametrize("replicas", [1, 2])
async def test_the_same_request_at_once_is_stored_once(start_desk: StartDesk, replicas: int) -> None:
    desks = [await start_desk() for _ in range(replicas)]
    await desks[0].subscribe()
    ticket_id = await desks[0].new_ticket()

    answers = await asyncio.gather(
        *(reply(desks[i % replicas], ticket_id, text=LONG, split=True, request_id="r") for i in range(6))
    )

    assert len({tuple(ids(answer)) for answer in answers}) == 1
    assert " ".join(await desks[0].peer.sent_texts(3)) == LONG
    assert (await desks[0].ticket(ticket_id)).message_count == 4


@pytest.mark.parametrize(
    ("request_id", "other"),
    [
        pytest.param("text", {"text": "Sentence", "split": True, "media_urls": PICTURES}, id="another text"),
        pytest.param("first part", {"text": "first"}, id="the text of its first part"),
        pytest.param("media", {"text": LONG, "split": True, "media_urls": PICTURES[:1]}, id="other media"),
        pytest.param("no media", {"text": LONG, "split": True}, id="no media"),
        pytest.param("plain", {"text": "hello", "split": True}, id="plain"),
    ],
)
async def test_the_request_id_of_another_request_is_refused(
    shared_desk: Desk, request_id: str, other: dict[str, Any]
) -> None:
    ticket_id = await shared_desk.new_ticket()
    before = {"text": LONG, "split": True, "media_urls": PICTURES} if request_id != "plain" else {"text": "hello"}
    first = await reply(shared_desk, ticket_id, request_id=request_id, **before)
    if other["text"] == "first":
        other = {"text": first.message.text}

    error = await error_of(reply(shared_desk, ticket_id, request_id=request_id, **other))

    assert (type(error), error.reason) == (errors.AlreadyExists, "REQUEST_ID_REUSED")


async def test_split_is_part_of_the_request(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket()
    await reply(shared_desk, ticket_id, text="short", split=True, request_id="split")

    error = await error_of(reply(shared_desk, ticket_id, text="short", request_id="split"))

    assert error.reason == "REQUEST_ID_REUSED"


async def test_a_retry_does_not_repeat_the_parts_that_went_out(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    tried: list[str] = []

    async def refuse_second_once(request: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
        tried.append(request.text)
        if len(tried) == 2:
            raise errors.Aborted("SEND_OUTCOME_UNKNOWN", "Twilio's answer was lost")
        return accepted(request)

    desk.peer.answer = refuse_second_once
    answer = await reply(desk, ticket_id, text=LONG, split=True)
    sent = await desk.peer.sent_texts(3)

    first, second, third = (message.text for message in answer.messages)
    assert tried == [first, second, second, third]
    assert sent == [first, second, third]


async def test_media_go_with_the_first_part(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()

    answer = await reply(desk, ticket_id, text=LONG, split=True, media_urls=PICTURES)
    sent = [await asyncio.wait_for(desk.peer.sent.get(), 90) for _ in range(3)]

    assert [list(request.media_urls) for request in sent] == [PICTURES, [], []]
    assert [[item.url for item in message.media] for message in answer.messages] == [PICTURES, [], []]
    records = await desk.records(ticket_id=ticket_id, action="message.queued")
    assert [details(record).get("media") for record in records] == ["2", None, None]


@pytest.mark.parametrize("text", ["", " \n"])
async def test_media_need_no_text(desk: Desk, text: str) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()

    answer = await reply(desk, ticket_id, text=text, media_urls=PICTURES)

    assert (answer.message.text, answer.message.delivery.segments) == ("", 1)
    assert list((await asyncio.wait_for(desk.peer.sent.get(), 90)).media_urls) == PICTURES


@pytest.mark.parametrize(
    ("urls", "says"),
    [
        pytest.param([PICTURES[0]] * 11, "at most 10", id="eleven"),
        pytest.param(["https://keva.example/" + "a" * 2028], "2048 characters", id="too long"),
        pytest.param([""], "empty", id="empty"),
        pytest.param(["https://keva.example/a b.jpg"], "spaces", id="a space"),
        pytest.param(["https://keva.example/ä.jpg"], "%XX", id="not ASCII"),
        pytest.param(["ftp://keva.example/a.jpg"], "http:// or https://", id="another scheme"),
        pytest.param(["a.jpg"], "http:// or https://", id="no scheme"),
        pytest.param(["https:///a.jpg"], "http:// or https://", id="no host"),
        pytest.param(["https://me:secret@keva.example/a.jpg"], "user name or password", id="a password"),
        pytest.param(["https://@keva.example/a.jpg"], "user name or password", id="an empty user name"),
        pytest.param(["https://keva.example:port/a.jpg"], "not a URL", id="no port"),
        pytest.param(["https://[::1"], "not a URL", id="half an address"),
        pytest.param(["http://localhost:8000/a.jpg"], "public host name", id="localhost"),
        pytest.param(["http://pictures.LOCALHOST./a.jpg"], "public host name", id="below localhost"),
        pytest.param(["http://printer.local/a.jpg"], "public host name", id="an own network"),
        pytest.param(["http://192.0.2.1/a.jpg"], "public host name", id="IPv4"),
        pytest.param(["http://[2001:db8::1]/a.jpg"], "public host name", id="IPv6"),
        pytest.param(["http://2130706433/a.jpg"], "public host name", id="IPv4 as a number"),
        pytest.param(["http://0x7f.0x1/a.jpg"], "public host name", id="IPv4 in hexadecimal"),
    ],
)
async def test_media_that_twilio_cannot_fetch_are_refused(shared_desk: Desk, urls: list[str], says: str) -> None:
    error = await error_of(reply(shared_desk, await shared_desk.new_ticket(), text="see", media_urls=urls))

    assert (error.reason, error.metadata["field"]) == ("FIELD_INVALID", "media_urls")
    assert says in error.message
    assert "secret" not in error.message


async def test_a_dry_run_says_what_would_be_stored_and_stores_nothing(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket()
    before = await shared_desk.ticket(ticket_id), await shared_desk.actions(ticket_id)

    answer = await reply(shared_desk, ticket_id, text=LONG, split=True, media_urls=PICTURES, validate_only=True)

    assert " ".join(message.text for message in answer.messages) == LONG
    assert [message.delivery.segments for message in answer.messages] == [11, 11, 4]
    assert ids(answer) == ["", "", ""]
    assert state_of(answer.ticket) == "PENDING"
    assert (await shared_desk.ticket(ticket_id), await shared_desk.actions(ticket_id)) == before
    assert len(await shared_desk.messages(ticket_id)) == 1


async def test_a_dry_run_does_not_use_its_request_id_up(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket()

    await reply(shared_desk, ticket_id, text="one", request_id="dry", validate_only=True)
    answer = await reply(shared_desk, ticket_id, text="two", request_id="dry")

    assert answer.message.text == "two"


@pytest.mark.parametrize(
    ("state", "address", "fields", "reason"),
    [
        pytest.param("CLOSED", "", {"text": "x"}, "TICKET_CLOSED", id="closed"),
        pytest.param("OPEN", "KEVA", {"text": "x"}, "RECIPIENT_CANNOT_RECEIVE", id="a sender name"),
        pytest.param("OPEN", "", {"text": LONG}, "MESSAGE_TOO_LONG", id="too long"),
        pytest.param("OPEN", "", {"text": ""}, "FIELD_REQUIRED", id="empty"),
        pytest.param("OPEN", "", {"media_urls": ["x"]}, "FIELD_INVALID", id="media"),
    ],
)
async def test_a_dry_run_refuses_what_a_reply_would(
    shared_desk: Desk, state: str, address: str, fields: dict[str, Any], reason: str
) -> None:
    ticket_id = await shared_desk.new_ticket(state, **({"customer_address": address} if address else {}))

    assert (await error_of(reply(shared_desk, ticket_id, validate_only=True, **fields))).reason == reason


async def test_a_dry_run_to_an_opted_out_customer_is_refused(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket(customer_address=CUSTOMER)
    await desk.text("STOP")

    assert (await error_of(reply(desk, ticket_id, text="x", validate_only=True))).reason == "RECIPIENT_OPTED_OUT"
