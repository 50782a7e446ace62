"""The examination of a small business, from its files to the rows of the table, through responders as they run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dev.evaluation.businesses import FIRST_SIGHT, load_businesses
from dev.evaluation.drafts import Sent, Verifier, rows
from dev.evaluation.examination import Examination, Material
from dev.evaluation.figures import Row, Share
from dev.evaluation.grading import Counts
from dev.evaluation.resources import longest
from dev.evaluation.runner import SHOP, examine, request_of, running_responder
from dev.forking.client import ForkServer
from dev.local_stack.supervisor import StackError
from servicekit.limits import CONVERSATION_MESSAGES

BUSINESSES = Path(__file__).parent / "businesses"
# Of the conversations of first sight, in a test: one of so many.
_ONE_OF = 12


class _Steps:
    """Counts what is announced, and what comes."""

    def __init__(self) -> None:
        self.announced = self.came = 0

    def __call__(self, _what: str, steps: int) -> Callable[[], None]:
        self.announced += steps
        return self._step

    def _step(self) -> None:
        self.came += 1


def _figures(found: list[Row]) -> dict[str, str]:
    return {f"{row.part}: {row.measure}": row.figure for row in found}


def _examination(forks: ForkServer, steps: _Steps) -> Examination:
    material = Material([], load_businesses(BUSINESSES, "tuning"), load_businesses(BUSINESSES, "first_sight"))
    return Examination(material, steps, launch=forks.start)


async def test_conversations_and_marks_become_rows(forks: ForkServer) -> None:
    steps = _Steps()
    examination = _examination(forks, steps)

    found = _figures([*await examination.first_sight(), *await examination.marks()])
    tuned = await examination.tuned()

    for how in ("without", "with"):
        part = f"first sight, {how} example questions"
        assert found[f"{part}: answered rightly, of those to be"] == "1 of 1 (100.0%)"
        assert found[f"{part}: handed off rightly, of those to be"] == "2 of 2 (100.0%)"
        assert found[f"{part}: wrong, of all"] == "0 of 4 (0.0%)"
        assert found[f"{part}: kept quiet, of those to be"] == "1 of 1 (100.0%)"
        assert found[f"{part}: right section among the first three"] == "1 of 1 (100.0%)"
        assert found[f"traps, {how} example questions: wrong, of all"] == "0 of 1 (0.0%)"
    assert found["marks, offline: LEGAL_MATTER"] == "1 of 1 (100.0%)"
    assert found["marks, offline: SMALL_TALK"] == "1 of 1 (100.0%)"
    assert found["marks, offline: NONE"] == "1 of 1 (100.0%)"
    assert "marks, offline: UPSET" not in found
    assert [grade.case.id for grade in tuned["bakery"]] == ["rye", "cake", "person", "thanks", "half"]
    assert steps.came == steps.announced == 10 + 4 + 5


async def test_drafts_are_replayed_with_a_verifier_and_without(forks: ForkServer) -> None:
    steps = _Steps()

    found = _figures(await _examination(forks, steps).model_mode(error_rate=0.0, seed=1))
    always_wrong = _figures(await _examination(forks, steps).model_mode(error_rate=1.0, seed=1))

    assert found["drafts, by code alone: wrong ones stopped"] == "1 of 1 (100.0%)"
    assert found["drafts, by code alone: right ones sent"] == "2 of 2 (100.0%)"
    assert found["drafts, verifier errs in 0%: wrong ones sent"] == "0 of 1 (0.0%)"
    assert found["drafts, verifier errs in 0%: right ones sent"] == "2 of 2 (100.0%)"
    assert always_wrong["drafts, verifier errs in 100%: right ones sent"] == "0 of 2 (0.0%)"
    assert found["marks, with a model: LEGAL_MATTER"] == "1 of 1 (100.0%)"
    assert steps.came == steps.announced


def test_a_verifier_errs_as_often_as_it_is_told_and_always_alike() -> None:
    cases = load_businesses(BUSINESSES, "first_sight")[0].drafts * 400

    verdicts = list(Verifier(0.05, seed=3).verdicts(cases))
    errors = sum(verdict != case.right for verdict, case in zip(verdicts, cases, strict=True))

    assert 40 <= errors <= 80
    assert list(Verifier(0.05, seed=3).verdicts(cases)) == verdicts
    assert list(Verifier(None).verdicts(cases)) == [True] * len(cases)


def test_rows_of_drafts_say_what_code_stopped_and_what_is_to_be_expected() -> None:
    by_code = [Sent("shop", False, sent) for sent in (True, False, False, False)] + [Sent("shop", True, True)]
    found = rows(by_code, by_code, 0.2)
    stopped, wrong = found[0], found[2]

    assert isinstance(stopped, Share)
    assert (stopped.count, stopped.total) == (3, 4)
    assert wrong.detail == "expected, whatever the seed: 5.0%"
    assert wrong.is_missed


def test_the_longest_conversations_are_as_long_as_is_allowed() -> None:
    cases = longest(SHOP.articles)

    assert {len(case.conversation) for case in cases.values()} == {CONVERSATION_MESSAGES}
    waiting = {sum(len(m.text) for m in request_of(case, SHOP).messages[-2:] if m.role == 1) for case in cases.values()}
    assert waiting == {1000, 3000}


async def test_a_responder_runs_without_one_of_its_lists(forks: ForkServer) -> None:
    material = Material([], load_businesses(BUSINESSES, "tuning"), [])
    examination = Examination(material, _Steps(), launch=forks.start)

    rows_of_lists = await examination.ablation([("languages.yaml", "elisions"), ("gone.yaml", "all")])

    assert [(row.measure, row.figure) for row in rows_of_lists] == [
        ("languages.yaml elisions", "nothing changes"),
        ("gone.yaml all", "it does not start"),
    ]


async def test_first_sight_in_small(forks: ForkServer) -> None:
    """All of it is `make eval`. What holds for any answer holds here; no figure is aimed at, and no case is shown."""
    businesses = load_businesses(FIRST_SIGHT, "first_sight")
    examination = Examination(Material([], [], businesses), _Steps(), launch=forks.start)

    async with examination.responder_with(businesses) as responder:
        counts = [
            Counts.of(await examine(responder, business, business.conversations[::_ONE_OF])) for business in businesses
        ]

    assert sum(count.cases for count in counts) >= 30
    assert sum(count.rule_breaks for count in counts) == 0
    assert sum(count.handed_off for count in counts) > 0


async def test_a_responder_that_does_not_start_says_why(forks: ForkServer) -> None:
    with pytest.raises(StackError, match="responder_service ended"):
        async with running_responder(lambda _, __: None, {"KEVA_AI_MODEL": "no endpoint"}, forks.start):
            pass
