"""How long ago something was."""

from datetime import UTC, datetime, timedelta

import pytest

from console.words.times import ago, past

_NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "brief", "in_a_sentence"),
    [(0, "now", "just now"), (59, "now", "just now"), (60, "1 min", "1 min ago"), (7200, "2 h", "2 h ago")],
)
def test_a_sentence_says_that_it_is_over(seconds: int, brief: str, in_a_sentence: str) -> None:
    time = _NOW - timedelta(seconds=seconds)
    assert (ago(time, _NOW), past(time, _NOW)) == (brief, in_a_sentence)
