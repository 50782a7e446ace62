"""How many conversations an organization may begin within an hour."""

from datetime import UTC, datetime, timedelta

import pytest

from ticket_service.domain.errors import FirstTextLimitReached
from ticket_service.domain.outgoing.first_texts import FirstTexts

NOW = datetime(2026, 1, 1, 12, 0, 30, tzinfo=UTC)


def _begun(*minutes: float, limit: int = 100) -> FirstTexts:
    """One conversation at each of so many minutes after NOW."""
    known = FirstTexts()
    for minute in minutes:
        known = known.one_more(limit, NOW + timedelta(minutes=minute))
    return known


def _refusal(known: FirstTexts, limit: int, minutes: float) -> FirstTextLimitReached:
    with pytest.raises(FirstTextLimitReached) as refused:
        known.one_more(limit, NOW + timedelta(minutes=minutes))
    return refused.value


def test_as_many_as_the_limit_begin_within_an_hour() -> None:
    known = _begun(0, 0, 30)

    assert _refusal(known, 3, 59).retry_time == datetime(2026, 1, 1, 13, 0, tzinfo=UTC)
    assert known.one_more(4, NOW + timedelta(minutes=59)).version == 4


def test_there_is_room_again_when_the_first_ones_are_an_hour_old() -> None:
    after = _begun(0, 0, 30).one_more(3, NOW + timedelta(minutes=60))

    assert sorted(after.counts.values()) == [1, 1]
    assert after.one_more(3, NOW + timedelta(minutes=60))


def test_a_lower_limit_waits_until_enough_are_an_hour_old() -> None:
    assert _refusal(_begun(0, 10, 20), 2, 30).retry_time == datetime(2026, 1, 1, 13, 10, tzinfo=UTC)


def test_a_limit_of_none_never_has_room() -> None:
    assert _refusal(FirstTexts(), 0, 0).retry_time is None


def test_what_is_kept_has_a_place_for_each_minute_of_an_hour() -> None:
    assert len(_begun(*range(0, 500)).counts) == 60
