"""Business hours as people write and read them."""

import pytest

from client.words.business_hours import holiday_from_text, holidays_text, hours_text, spans_from_text
from keva.ticket.v1 import business_hours_pb2 as pb


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        pytest.param(["Mon-Fri 09:00-17:30"], ["Mon-Fri 09:00-17:30"], id="week"),
        pytest.param(["mon-fri 13:00-17:30 9:00-12:00"], ["Mon-Fri 09:00-12:00 13:00-17:30"], id="two spans"),
        pytest.param(["Mon-Thu 9:00-17:00", "Fri 9:00-12:00"], ["Mon-Thu 09:00-17:00", "Fri 09:00-12:00"], id="Friday"),
        pytest.param(["Saturday,Sun 10:00-14:00"], ["Sat-Sun 10:00-14:00"], id="whole names, and a list"),
        pytest.param(["Fri-Mon 22:00-02:00"], ["Mon 22:00-02:00", "Fri-Sun 22:00-02:00"], id="over the weekend"),
        pytest.param(["daily 00:00-24:00"], ["Mon-Sun 00:00-24:00"], id="always"),
    ],
)
def test_hours(texts: list[str], shown: list[str]) -> None:
    spans = [span for text in texts for span in spans_from_text(text)]

    assert hours_text(pb.BusinessHours(spans=spans)) == shown


@pytest.mark.parametrize(
    "text",
    ["", "Mon", "9:00-17:00", "Mon 9-17", "Mon 9:00 17:00", "Mond 9:00-17:00 x", "Mon-Xyz 9:00-17:00", "M1 9:00-10:00"],
)
def test_what_are_no_hours(text: str) -> None:
    with pytest.raises(ValueError, match="write it like"):
        spans_from_text(text)


def test_holidays() -> None:
    holidays = [holiday_from_text("2026-12-26"), holiday_from_text(" 2026-12-25  Christmas Day ")]

    assert holidays[1] == pb.Holiday(date="2026-12-25", name="Christmas Day")
    assert holidays_text(holidays) == "2026-12-25 Christmas Day, 2026-12-26"
