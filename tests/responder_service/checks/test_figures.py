"""Figures, days and dates, whatever they stand in."""

from responder_service.checks.figures import days


def test_days_are_found_beside_a_word_without_end() -> None:
    # Squared, this would take an hour.
    assert days("a" * 300_000 + " Monday to Wednesday") == {"day 0", "day 1", "day 2"}
