"""Twilio's log line by line: what is wrong with one line is that line's alone."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sms_service.domain.provider_errors import FailureKind
from sms_service.twilio.message_lines import received_log, taken_log

OURS = "+15550001000"
SINCE = datetime(2026, 11, 23, tzinfo=UTC)
NOON = "Mon, 23 Nov 2026 12:00:00 +0000"


def _line(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A customer's text in the log."""
    values = {
        "sid": f"SM{number:032x}",
        "direction": "inbound",
        "from": "+12065550100",
        "to": OURS,
        "body": f"text {number}",
        "num_media": "0",
        "date_created": NOON,
        "date_sent": NOON,
        "date_updated": NOON,
    }
    return values | changes


def _read(*lines: Any) -> Any:
    """The log of these lines, of which the first one is the newest."""
    return received_log(lines, OURS, SINCE, SINCE + timedelta(days=1), "US")


@pytest.mark.parametrize(
    "poison",
    [
        pytest.param(None, id="null"),
        pytest.param("a line", id="text"),
        pytest.param(7, id="number"),
        pytest.param([], id="list"),
        pytest.param({}, id="nothing"),
        pytest.param(_line(9, sid=None), id="no sid"),
        pytest.param(_line(9, sid=""), id="empty sid"),
        pytest.param(_line(9, sid=5), id="a number for a sid"),
        pytest.param(_line(9, sid="S" * 65), id="endless sid"),
        pytest.param({**_line(9), "from": None}, id="no sender"),
        pytest.param({**_line(9), "from": " "}, id="blank sender"),
        pytest.param({**_line(9), "from": {}}, id="a dict for a sender"),
    ],
)
def test_line_that_cannot_be_taken_in_hides_no_other(poison: Any) -> None:
    log = _read(_line(3), poison, _line(2), poison, _line(1))

    assert [message.text for message in log.messages] == ["text 1", "text 2", "text 3"]
    # The same line is the same thing, wherever it stands.
    assert len({refused.sid for refused in log.refused}) == 1
    assert len(log.refused) == 2


@pytest.mark.parametrize(("segments", "decoded"), [("1", False), ("2", True), (2, True), (None, False)])
def test_base64_is_read_only_of_several_segments(segments: object, decoded: bool) -> None:
    said = "my api key returns 401"
    encoded = base64.b64encode(said.encode()).decode()

    (message,) = _read(_line(1, body=encoded, num_segments=segments)).messages

    assert message.text == (said if decoded else encoded)


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({"date_sent": None}, id="not sent"),
        pytest.param({"date_sent": None, "date_created": None, "date_updated": None}, id="no date"),
        pytest.param({"date_sent": "Thu, 31 Feb 2026 25:61:00 +0000"}, id="no such day"),
        pytest.param(dict.fromkeys(("date_sent", "date_created", "date_updated"), "soon"), id="no dates"),
        pytest.param({"date_sent": 7}, id="a number for a date"),
        pytest.param({"date_sent": "Mon, 23 Nov 2026 12:00:00 -0000"}, id="no time zone"),
        pytest.param({"num_media": None}, id="no count of media"),
        pytest.param({"num_media": "many"}, id="a senseless count of media"),
        pytest.param({"to": None}, id="no receiver"),
        pytest.param({"body": None}, id="no body"),
    ],
)
def test_line_that_is_odd_is_taken_in_where_it_stands(odd: dict[str, Any]) -> None:
    log = _read(_line(3), _line(2, **odd), _line(1))

    assert [message.sid[-1] for message in log.messages] == ["1", "2", "3"]
    assert {message.sent_time for message in log.messages} == {SINCE + timedelta(hours=12)}
    assert log.refused == []


def test_line_without_a_date_before_all_others_stands_at_the_beginning() -> None:
    log = _read(_line(2), _line(1, date_sent=None, date_created=None, date_updated=None))

    assert [message.sent_time for message in log.messages] == [SINCE, SINCE + timedelta(hours=12)]


