"""A short run of `make chaos`, and that its plan is the seed's."""

import base64
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.chaos.plan import PRIVATE_WORD, TARGETS, Size, make_plan
from dev.chaos.run import SHORT, run
from dev.forking.client import ForkServer
from dev.leaks import Private, in_writings, log_files
from tests.in_memory import folder_in_memory

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
    assert killed == set(TARGETS)
    assert all(0 <= action.at <= plan.size.seconds for action in plan.actions)


def test_some_customers_text_two_numbers() -> None:
    plan = make_plan(1, Size())

    assert len(plan.pairs) == 5
    assert all(pair.stopped != pair.asked for pair in plan.pairs)
    assert {pair.stopped for pair in plan.pairs} | {pair.asked for pair in plan.pairs} <= set(range(plan.numbers))
    others = [*(pair.address for pair in plan.pairs), *(first.address for first in plan.first_texts)]
    assert len({*plan.addresses, *others}) == plan.customers + 5 + 50


def test_agents_send_later_cancel_and_text_first() -> None:
    plan = make_plan(1, Size())

    assert (len(plan.later), len(plan.first_texts)) == (100, 50)
    assert sum(later.cancelled is not None for later in plan.later) == 50
    assert all(later.cancelled is None or later.cancelled > 0 for later in plan.later)
    assert {first.ours for first in plan.first_texts} <= set(range(plan.numbers))


def test_customers_text_in_sequence() -> None:
    plan = make_plan(1, Size())

    for customer in range(plan.customers):
        numbers = [text.number for text in plan.texts if text.customer == customer]
        assert numbers == list(range(len(numbers)))
        assert numbers


@pytest.fixture
def folder() -> Iterator[Path]:
    with folder_in_memory() as folder:
        yield folder


async def test_nothing_is_lost_doubled_or_left_over(folder: Path, forks: ForkServer) -> None:
    said: list[str] = []

    report = await run(make_plan(1, FEW), said.append, folder, SHORT, forks.start)

    assert report.passed, "\n".join([*said, *report.lines()])
    assert report.trouble["kill"] == 5
    # And one customer who texts two numbers: two texts, STOP and START, two answers. And two who are texted first.
    assert report.books.texts == report.books.stored == 206
    # And four that leave later, as far as a service was there to take them in time; some are cancelled.
    assert report.books.sent_once == report.books.replies >= 42
    # A text has a record at least, and so has a reply.
    assert report.seen.records > 206 + 42
    assert report.seen.lives > 1
    assert report.leaks == []
    _find_what_is_planted(folder)


def _find_what_is_planted(folder: Path) -> None:
    """The search of the run would have found a line of a log, or a document, that says too much."""
    assert {path.parent for path in folder.rglob("*.log")} > {folder}
    private = Private(tokens=["0f" * 16], words=[PRIVATE_WORD], numbers=["+15559876543"])
    assert in_writings(log_files(folder), private) == []
    with (folder / "gateway.log").open("a") as log:
        log.write(f"GET /?From=%2B15559876543&Body={PRIVATE_WORD} {base64.b64encode(b'x' + b'0f' * 16).decode()}\n")
    where = "in gateway.log"
    assert in_writings(log_files(folder), private) == [
        f"an Auth Token {where}",
        f"a text {where}",
        f"a whole phone number {where}",
    ]
