"""Numbers, times and durations, whichever way they are written."""

import pytest

from responder_service.checks.written import written


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("thirty-five dollars", "35 dollars", id="English"),
        pytest.param("fünfunddreißig Euro", "35 Euro", id="German"),
        pytest.param("treinta y cinco euros", "35 euros", id="Spanish"),
        pytest.param("quatre-vingt-dix-neuf euros", "99 euros", id="French"),
        pytest.param("Two or three", "2 or 3", id="with a capital"),
        pytest.param("under-threes", "under 3", id="ages"),
        pytest.param("half an hour", "30 minutes", id="half an hour"),
        pytest.param("anderthalb Stunden", "90 minutes", id="an hour and a half"),
        pytest.param("2½ hours", "2.5 hours", id="a fraction"),
        pytest.param("until half past ten", "until 10:30", id="half past"),
        pytest.param("um halb elf", "um 10:30", id="half before"),
        pytest.param("Viertel vor eins", "Viertel vor eins", id="what it cannot read stays"),
        pytest.param("a las seis y media", "a las 6:30", id="y media"),
        pytest.param("à dix heures et demie", "à 10:30", id="et demie"),
        pytest.param("18 Uhr 30", "18:30", id="Uhr"),
        pytest.param("We Open At 9", "We Open At 9", id="the rest keeps its case"),
    ],
)
def test_it_is_written_in_one_way(text: str, found: str) -> None:
    assert written(text) == found


def test_a_word_without_end_takes_no_time() -> None:
    # Squared, this would take an hour.
    assert written("a" * 300_000 + " two") == "a" * 300_000 + " 2"