@pytest.mark.parametrize(("body", "kept"), [("hi \ud83d", "hi \ufffd"), ("\ude00", "\ufffd"), ("hi 😀", "hi 😀")])
def test_half_of_a_character_is_replaced(body: str, kept: str) -> None:
    (message,) = _read(_line(body=body)).messages

    assert message.text == kept


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        ("+12065550100", "+12065550100"),
        ("5551234567", "+15551234567"),
        ("12345", "12345"),
        ("ACME", "ACME"),
        ("💥", "💥"),
        ("+5215512345678", "+5215512345678"),
        ("Macy\ud83ds", "Macy\ufffds"),
        ("messenger:2065550143", "messenger:2065550143"),
    ],
)
def test_sender_is_read_as_a_webhooks(sender: str, address: str) -> None:
    (message,) = _read({**_line(), "from": sender}).messages

    assert message.from_address == address


def test_what_we_sent_is_no_text() -> None:
    log = _read(_line(2, direction="outbound-api"), _line(1))

    assert [message.sid[-1] for message in log.messages] == ["1"]
    assert log.refused == []


@pytest.mark.parametrize(
    "date", ["Fri, 31 Dec 9999 23:59:59 +0000", "Mon, 01 Jan 0001 00:00:00 +0000", "Thu, 26 Nov 2026 12:00:00 +0000"]
)
def test_a_date_that_nobody_asked_for_is_none(date: str) -> None:
    lines = [_line(3, date_sent=NOON), _line(2, date_sent=date, date_created=None), _line(1, date_sent=NOON)]

    log = _read(*lines)

    assert [message.sent_time.hour for message in log.messages] == [12] * 3
    assert [message.sid for message in log.messages] == [line["sid"] for line in reversed(lines)]


@pytest.mark.parametrize("direction", [[], {}, ["outbound-reply"], 7, None])
def test_a_direction_that_is_none_hides_no_reply(direction: object) -> None:
    ours = _line(1, direction="outbound-api", status="delivered")

    found = taken_log([_line(2, direction=direction), ours])

    assert ours["sid"] in [taken.news.message_sid for taken in found]


def test_a_reply_is_found_whatever_else_is_wrong_with_its_line_or_with_others() -> None:
    ours = _line(1, direction="outbound-api", status="delivered", num_segments="2", date_created="soon", error_code="x")

    (found,) = taken_log([None, {}, ours, _line(2, sid=None), _line(3, direction="outbound-reply")])

    assert (found.news.message_sid, found.news.status, found.text, found.segments) == (
        ours["sid"],
        "delivered",
        "text 1",
        2,
    )
    assert found.create_time is None


@pytest.mark.parametrize(
    ("date", "taken"),
    [
        (NOON, SINCE + timedelta(hours=12)),
        ("Mon, 23 Nov 2026 13:00:00 +0100", SINCE + timedelta(hours=12)),
        ("Thu, 01 Jan 1970 00:00:00 +0000", None),
        ("Mon, 31 Dec 2007 23:59:59 +0000", None),
        ("Fri, 31 Dec 9999 23:59:59 -0500", None),
        ("soon", None),
        (7, None),
    ],
)
def test_a_reply_whose_date_cannot_be_true_has_none(date: object, taken: datetime | None) -> None:
    """Without one it counts as what a reply in doubt may be; with one from before the reply it would be sent again."""
    (found,) = taken_log([_line(direction="outbound-api", date_created=date)])

    assert found.create_time == taken


def test_failure_of_a_short_code_in_the_log_is_its_messages_alone() -> None:
    line = _line(direction="outbound-api", status="failed", error_code=21606)

    own, short = taken_log([line]), taken_log([{**line, "from": "72345"}])

    kinds = [message.news.failure and message.news.failure.kind for message in (*own, *short)]
    assert kinds == [FailureKind.SENDER, FailureKind.RECIPIENT]
