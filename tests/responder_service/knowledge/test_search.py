"""What a question finds, and how much of it the found section holds."""

from collections.abc import Sequence

import pytest

from responder_service.knowledge.article import Article, Section, parse
from responder_service.knowledge.knowledge_base import Found
from responder_service.knowledge.passage import Passage
from responder_service.knowledge.search import Index
from responder_service.language.words import is_misspelt, split

ENGLISH = """---
title: Shipping
tags: [delivery, lead time]
---
## Canada
We ship to Canada for $18. It takes 5 to 8 business days.

## Ireland
We ship to Ireland for $40.
"""
RETURNS = """---
title: Returns
tags: [refund policy, exchange]
---
## How to return
Return unused lamps within 30 days.

## Sale
Sale pieces can be returned within 14 days.
"""
CARE = """---
title: Care
---
Wipe marble tables with a soft cloth. Lamps need no care.
"""


@pytest.fixture(scope="module")
def index() -> Index:
    """A small shop's articles."""
    articles = {"shipping": ENGLISH, "returns": RETURNS, "care": CARE}
    return Index("en", [parse(name, source) for name, source in articles.items()])


def search(index: Index, text: str) -> Sequence[Passage]:
    """The passages that fit the text."""
    asked = index.read(text)
    return Found(index, asked, index.search(asked, 5)).passages


@pytest.mark.parametrize(
    ("text", "article_id", "section"),
    [
        pytest.param("do you ship to Canada?", "shipping", "Canada", id="plain"),
        pytest.param("DELIVERIES TO CANADA", "shipping", "Canada", id="capitals, another form of another word"),
        pytest.param("livraison cánáda", "shipping", "Canada", id="accents"),
        pytest.param("shiping to cananda", "shipping", "Canada", id="misspelt"),
        pytest.param("how do I send it back", "returns", "How to return", id="a phrase that means the same"),
        pytest.param("returning something on sale", "returns", "Sale", id="the heading decides"),
        pytest.param("how should I clean a marble table", "care", "", id="before the first heading"),
    ],
)
def test_best_passage(index: Index, text: str, article_id: str, section: str) -> None:
    best = search(index, text)[0]

    assert (best.article_id, best.section) == (article_id, section)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("hi there, thanks!", id="courtesies"),
        pytest.param("xylophone", id="unknown"),
        pytest.param("👍", id="emoji"),
    ],
)
def test_nothing_fits(index: Index, text: str) -> None:
    assert search(index, text) == []


def test_coverage_is_the_share_of_the_question_by_weight(index: Index) -> None:
    whole = search(index, "do you ship to Canada")[0]
    half = search(index, "do you ship pianos to Canada")[0]

    assert whole.coverage == 1
    assert 0.3 < half.coverage < 0.8


def test_score_orders_what_covers_as_much(index: Index) -> None:
    found = search(index, "canada")

    assert [passage.section for passage in found] == ["Canada"]
    assert found[0].score > 0


def test_unknown_words_are_told_as_they_were_written(index: Index) -> None:
    assert index.unknown(index.read("Do you polish bicycles in Iceland?")) == ("polish", "bicycles", "iceland")


def test_courtesies_and_grammar_are_neither_unknown_nor_sought(index: Index) -> None:
    assert index.read("Hi there, could you please tell me if it is possible, thanks a lot!").says_nothing


def test_a_price_is_asked_for_in_any_words(index: Index) -> None:
    asked = [index.read(text) for text in ("how much is delivery to Canada?", "what does shipping to Canada cost")]

    assert asked[0].kinds == asked[1].kinds == {"price"}
    assert asked[0].content.keys() == asked[1].content.keys()


@pytest.mark.parametrize(
    ("text", "example", "nearness"),
    [
        pytest.param("do you ship to Canada", "do you ship to Canada?", 1.0, id="the same"),
        pytest.param("shipping to canada possible?", "do you ship to Canada?", 1.0, id="in other words"),
        pytest.param("where are you", "what is your address", 1.0, id="the same kind of answer, of nothing else"),
        pytest.param("when are you there", "what is your address", 0.0, id="another kind"),
        pytest.param("do you polish tables", "do you ship to Canada?", 0.0, id="nothing in common"),
    ],
)
def test_how_near_two_questions_are(index: Index, text: str, example: str, nearness: float) -> None:
    assert index.nearness(index.read(text), index.read(example)) == nearness


def test_an_example_in_another_language_is_read_in_its_own() -> None:
    article = parse("a", "---\ntitle: Dogs\n---\nQ: sind Hunde erlaubt?\nDogs are welcome for $4.\n")
    index = Index("en", [article])

    [example] = index.entries[0].examples

    assert example.reading.content.keys() == {"hund", "=allowed"}


def test_an_example_question_finds_what_the_text_does_not_say() -> None:
    article = parse("a", "---\ntitle: Parcels\n---\nQ: where is my stuff\nhas it shipped\n")
    other = parse("b", "---\ntitle: Lamps\n---\nA lamp costs $9.\n")
    index = Index("en", [article, other])

    assert [hit.entry.passage.article_id for hit in index.search(index.read("has my order been shipped?"), 1)] == ["a"]


def test_languages_without_spaces_are_found() -> None:
    index = Index("zh", [Article("a", "营业时间", "zh", (), (Section("", "我们周日不营业。"),))])

    assert index.search(index.read("你们的营业时间是什么"), 5)[0].entry.passage.article_id == "a"


def test_an_index_without_articles_finds_nothing() -> None:
    index = Index("en", [])

    assert index.search(index.read("canada"), 5) == []


@pytest.mark.parametrize(
    ("word", "known", "misspelt"),
    [
        pytest.param("warrenty", "warranty", True, id="a vowel"),
        pytest.param("shiping", "shipping", True, id="too few"),
        pytest.param("cananda", "canada", True, id="too many"),
        pytest.param("retrun", "return", True, id="swapped"),
        pytest.param("iceland", "ireland", False, id="another country"),
        pytest.param("austria", "australia", False, id="two letters"),
        pytest.param("hair", "chair", False, id="another beginning"),
        pytest.param("openings", "opening", False, id="more than one of it"),
        pytest.param("canada", "canada", False, id="the same"),
    ],
)
def test_is_misspelt(word: str, known: str, misspelt: bool) -> None:
    assert is_misspelt(word, known) is misspelt


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Don’t wait!", ["dont", "wait"], id="English apostrophe"),
        pytest.param("l'atelier d'Élise", ["l", "atelier", "d", "elise"], id="French apostrophes"),
        pytest.param("Größe: 2m", ["grosse", "2m"], id="folded"),
        pytest.param("...", [], id="no words"),
    ],
)
def test_split(text: str, words: list[str]) -> None:
    assert split(text) == words
