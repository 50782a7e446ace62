"""Segments as carriers count them."""

import pytest

from dev.twilio_simulator.segments import count_segments


@pytest.mark.parametrize(
    ("body", "segments"),
    [
        pytest.param("", 1, id="empty"),
        pytest.param("a" * 160, 1, id="GSM-7, one full segment"),
        pytest.param("a" * 161, 2, id="GSM-7, one more"),
        pytest.param("a" * 306, 2, id="GSM-7, two full segments"),
        pytest.param("a" * 307, 3, id="GSM-7, one more than two"),
        pytest.param("€" * 80, 1, id="extended characters count twice"),
        pytest.param("€" * 81, 2, id="extended, one more"),
        pytest.param("a" * 152 + "€" + "a" * 152, 3, id="an escape is not cut in two"),
        pytest.param("ж" * 70, 1, id="UCS-2, one full segment"),
        pytest.param("ж" * 71, 2, id="UCS-2, one more"),
        pytest.param("ж" * 135, 3, id="UCS-2, one more than two"),
        pytest.param("a" * 70 + "’", 2, id="one quote makes it UCS-2"),
        pytest.param("🙂" * 35, 1, id="emoji are two units"),
        pytest.param("🙂" * 36, 2, id="emoji, one more"),
        pytest.param("🙂" * 67, 3, id="a surrogate pair is not cut in two"),
    ],
)
def test_count_segments(body: str, segments: int) -> None:
    assert count_segments(body) == segments
