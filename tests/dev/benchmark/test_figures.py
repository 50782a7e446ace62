"""What is made of figures once they are measured."""

from typing import Any

import pytest

from dev.benchmark.compare import change, comparison
from dev.benchmark.figures import Spread, percentile, plain, ratios
from dev.benchmark.load.orders import Latency, Result
from dev.benchmark.metrics import counters_of
from dev.benchmark.overload import Overload, OverloadResult
from dev.benchmark.plot import picture
from dev.benchmark.summary import by_service, foreign, per_text, summaries, wrong
from dev.benchmark.tables import growth
from dev.benchmark.words import bad_ranges, foreign_line, overload_lines


@pytest.mark.parametrize(("share", "expected"), [(0.5, 51), (0.9, 91), (0.99, 100), (1.0, 100), (0.0, 1)], ids=str)
def test_percentile_of_one_to_a_hundred(share: float, expected: float) -> None:
    assert percentile(list(range(1, 101)), share) == expected


def test_percentile_of_nothing_is_nothing() -> None:
    assert percentile([], 0.5) == 0


def test_ratios_are_made_within_a_repetition() -> None:
    assert ratios([10, 40, 90], [10, 20, 30]) == Spread(2, 1, 3)


def test_ratios_to_nothing_are_nothing() -> None:
    assert ratios([10, 40], [0, 0]) == Spread(0, 0, 0)
    assert ratios([10, 40], [0, 20]) == Spread(2, 2, 2)


@pytest.mark.parametrize(
    ("value", "text"), [(1234.5, "1234"), (99.96, "100.0"), (12.34, "12.3"), (0.1234, "0.12")], ids=str
)
def test_three_digits_count(value: float, text: str) -> None:
    assert plain(value) == text


def run(who: str, repetition: int, rate: float, stored: int = 10, **answers: int) -> dict[str, Any]:
    """As results.json has it."""
    return {
        "who": who,
        "level": "8 at once",
        "repetition": repetition,
        "result": {"answers": answers or {"200": 10}, "rate": rate, "latency": {"p50": 5.0, "p99": 9.0}},
        "stored": stored,
        "foreign_share": 0.01,
        "per_text": {"keva_transactions_total": rate / 100},
        "cpu_ms_per_text": {"gateway-1": 1.0, "gateway-2": 2.0} if who == "keva" else {"floor": 0.5},
    }


RUNS_OF_SIZES = {
    1000: [run("keva", 0, 100), run("keva", 1, 200)],
    1_000_000: [run("keva", 1, 100), run("keva", 0, 80)],
}
RUNS = [run("floor", 0, 100), run("keva", 0, 50), run("keva", 1, 90), run("floor", 1, 300)]


def test_summary_has_ratios_and_the_sum_over_replicas() -> None:
    (level,) = summaries(RUNS)

    assert level.keva["rate"] == Spread(70, 50, 90)
    assert level.of_floor["rate"] == Spread(0.4, 0.3, 0.5)
    assert level.cpu == {"gateway": 3.0}
    assert level.floor_cpu == {"floor": 0.5}


def test_counters_are_kevas_alone() -> None:
    assert per_text(RUNS) == {"8 at once": {"keva_transactions_total": pytest.approx(0.7)}}


@pytest.mark.parametrize(("share", "said"), [(0.01, "next to nothing"), (0.4, "NOT TO BE TRUSTED")], ids=str)
def test_others_who_use_the_processor_are_named(share: float, said: str) -> None:
    assert said in foreign_line(foreign([{**one, "foreign_share": share} for one in RUNS]))


def test_nothing_is_wrong_where_every_text_is_stored() -> None:
    assert wrong(RUNS) == []


def test_refused_texts_and_lost_ones_are_named() -> None:
    refused = run("keva", 0, 50, **{"200": 10, "503": 2})
    lost = run("keva", 1, 50, stored=9)

    assert wrong([refused, lost]) == [
        "keva, 8 at once, repetition 1: answered other than 200: {'503': 2}",
        "keva, 8 at once, repetition 2: 10 answered 200, 9 stored",
    ]


