"""A short run of `make chaos`, and that its plan is the seed's."""

from collections import Counter
from pathlib import Path

import pytest

from dev.chaos.plan import SERVICES, Size, make_plan
from dev.chaos.run import SHORT, run

FEW = Size(texts=200, replies=40, kills=5)


def test_plan_is_the_seeds() -> None:
    assert make_plan(7, FEW) == make_plan(7, FEW)
    assert make_plan(7, FEW).actions != make_plan(8, FEW).actions


@pytest.mark.parametrize("replicas", [1, 2])
def test_plan_has_all_that_is_asked_for_and_kills_every_service(replicas: int) -> None:
    plan = make_plan(1, Size(replicas=replicas))

    kinds = Counter(action.kind for action in plan.actions)
    killed = {action.target.removesuffix("-1").removesuffix("-2") for action in plan.actions if action.kind == "kill"}
    assert (len(plan.texts), len(plan.replies), kinds["kill"]) == (5000, 1000, 20)
    assert killed == set(SERVICES)
    assert all(0 <= action.at <= plan.size.seconds for action in plan.actions)


def test_customers_text_in_sequence() -> None:
    plan = make_plan(1, Size())

    for customer in range(plan.customers):
        numbers = [text.number for text in plan.texts if text.customer == customer]
        assert numbers == list(range(len(numbers)))
        assert numbers


async def test_nothing_is_lost_doubled_or_left_over(tmp_path: Path) -> None:
    said: list[str] = []

    report = await run(make_plan(1, FEW), said.append, tmp_path, SHORT)

    assert report.passed, "\n".join([*said, *report.lines()])
    assert report.trouble["kill"] == 5
    assert report.books.texts == report.books.stored == 200
    assert report.books.sent_once == 40
