"""The identifier of languages against py3langid, whose model and method it has."""

import unicodedata
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from responder_service.language.identifier import MODEL, Identifier
from responder_service.language.vocabulary import LANGUAGES

TESTS = Path(__file__).parents[2]
IDENTIFIER = Identifier()
TEXTS = [
    "Do you ship to Canada?",
    "¿Hacen envíos a México?",
    "Wie lange dauert die Lieferung nach Österreich?",
    "DO YOU HAVE THIS LAMP IN STOCK",
    "Gdje je moja narudžba?",
    "Где мой заказ?",
    "注文した商品はいつ届きますか",
    "أين طلبي؟",
    "e\u0301crit autrement",
    "ok",
    "",
    "12345 !!! 😀",
    "\ud800 a lone surrogate",
]


def texts_of(folder: Path) -> list[str]:
    """All texts in the YAML files there."""
    found: list[str] = []

    def collect(value: object) -> None:
        if isinstance(value, str):
            found.append(value)
        for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            collect(part)

    for path in sorted(folder.glob("*.yaml")):
        collect(yaml.safe_load(path.read_text()))
    return found


def theirs(languages: frozenset[str]) -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted(languages))
    return identifier


# Srpski and o'zbek are each in the model twice, once per script.
SETS = {
    "common": frozenset(LANGUAGES.common),
    "more": frozenset([*LANGUAGES.common, "ca", "hr", "sr", "uz"]),
    "all": IDENTIFIER.languages,
}


@pytest.fixture(scope="module", params=SETS)
def pair(request: pytest.FixtureRequest) -> tuple[frozenset[str], LanguageIdentifier]:
    return SETS[request.param], theirs(SETS[request.param])


def test_says_what_py3langid_says(pair: tuple[frozenset[str], LanguageIdentifier]) -> None:
    languages, other = pair
    texts = [*TEXTS, *texts_of(TESTS / "eval")]
    assert len(texts) > 500

    for text in texts:
        same(IDENTIFIER.identify(text, languages), other.classify(text), text)


@given(text=st.text(max_size=60))
def test_says_what_py3langid_says_of_any_text(pair: tuple[frozenset[str], LanguageIdentifier], text: str) -> None:
    languages, other = pair

    same(IDENTIFIER.identify(text, languages), other.classify(text), text)


def same(ours: tuple[str, float], other: tuple[str, float], text: str) -> None:
    if ours[0]:
        assert ours[1] == pytest.approx(other[1], abs=1e-4), text
        # In a near tie its 32 bits decide.
        assert ours[0] == other[0] or other[1] < 0.5, text
    else:
        # Nothing tells: there all languages are as likely, and the first one counts.
        assert other[1] < 0.1, text


def test_a_language_that_is_not_known_is_not_looked_for() -> None:
    assert IDENTIFIER.identify("Do you ship to Canada?", ["en", "xx"]) == ("en", 1.0)


def test_nothing_tells_without_a_language_to_look_for() -> None:
    assert IDENTIFIER.identify("Do you ship to Canada?", []) == ("", 0.0)


def test_a_text_is_the_same_in_any_composition() -> None:
    text = "Où est ma commande, s'il vous plaît ?"

    ours = {IDENTIFIER.identify(unicodedata.normalize(form, text), LANGUAGES.common) for form in ("NFC", "NFD")}

    assert len(ours) == 1


def test_the_model_is_that_of_the_installed_py3langid() -> None:
    """After an update of it: python -m dev.language_model."""
    with zipfile.ZipFile(MODEL) as archive:
        assert archive.read("origin").decode().strip() == f"py3langid {version('py3langid')}"
        assert "Marco Lui" in archive.read("LICENSE").decode()
