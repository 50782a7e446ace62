"""Days and hours, and which hours go with which days."""

import pytest

from responder_service.checks.dates import dates
from responder_service.checks.days import weekdays
from responder_service.checks.schedule import schedule

ALL_BUT_MONDAY = "Tuesday to Saturday 10 am to 6 pm and Sunday noon to 4 pm. We are closed on Mondays."


def hours(text: str, day: int) -> list[tuple[int, int]]:
    """From when to when on a day, in hours."""
    return [(min(each.begin) // 60, max(each.end, default=0) // 60) for each in schedule(text).hours_of(day)]


@pytest.mark.parametrize(
    ("text", "weekday", "sunday"),
    [
        pytest.param(ALL_BUT_MONDAY, [(10, 18)], [(12, 16)], id="English"),
        pytest.param("Mo-Fr 9-17 Uhr, Sa 10-14 Uhr, So geschlossen", [(9, 17)], [], id="German"),
        pytest.param(
            "Abrimos de martes a sábado de 10 a 18 h y el domingo de 12 a 16 h.", [(10, 18)], [(12, 16)], id="Spanish"
        ),
        pytest.param("Du lundi au vendredi de 9h à 18h", [(9, 18)], [], id="French"),
        pytest.param("Mon-Fri 9-12 and 14-18", [(9, 12), (14, 18)], [], id="two in a day"),
        pytest.param("daily 8 am to 8 pm", [(8, 20)], [(8, 20)], id="daily"),
    ],
)
def test_hours_go_with_their_days(text: str, weekday: list[tuple[int, int]], sunday: list[tuple[int, int]]) -> None:
    assert (hours(text, 2), hours(text, 6)) == (weekday, sunday)


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        pytest.param(ALL_BUT_MONDAY, {0}, id="a sentence of its own"),
        pytest.param("Tuesday to Sunday, Mondays closed", {0}, id="behind a comma"),
        pytest.param("We are closed on Sundays and open Monday to Friday", {6}, id="before what is open"),
        pytest.param("Samstags und sonntags geschlossen", {5, 6}, id="two of them"),
    ],
)
def test_closed_days_are_told_from_open_ones(text: str, closed: set[int]) -> None:
    assert schedule(text).closed_days == closed
    assert not schedule(text).open_days & closed


def test_dates_are_read_in_all_languages() -> None:
    assert dates("24. Dezember, 1 June, le 14 juillet, 3 de mayo, March 5") == [
        (12, 24),
        (6, 1),
        (7, 14),
        (5, 3),
        (3, 5),
    ]


def test_days_are_found_beside_a_word_without_end() -> None:
    # Squared, this would take an hour.
    assert [day.days for day in weekdays("a" * 300_000 + " Monday to Wednesday")] == [{0, 1, 2}]