def test_runs_without_an_answer_are_named_and_shown() -> None:
    refused = run("floor", 0, 0, stored=0, **{"503": 7})

    assert summaries([run("keva", 0, 50), refused])[0].of_floor["rate"] == Spread(0, 0, 0)
    assert wrong([refused]) == [
        "floor, 8 at once, repetition 1: answered other than 200: {'503': 7}",
        "floor, 8 at once, repetition 1: none was answered 200 in time, so nothing is measured",
    ]


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        pytest.param(Spread(1, 0.9, 1.1), Spread(2, 1.9, 2.1), "1.00 -> 2.00 (x 2.00) *", id="apart"),
        pytest.param(Spread(1, 0.9, 1.95), Spread(2, 1.9, 2.1), "1.00 -> 2.00 (x 2.00)", id="ranges touch"),
        pytest.param(Spread(0, 0, 0), Spread(2, 1.9, 2.1), "0.00 -> 2.00 *", id="from nothing"),
    ],
)
def test_change_is_marked_where_ranges_do_not_touch(old: Spread, new: Spread, text: str) -> None:
    assert change(old, new) == text


def test_comparison_has_the_levels_of_both() -> None:
    other = {"throughput": {"runs": [{**one, "level": "1 at once"} for one in RUNS] + RUNS}}

    assert comparison({"throughput": {"runs": RUNS}}, other).row_count == 1


def test_picture_has_every_level() -> None:
    drawn = picture(summaries(RUNS))

    assert drawn.startswith("<svg ")
    assert drawn.count(">8 at once<") == 2


def test_replicas_are_summed_and_other_processes_are_not() -> None:
    assert by_service({"a": 1, "b-1": 2, "b-2": 3}) == {"a": 1, "b": 5}


def test_counters_of_transactions_are_read() -> None:
    page = "\n".join(
        [
            "# TYPE keva_transaction_conflicts_total counter",
            'keva_transaction_conflicts_total{what="ingest"} 3.0',
            "# TYPE keva_transaction_conflicts_created gauge",
            'keva_transaction_conflicts_created{what="ingest"} 1.7e9',
            "# TYPE keva_webhooks_total counter",
            "keva_webhooks_total 5.0",
            "# TYPE keva_transactions_open gauge",
            "keva_transactions_open 5.0",
            "",
        ]
    )

    assert counters_of(page) == {"keva_transaction_conflicts_total{what=ingest}": 3}


@pytest.mark.parametrize(
    ("missed", "found", "clean", "said"),
    [
        (20, 0.0, True, "20 stored after 0 s"),
        (20, 2.5, True, "20 stored after 2.5 s"),
        (20, None, False, "20 NOT FOUND"),
        (0, None, True, "none"),
    ],
    ids=str,
)
def test_texts_that_are_found_at_once_are_found(missed: int, found: float | None, clean: bool, said: str) -> None:
    latency = Latency(10, 1.0, 2.0, 3.0, 4.0)
    load = Result({"200": 10}, 1.0, 10.0, latency, latency, 0.1, 3, [])
    result = OverloadResult(
        overload=Overload(missed=missed),
        best=10.0,
        asked=30.0,
        result=load,
        stored=10,
        probes=load,
        well_after_seconds=0,
        found_in_seconds=found,
        foreign_share=0.0,
    )

    assert result.is_clean is clean
    assert f"  missed    {said}" in overload_lines(result)


def test_bad_seconds_are_ranges() -> None:
    assert bad_ranges([7, 8, 9, 12]) == "7 to 9, 12"


def test_growth_is_seen_beside_the_smallest_size_in_the_same_repetition() -> None:
    table = growth([{"tickets": tickets, "runs": RUNS_OF_SIZES[tickets]} for tickets in RUNS_OF_SIZES])

    cells = [list(column.cells) for column in table.columns]
    assert cells == [["8 at once"], ["150/s; 1.00 (1.00 to 1.00); 3.00 ms"], ["90.0/s; 0.65 (0.50 to 0.80); 3.00 ms"]]
