"""BM25 against bm25s."""

import logging

import bm25s
import pytest
from hypothesis import given
from hypothesis import strategies as st

from responder_service.knowledge.bm25 import Bm25, rarity

logging.getLogger("bm25s").setLevel(logging.WARNING)
WORDS = st.sampled_from(["boots", "canada", "ship", "refund", "mug", "=price"])


def test_the_document_that_says_it_most_briefly_fits_best() -> None:
    documents = Bm25([["mug", "boots"], ["mug"], ["ship", "mug", "mug", "boots", "canada"], ["ship"]])

    scores = documents.scores(["mug"])

    assert sorted(scores, key=lambda number: -scores[number]) == [1, 0, 2]


def test_unknown_words_find_nothing() -> None:
    assert Bm25([["mug"]]).scores(["canada"]) == {}
    assert Bm25([]).scores(["canada"]) == {}


def test_a_rare_word_counts_more() -> None:
    assert rarity(1, 10) > rarity(2, 10) > rarity(10, 10) > 0


@given(
    documents=st.lists(st.lists(WORDS, min_size=1, max_size=12), min_size=1, max_size=8),
    asked=st.lists(WORDS, min_size=1, unique=True),
)
def test_scores_as_bm25s_does(documents: list[list[str]], asked: list[str]) -> None:
    other = bm25s.BM25()
    other.index(documents, show_progress=False)
    known = [word for word in asked if any(word in words for words in documents)]
    expected = other.get_scores(known) if known else [0.0] * len(documents)

    scores = Bm25(documents).scores(asked)

    assert [scores.get(number, 0.0) for number in range(len(documents))] == pytest.approx(list(expected), rel=1e-5)
    assert set(scores) == {number for number, score in enumerate(expected) if score > 0}
