"""A responder without one list of its data: the list is told by its name, and nothing fits in it any more."""

from pathlib import Path

import pytest
import yaml

from dev.evaluation import ablation
from dev.evaluation.cases import Profile
from dev.evaluation.figures import Change
from dev.evaluation.grading import Counts
from dev.evaluation.left_out import NEVER, lists, without

DATA = """
plain: [a, b]
by_language: {why: because, en: [a], es: [b]}
groups:
  price: {why: because, en: [how much], de: [wie viel]}
  place: {why: because, en: [where]}
en:
  - [kid, child]
numbers: {2: [two], 10: [ten]}
reasons: {word: why it is there, other: why that is}
answer: Hello
"""


def _named(tmp_path: Path) -> list[str]:
    (tmp_path / "words.yaml").write_text(DATA)
    return [name for _, name in lists(tmp_path)]


def test_lists_have_names(tmp_path: Path) -> None:
    assert _named(tmp_path) == ["plain", "by_language", "groups.price", "groups.place", "en", "numbers", "reasons"]


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("plain", [NEVER]),
        ("by_language", {"why": "because", "en": [NEVER], "es": [NEVER]}),
        ("groups.price", {"why": "because", "en": [NEVER], "de": [NEVER]}),
        ("en", [[NEVER]]),
        ("reasons", {NEVER: "why it is there"}),
    ],
)
def test_nothing_fits_in_a_list_that_is_left_out(name: str, left: object) -> None:
    usual = yaml.load(DATA, yaml.CSafeLoader)
    changed = without(usual, name)
    top, _, below = name.partition(".")

    assert (changed[top][below] if below else changed[top]) == left
    if below:
        assert changed[top]["place"] == usual["groups"]["place"]
    assert {key: each for key, each in changed.items() if key != top} == {
        key: each for key, each in usual.items() if key != top
    }


def test_the_responders_data_has_lists() -> None:
    assert len(list(lists())) >= 10


def _counts(**changed: int) -> Counts:
    names = Counts.__dataclass_fields__
    return Counts(**{name: changed.get(name, 0) for name in names})


def test_a_change_is_told_by_business() -> None:
    usually = {"shop": _counts(answered=5), "bakery": _counts(answered=4)}
    now = {"shop": _counts(answered=3), "bakery": _counts(answered=4, wrong=1)}

    assert ablation.change("words.yaml", "kinds.price", usually, now) == Change(
        "words.yaml kinds.price", "answered -2, wrong +1", "shop: answered -2\nbakery: wrong +1"
    )
    assert ablation.change("words.yaml", "plain", usually, usually).figure == "nothing changes"
    assert ablation.change("words.yaml", "plain", usually, None).figure == "it does not start"


def test_a_profile_takes_over_what_a_case_says() -> None:
    business = Profile(business_name="Rye & Co", languages=["en"])

    assert business.with_changes(Profile(hand_off_rules=["cake"])) == Profile(
        business_name="Rye & Co", languages=["en"], hand_off_rules=["cake"]
    )
