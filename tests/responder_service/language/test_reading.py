"""A question is taken apart: what it is about, the kind of answer, and what makes another question of it."""

import pytest

from responder_service.language.days import days_named
from responder_service.language.reading import read_statement, read_text


@pytest.mark.parametrize(
    ("language", "text", "content", "kinds", "turns"),
    [
        pytest.param("en", "Hi! How much is a filling, please?", {"fill"}, {"price"}, set(), id="price"),
        pytest.param("en", "how long does whitening last", {"whiten"}, {"duration"}, {"order: last"}, id="duration"),
        pytest.param("en", "whens the pool open", {"pool", "=opened"}, {"time", "day"}, set(), id="time"),
        pytest.param("en", "can I pay without a card", {"=pay", "=card"}, set(), {"exclusion: without"}, id="without"),
        pytest.param("en", "don't you have wi-fi?", {"=wifi"}, set(), {"denial"}, id="denial"),
        pytest.param("en", "2 dogs or two cats", {"2", "dog", "cat"}, set(), {"choice: or"}, id="figures, a choice"),
        pytest.param("en", "what if it rains", {"rain"}, set(), {"condition"}, id="condition"),
        pytest.param(
            "en", "check-in before 2pm", {"checkin", "2", "pm"}, set(), {"order: befor"}, id="one word of two"
        ),
        pytest.param("es", "¿Cuánto cuesta una limpieza?", {"limpiez"}, {"price"}, set(), id="Spanish"),
        pytest.param("fr", "Combien de temps dure la séance ?", {"seanc"}, {"duration"}, set(), id="French"),
        pytest.param("de", "Wann öffnet die Rezeption?", {"rezeption", "=opened"}, {"time", "day"}, set(), id="German"),
        pytest.param("nl", "Hoe laat open?", {"hoe", "laat", "oop"}, set(), set(), id="a language without lists"),
    ],
)
def test_a_question(language: str, text: str, content: set[str], kinds: set[str], turns: set[str]) -> None:
    reading = read_text(text, language)

    assert (set(reading.content), set(reading.kinds), set(reading.turns)) == (content, kinds, turns)


def test_a_figure_goes_with_the_word_behind_it() -> None:
    assert read_text("four fillings for 2 dogs, or 3", "en").counted == {("4", "fill"), ("2", "dog"), ("3", "")}


@pytest.mark.parametrize(
    ("language", "text", "days"),
    [
        pytest.param("en", "Open Monday to Friday, and Sundays.", "mon tue wed thu fri", id="a range"),
        pytest.param("en", "Tue–Thu 9-17", "tue wed thu", id="a dash"),
        pytest.param("en", "Sat to Mon", "sat sun mon", id="round the week"),
        pytest.param("en", "daily from 9", "mon tue wed thu fri sat sun", id="daily"),
        pytest.param("es", "de martes a jueves", "tue wed thu", id="Spanish"),
        pytest.param("fr", "du lundi au mercredi", "mon tue wed", id="French"),
        pytest.param("de", "Montag bis Mittwoch", "mon tue wed", id="German"),
        pytest.param("de", "am Wochenende", "sat sun", id="German weekend"),
        pytest.param("en", "Monday is a day, Friday another", "", id="two days"),
    ],
)
def test_days_between_others_are_named_too(language: str, text: str, days: str) -> None:
    named = {f"={day}" for day in days.split()}

    assert days_named(text, language) == named
    assert named <= read_statement(text, language).content.keys()
