"""Deliveries, hand-offs, attachments, routes, customers and AI profiles in words."""

from typing import Any

import pytest

from client.words.ai_profiles import ai_profile_lines
from client.words.attachments import attachment_text, attachments, size_text
from client.words.customers import location_text
from client.words.deliveries import PRESUMED, delivery_state, delivery_trouble
from client.words.hand_offs import hand_off_words
from client.words.inbound_routes import is_free, reaches_keva, route_text
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import ai_profile_pb2, hand_off_pb2, message_pb2, ticket_service_pb2


@pytest.mark.parametrize(
    ("fields", "trouble"),
    [
        pytest.param({"state": message_pb2.DELIVERY_STATE_SENT}, "", id="none"),
        pytest.param({"state": message_pb2.DELIVERY_STATE_FAILED}, "Not delivered", id="no code"),
        pytest.param(
            {"state": message_pb2.DELIVERY_STATE_FAILED, "error_code": 30003, "error_text": "It is off."},
            "Not delivered: Twilio's error 30003: It is off.",
            id="failed",
        ),
        pytest.param(
            {"state": message_pb2.DELIVERY_STATE_QUEUED, "error_code": 20429, "error_text": "Too many."},
            "The last attempt failed, the next one follows: Twilio's error 20429: Too many.",
            id="waits",
        ),
        pytest.param(
            {"state": message_pb2.DELIVERY_STATE_QUEUED, "error_text": "sms_service does not answer."},
            "Not sent yet: sms_service does not answer.",
            id="waits for us",
        ),
        pytest.param({"state": message_pb2.DELIVERY_STATE_DELIVERED, "presumed": True}, PRESUMED, id="presumed"),
    ],
)
def test_what_went_wrong_with_a_delivery(fields: dict[str, Any], trouble: str) -> None:
    assert delivery_trouble(message_pb2.Delivery(**fields)) == trouble


def test_what_is_presumed_has_a_question_mark() -> None:
    arrived = message_pb2.Delivery(state=message_pb2.DELIVERY_STATE_DELIVERED)
    presumed = message_pb2.Delivery(state=message_pb2.DELIVERY_STATE_DELIVERED, presumed=True)

    assert (delivery_state(arrived), delivery_state(presumed)) == ("DELIVERED", "DELIVERED?")


def test_the_state_of_a_delivery() -> None:
    assert delivery_state(message_pb2.Delivery(state=message_pb2.DELIVERY_STATE_QUEUED)) == "QUEUED"


@pytest.mark.parametrize("reason", [value for value in hand_off_pb2.HandOffReason.values() if value])
def test_every_hand_off_has_words(reason: int) -> None:
    words = hand_off_words(reason)

    assert words.few == words.few.lower()
    assert len(words.few) <= 20
    assert "reason" not in words.clause


def test_a_hand_off_of_a_newer_service_keeps_its_number() -> None:
    assert (hand_off_words(99).few, hand_off_words(99).clause) == ("99", "reason 99")


def test_attachments_are_the_media_that_customers_sent() -> None:
    stored = message_pb2.MediaItem(
        state=message_pb2.MEDIA_STATE_STORED, content_type="image/png", size_bytes=34_900, error_text=""
    )
    refused = message_pb2.MediaItem(state=message_pb2.MEDIA_STATE_REFUSED, error_text="It is too large.")
    ours = message_pb2.MediaItem(url="https://example.com/map.png")
    messages = [message_pb2.Message(media=[stored, ours]), message_pb2.Message(media=[refused])]

    assert [attachment_text(number, media) for number, media in enumerate(attachments(messages), 1)] == [
        "Attachment 1: image/png, 34.1 KiB, STORED",
        "Attachment 2: REFUSED: It is too large.",
    ]


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 bytes"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (2 * 1024**2, "2.0 MiB")]
)
def test_sizes(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("route", "fields", "text", "reaches", "free"),
    [
        ("NONE", {}, "nowhere", False, True),
        ("KEVA", {}, "Keva", True, True),
        ("KEVA_INCOMPLETE", {}, "Keva, set up in part", True, True),
        (
            "KEVA_REFUSED",
            {"inbound_trouble": "its method is GET"},
            "Keva, which refuses them: its method is GET",
            False,
            True,
        ),
        ("KEVA_INCOMPLETE", {"inbound_trouble": "its fallback"}, "Keva, set up in part: its fallback", True, True),
        ("TWIML_APP", {}, "a TwiML app", False, False),
        ("MESSAGING_SERVICE", {"messaging_service_sid": "MG1"}, "messaging service MG1", False, False),
        ("OTHER_WEBHOOK", {"sms_url": "https://bot.example/x"}, "bot.example", False, False),
        ("OTHER_WEBHOOK", {"sms_url": "https://demo.twilio.com/welcome"}, "demo.twilio.com", False, True),
        ("OTHER_WEBHOOK", {"sms_url": "http://[broken"}, "another webhook", False, False),
        ("UNSPECIFIED", {"sms_url": "https://a.example"}, "https://a.example", True, True),
        ("UNSPECIFIED", {}, "-", True, True),
    ],
)
def test_where_a_number_s_texts_go(route: str, fields: dict[str, Any], text: str, reaches: bool, free: bool) -> None:
    number = sms_service_pb2.PhoneNumber(
        inbound_route=sms_service_pb2.InboundRoute.Value(f"INBOUND_ROUTE_{route}"), **fields
    )

    assert (route_text(number), reaches_keva(number), is_free(number)) == (text, reaches, free)


def test_a_location_is_what_is_known_of_it() -> None:
    assert location_text(ticket_service_pb2.Customer(city="Seattle", country="US")) == "Seattle, US"
    assert location_text(ticket_service_pb2.Customer()) == ""


def test_an_ai_profile_says_what_holds_without_one() -> None:
    lines = dict(ai_profile_lines(ai_profile_pb2.AiProfile(tone="brief", max_replies_in_a_row=3)))

    assert (lines["Tone"], lines["Languages"], lines["AI replies"]) == ("brief", "any", "at most 3 in a row")
    assert lines["Hand-off notice"].startswith("none")
    assert lines["Left to people"] == ""
