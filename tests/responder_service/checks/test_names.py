"""Names, and countries in all of our languages."""

from babel import Locale

from responder_service.checks.names import countries


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
