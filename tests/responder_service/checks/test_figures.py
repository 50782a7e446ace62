"""Figures, with their units and limits, whatever they stand in."""

import pytest

from responder_service.checks.figures import Figure, figures


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("It costs $1,250.00.", [Figure("$", 1250)], id="a price with a comma"),
        pytest.param("Es kostet 7,95 €.", [Figure("€", 7.95)], id="a price with a decimal comma"),
        pytest.param("within two weeks", [Figure("minutes", 14 * 1440, "most")], id="weeks are days"),
        pytest.param(
            "3 to 5 business days", [Figure("business_days", 3, "from"), Figure("business_days", 5, "to")], id="range"
        ),
        pytest.param("ab 3 Tagen", [Figure("minutes", 3 * 1440, "least")], id="at least"),
        pytest.param("24 pieces or more", [Figure("count", 24, "least")], id="a limit behind it"),
        pytest.param(
            "€12 per person and night", [Figure("€", 12, "", frozenset(["persons 1", "nights 1"]))], id="rates"
        ),
        pytest.param("47 € par mois", [Figure("€", 47, "", frozenset(["months 1"]))], id="a price per month"),
        pytest.param("bake it for an hour", [Figure("minutes", 60, lasts=True)], id="an hour"),
        pytest.param("Call +1 206 555 0100 or see a.example/7", [], id="contacts have none"),
    ],
)
def test_a_figure_has_its_unit_and_its_limit(text: str, found: list[Figure]) -> None:
    assert figures(text) == found


def test_a_word_without_end_takes_no_time() -> None:
    # Squared, this would take an hour.
    assert [figure.value for figure in figures("a" * 300_000 + " costs 5 dollars")] == [5]
