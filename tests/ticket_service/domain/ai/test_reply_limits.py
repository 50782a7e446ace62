"""When the AI has texted often enough."""

from datetime import UTC, datetime, timedelta

import pytest

from ticket_service.domain.ai.reply_limits import ReplyCounts, ReplyLimit, day_of
from ticket_service.domain.ai_profile import AiProfile

NOW = datetime(2026, 11, 27, 3, 30, tzinfo=UTC)
TODAY = "2026-11-26"
PROFILE = AiProfile(max_replies_per_channel_per_day=3, max_replies_per_customer_per_hour=2)
HOUR = timedelta(hours=1)


def _sent(*times: datetime, counts: ReplyCounts | None = None) -> ReplyCounts:
    counts = counts or ReplyCounts()
    for time in times:
        counts = counts.one_more(TODAY, time)
    return counts


@pytest.mark.parametrize(
    ("times", "limit"),
    [
        pytest.param([], None, id="nothing yet"),
        pytest.param([NOW], None, id="one of two"),
        pytest.param([NOW - HOUR / 2, NOW], ReplyLimit.CUSTOMER, id="two within an hour"),
        pytest.param([NOW - HOUR, NOW], None, id="the first is an hour old"),
        pytest.param([NOW - 3 * HOUR, NOW - 2 * HOUR, NOW - HOUR], ReplyLimit.CHANNEL, id="three on a day"),
    ],
)
def test_limits(times: list[datetime], limit: ReplyLimit | None) -> None:
    assert _sent(*times).limit(PROFILE, TODAY, NOW) is limit


def test_limit_of_a_channel_is_over_on_the_next_day() -> None:
    counts = _sent(NOW - 3 * HOUR, NOW - 2 * HOUR, NOW - HOUR).reached(TODAY)
    assert counts.channel.reached

    later = counts.one_more("2026-11-27", NOW + HOUR)

    assert (later.channel.count, later.channel.reached) == (1, False)
    assert counts.limit(PROFILE, "2026-11-27", NOW) is None


def test_each_change_is_a_version_of_what_changes() -> None:
    counts = _sent(NOW, NOW)
    assert (counts.channel.version, counts.customer.version) == (2, 2)

    assert (counts.reached(TODAY).channel.version, counts.reached(TODAY).customer.version) == (3, 2)


def test_what_counts_no_more_is_not_kept() -> None:
    assert _sent(NOW - 2 * HOUR, NOW).customer.times == (NOW,)


@pytest.mark.parametrize(
    ("time_zone", "day"), [("", "2026-11-27"), ("America/Denver", "2026-11-26"), ("Asia/Tokyo", "2026-11-27")]
)
def test_day_is_that_of_the_workspace(time_zone: str, day: str) -> None:
    assert day_of(NOW, time_zone) == day
