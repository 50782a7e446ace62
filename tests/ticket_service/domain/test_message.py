"""How news of a reply and of media move a message on: never back, and what is final stays."""

import itertools
from dataclasses import replace

import pytest

from tests.ticket_service.domain.examples import BEFORE, NOW, message
from ticket_service.domain.message import (
    Delivery,
    DeliveryState,
    DeliveryUpdate,
    Direction,
    Media,
    MediaState,
    Message,
    advance,
    record_media,
)

QUEUED, ACCEPTED, SENT, DELIVERED, FAILED, READ, SCHEDULED, CANCELLED = DeliveryState
# From each state, where news of another one may lead.
MOVES = {
    QUEUED: {ACCEPTED, SENT, DELIVERED, FAILED, READ},
    ACCEPTED: {SENT, DELIVERED, FAILED, READ},
    SENT: {DELIVERED, FAILED, READ},
    DELIVERED: {READ},
    FAILED: set(),
    READ: set(),
    SCHEDULED: set(),
    CANCELLED: set(),
}


def _reply(state: DeliveryState = QUEUED, **fields: str) -> Message:
    code = 30005 if state is FAILED else 0
    return message(direction=Direction.OUTBOUND, delivery=Delivery(state, BEFORE, code, segments=2), **fields)


@pytest.mark.parametrize(
    ("before", "news"),
    [
        pytest.param(*pair, id=f"{pair[0].value}, {pair[1].value}")
        for pair in itertools.product(DeliveryState, repeat=2)
    ],
)
def test_delivery_moves_on_and_never_back(before: DeliveryState, news: DeliveryState) -> None:
    known = _reply(before)

    after = advance(known, DeliveryUpdate("msg_1", news, error_code=30003, error_text="The phone is off."), NOW)

    if news in MOVES[before]:
        assert after.delivery == Delivery(news, NOW, 30003, "The phone is off.", 2)
    else:
        assert after == known


def test_a_failure_without_a_reason_gets_the_one_that_comes_late() -> None:
    no_reason = Delivery(FAILED, BEFORE, error_text="It gave no reason.", segments=2)
    known = message(direction=Direction.OUTBOUND, delivery=no_reason)
    late = DeliveryUpdate("msg_1", FAILED, error_code=30003, error_text="The phone is off.", temporary=True)

    after = advance(known, late, NOW)

    assert after.delivery == Delivery(FAILED, NOW, 30003, "The phone is off.", 2, temporary=True)
    assert advance(after, replace(late, error_code=30005), NOW) == after
    assert advance(known, replace(late, error_code=0), NOW) == known


@pytest.mark.parametrize("news", [SENT, QUEUED])
def test_late_news_still_brings_the_message_sid_and_what_twilio_bills(news: DeliveryState) -> None:
    after = advance(_reply(SENT), DeliveryUpdate("msg_1", news, twilio_message_sid="SM1", segments=3), NOW)

    assert (after.twilio_message_sid, after.delivery) == ("SM1", Delivery(SENT, BEFORE, segments=3))


def test_first_message_sid_stays() -> None:
    known = _reply(twilio_message_sid="SM1")

    assert advance(known, DeliveryUpdate("msg_1", SENT, "SM2"), NOW).twilio_message_sid == "SM1"


def _presumed(state: DeliveryState) -> Message:
    return message(
        direction=Direction.OUTBOUND,
        delivery=Delivery(state, BEFORE, segments=2, presumed=True),
        twilio_message_sid="SM1",
    )


def test_what_twilios_log_says_of_a_reply_in_doubt_is_presumed() -> None:
    after = advance(_reply(QUEUED), DeliveryUpdate("msg_1", DELIVERED, "SM1", presumed=True), NOW)

    assert after.delivery == Delivery(DELIVERED, NOW, segments=2, presumed=True)
    more = advance(after, DeliveryUpdate("msg_1", READ, "SM1", presumed=True), NOW)
    assert more.delivery == Delivery(READ, NOW, segments=2, presumed=True)


@pytest.mark.parametrize("news", [SENT, DELIVERED])
def test_a_report_on_the_reply_itself_makes_it_certain(news: DeliveryState) -> None:
    after = advance(_presumed(DELIVERED), DeliveryUpdate("msg_1", news, "SM1"), NOW)

    assert after.delivery == Delivery(DELIVERED, NOW, segments=2)


@pytest.mark.parametrize("news", [ACCEPTED, SENT, FAILED])
def test_what_was_presumed_gives_way_when_it_was_another_message(news: DeliveryState) -> None:
    after = advance(_presumed(DELIVERED), DeliveryUpdate("msg_1", news, "SM2"), NOW)

    assert (after.delivery, after.twilio_message_sid) == (Delivery(news, NOW, segments=2), "SM2")


def test_what_is_certain_is_never_presumed_again() -> None:
    known = _reply(SENT, twilio_message_sid="SM1")

    after = advance(known, DeliveryUpdate("msg_1", DELIVERED, "SM1", presumed=True), NOW)

    assert after.delivery == Delivery(DELIVERED, NOW, segments=2)
    assert advance(known, DeliveryUpdate("msg_1", ACCEPTED, "SM1", presumed=True), NOW) == known


def test_message_that_is_no_reply_has_no_delivery() -> None:
    assert advance(message(), DeliveryUpdate("msg_1", SENT, "SM1"), NOW) == message()


PENDING = Media("https://example.com/1", "image/png", MediaState.PENDING)
STORED = replace(PENDING, state=MediaState.STORED, media_id="med_1", size_bytes=9)
REFUSED = replace(PENDING, state=MediaState.REFUSED, error_text="too large")
TROUBLE = replace(PENDING, error_text="Twilio does not answer")
OTHER = replace(PENDING, url="https://example.com/2")


@pytest.mark.parametrize(
    ("before", "news", "after"),
    [
        pytest.param(PENDING, STORED, STORED, id="stored"),
        pytest.param(PENDING, REFUSED, REFUSED, id="refused"),
        pytest.param(PENDING, TROUBLE, TROUBLE, id="not yet: why"),
        pytest.param(TROUBLE, STORED, STORED, id="stored after all"),
        pytest.param(STORED, REFUSED, STORED, id="what is stored stays"),
        pytest.param(REFUSED, STORED, REFUSED, id="what is refused stays"),
        pytest.param(STORED, TROUBLE, STORED, id="late news"),
        pytest.param(PENDING, replace(STORED, url="https://example.com/3"), PENDING, id="of another URL"),
    ],
)
def test_news_of_media(before: Media, news: Media, after: Media) -> None:
    known = message(media=(OTHER, before))

    assert record_media(known, news) == replace(known, media=(OTHER, after))


def test_media_that_come_twice_with_a_text_are_one() -> None:
    assert record_media(message(media=(PENDING, PENDING)), STORED).media == (STORED, STORED)
