"""What of Twilio's log is missing, and where it stands."""

from datetime import datetime, timedelta

from servicekit.clock import utc_now
from sms_service.domain.backfill_number import missing_texts
from sms_service.domain.message import ReceivedMessage

NOW = utc_now().replace(microsecond=0)


def _at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def _text(sid: str, seconds: float, customer: str = "+1") -> ReceivedMessage:
    return ReceivedMessage(sid, customer, "+2", sid, 0, _at(int(seconds)))


def _placed(received: list[ReceivedMessage], stored: dict[str, float]) -> list[tuple[str, float]]:
    found = missing_texts(received, {sid: _at(seconds) for sid, seconds in stored.items()})
    return [(text.message.sid, (text.message_time - NOW).total_seconds()) for text in found]


def test_what_is_stored_is_not_missing() -> None:
    assert _placed([_text("a", 1), _text("b", 2)], {"a": 1.2, "b": 2.2}) == []


def test_missing_text_stands_at_twilios_second() -> None:
    assert _placed([_text("a", 1), _text("b", 5), _text("c", 9)], {"a": 1.2, "c": 9.1}) == [("b", 5)]


def test_missing_text_of_the_same_second_stands_behind_the_one_before_it() -> None:
    """The one before came by webhook, and stands where it was stored: half a second into Twilio's second, or later."""
    assert _placed([_text("a", 5), _text("b", 5)], {"a": 5.7}) == [("b", 5.701)]


def test_missing_texts_of_one_second_keep_the_logs_order() -> None:
    placed = _placed([_text(sid, 5) for sid in "abc"], {})

    assert placed == [("a", 5), ("b", 5.001), ("c", 5.002)]


def test_another_customers_text_says_nothing_of_the_order() -> None:
    assert _placed([_text("a", 5, "+7"), _text("b", 5)], {"a": 5.7}) == [("b", 5)]


def test_text_that_was_stored_long_after_it_was_sent_says_nothing_of_the_order() -> None:
    assert _placed([_text("a", 5), _text("b", 6)], {"a": 500}) == [("b", 6)]
