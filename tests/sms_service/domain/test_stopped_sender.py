"""How long a stop counts."""

from datetime import UTC, datetime, timedelta

import pytest

from sms_service.domain.stopped_sender import FIRST_PROBE, SenderKey, StoppedSender

THEN = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reported", "after", "holds"),
    [
        pytest.param(False, timedelta(days=30), True, id="refused: until it is fixed"),
        pytest.param(True, timedelta(minutes=59), True, id="reported: at first"),
        pytest.param(True, timedelta(hours=1), False, id="reported: not for long"),
    ],
)
def test_a_stop_that_was_only_reported_ends_by_itself(reported: bool, after: timedelta, holds: bool) -> None:
    key = SenderKey("AC1", "+15550001000")
    stopped = StoppedSender(key, 30034, "Register it.", THEN, THEN + FIRST_PROBE, reported=reported)

    assert stopped.holds(THEN + after) is holds


def test_a_number_and_its_account_have_keys_of_their_own() -> None:
    assert SenderKey("AC1").name == "AC1"
    assert SenderKey("AC1", "+15550001000").name != SenderKey("AC1", "+15550002000").name
