"""What a question finds, and how much of it the found section holds."""

from collections.abc import Sequence

import pytest

from responder_service.knowledge.article import Article, Section, parse
from responder_service.knowledge.passage import Passage
from responder_service.knowledge.search import Index, Question
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
    return index.search(index.question(text), 5)


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
    assert index.question("Do you repair bicycles in Iceland?").unknown == ("repair", "bicycles", "iceland")


def test_words_that_may_stand_in_any_question_are_neither_unknown_nor_a_topic(index: Index) -> None:
    question = index.question("I received my order yesterday, how much")

    assert (question.unknown, question.topics) == ((), frozenset())


def test_a_tag_of_several_words_speaks_only_as_a_whole(index: Index) -> None:
    assert search(index, "what is your refund policy")[0].coverage == 1
    assert search(index, "what is your lamp policy")[0].coverage < 1


def test_a_price_is_asked_for_in_any_words(index: Index) -> None:
    assert search(index, "how much is delivery to Canada?")[0].coverage == 1
    assert search(index, "what does shipping to Canada cost")[0].coverage == 1


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        pytest.param("can I return a lamp within 30 days", False, id="the figure"),
        pytest.param("can I return a lamp within 14 days", True, id="another figure"),
    ],
)
def test_figures_must_be_held(index: Index, text: str, lacks: bool) -> None:
    best = next(passage for passage in search(index, text) if passage.section == "How to return")

    assert best.lacks_must is lacks


def test_languages_without_spaces_are_found() -> None:
    index = Index("zh", [Article("a", "营业时间", "zh", (), (Section("", "我们周日不营业。"),))])

    assert index.search(index.question("你们的营业时间是什么"), 5)[0].article_id == "a"


def test_an_index_without_articles_finds_nothing() -> None:
    index = Index("en", [])

    assert index.search(index.question("canada"), 5) == []


def test_coverage_of_a_question_that_says_nothing() -> None:
    assert Question({}).coverage(["canada"]) == 0


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
