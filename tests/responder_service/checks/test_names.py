"""Names, and countries in all of our languages."""

from babel import Locale

from responder_service.checks.names import countries, names


def test_every_country_is_known_by_its_names_in_all_languages() -> None:
    named = [
        (code, name) for language in ("en", "es", "fr", "de") for code, name in Locale(language).territories.items()
    ]
    of_countries = [(code, name) for code, name in named if code.isalpha() and len(code) == 2]

    unknown = [name for _, name in of_countries if not countries(f"to {name}.")]

    assert len(of_countries) > 900
    assert unknown == []


def test_a_country_is_the_same_in_another_language() -> None:
    assert countries("Wir liefern nach Deutschland.") == countries("We ship to Germany.") == {"=DE"}


def test_what_is_only_written_like_a_name_is_none() -> None:
    assert (
        names("Sorry, but I'm afraid we close at 6 PM in March, and it costs 20 EUR.", nouns_are_capital=False) == set()
    )
    assert names("Ask for Diego at the Harbor Street desk.", nouns_are_capital=False) == {"diego", "harbor", "street"}
