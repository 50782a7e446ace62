"""Which sections are suggested: by words and pieces of words in any language, and with the extra by what is meant."""

from pathlib import Path

import pytest

from responder_service.knowledge.knowledge_base import KnowledgeBase
from responder_service.language.meaning import Meaning, MeaningMissing
from tests.responder_service.written_articles import write_articles

ARTICLES = {
    "cafe.md": """---
title: Café
language: en
---
## Dogs
Q: are dogs allowed?
Small and large dogs may come along, on a lead.

## Breakfast
Q: until when is there breakfast?
Breakfast is served until 11:30 on weekends.

## Laptops
Q: can I work at the café?
Laptops are fine from Monday to Friday.
""",
    "cakes.md": """---
title: Cakes made to order
language: en
---
## Deposit
Q: do I have to pay a deposit?
We ask for 30 % when you order.

## Sizes and prices
Q: how much is a birthday cake?
A round cake of 18 cm is 48 €.

## Cancelling
Q: can I cancel my cake order?
An order can be cancelled until three days before.
""",
    "de/anfahrt.md": """---
title: Anfahrt
language: de
---
## Parken
Q: wo kann ich parken?
Vor dem Haus darf man 15 Minuten stehen.

## Rollstuhl
Q: komme ich mit dem Rollstuhl hinein?
Der Eingang hat keine Stufen.
""",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bakery's articles, a few of them in German."""
    return write_articles(tmp_path_factory.mktemp("articles"), ARTICLES)


@pytest.fixture(scope="module")
def meaning() -> Meaning:
    """The extra; tests that need it are skipped on machines that it is not made for."""
    try:
        return Meaning()
    except MeaningMissing:
        pytest.skip("the extra is not there")


@pytest.fixture
async def by_words(folder: Path) -> KnowledgeBase:
    """The articles without the extra."""
    base = KnowledgeBase(folder)
    await base.load()
    return base


@pytest.fixture(scope="module")
async def by_meaning(folder: Path, meaning: Meaning) -> KnowledgeBase:
    """The articles with the extra."""
    base = KnowledgeBase(folder, meaning=meaning)
    await base.load()
    return base


def _first(base: KnowledgeBase, text: str, number: int = 1) -> list[str]:
    return [passage.section for passage in base.search("default", text, number)]


@pytest.mark.parametrize(
    ("text", "section"),
    [
        pytest.param("do you allow dogs", "Dogs", id="its words"),
        pytest.param("brakfast times?", "Breakfast", id="a slip that makes another beginning"),
        pytest.param("was muss ich fürs Parkplatzsuchen wissen", "Parken", id="a part of a compound word"),
        pytest.param("Deposito para un pastel", "Deposit", id="a word that two languages have"),
    ],
)
async def test_is_found_by_words_and_their_pieces(by_words: KnowledgeBase, text: str, section: str) -> None:
    assert _first(by_words, text) == [section]


@pytest.mark.parametrize("text", ["", "?!", "👍"])
async def test_nothing_fits(by_words: KnowledgeBase, text: str) -> None:
    assert _first(by_words, text) == []


@pytest.mark.parametrize(
    ("text", "section"),
    [
        pytest.param("we would have our puppy with us, is that a problem", "Dogs", id="another word for it"),
        pytest.param("would u want some of the money upfront", "Deposit", id="told in a roundabout way"),
        pytest.param("how late can i back out of it", "Cancelling", id="everyday words"),
        pytest.param("¿puedo llevar a mi perro?", "Dogs", id="a language without articles"),
        pytest.param("is there a place to leave my car", "Parken", id="an article in another language"),
    ],
)
async def test_is_found_by_what_is_meant(by_meaning: KnowledgeBase, text: str, section: str) -> None:
    assert section in _first(by_meaning, text, 2)


async def test_a_change_costs_only_what_was_changed(folder: Path, meaning: Meaning, tmp_path: Path) -> None:
    made: list[str] = []

    class _Counted(Meaning):
        def of_texts(self, texts, is_question):  # type: ignore[no-untyped-def]
            made.extend(texts)
            return meaning.of_texts(texts, is_question)

    copy = tmp_path / "default"
    copy.mkdir()
    (copy / "cafe.md").write_text(ARTICLES["cafe.md"])
    base = KnowledgeBase(tmp_path, meaning=_Counted())
    await base.load()
    made.clear()

    (copy / "cafe.md").write_text(ARTICLES["cafe.md"].replace("are dogs allowed?", "may I bring my dog?"))
    await base.load()

    assert made == ["may I bring my dog?"]


async def test_one_section_is_enough(tmp_path: Path, meaning: Meaning) -> None:
    (tmp_path / "default").mkdir()
    (tmp_path / "default" / "a.md").write_text("---\ntitle: Dogs\n---\nDogs are welcome.\n")
    base = KnowledgeBase(tmp_path, meaning=meaning)
    await base.load()

    assert [passage.article_id for passage in base.search("default", "my dog", 3)] == ["a"]
