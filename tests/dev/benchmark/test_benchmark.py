"""Benchmarks of a few texts, with everything real."""

import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from dev.benchmark.arguments import mix, parse, series
from dev.benchmark.folder import RESULTS, ResultFolder
from dev.benchmark.mix import Mix
from dev.benchmark.parts import Parts
from dev.benchmark.replies import Batch
from dev.benchmark.throughput import LEVELS, Level, Series
from dev.local_stack.forking import ForkServer


@pytest.fixture
def console() -> Console:
    return Console(record=True, width=200)


@pytest.fixture
def parts(console: Console, tmp_path: Path, forks: ForkServer) -> Parts:
    return Parts(console, ResultFolder(tmp_path, forks.start))


def results(folder: Path) -> dict[str, Any]:
    """What was kept."""
    kept: dict[str, Any] = json.loads((folder / RESULTS).read_text())
    return kept


async def test_speed_of_keva_and_the_floor(parts: Parts, console: Console, tmp_path: Path) -> None:
    short = Series([Level(at_once=4)], repetitions=1, seconds=0.5, warm_seconds=0.1, rest_seconds=0.1)

    right = await parts.speed(short)

    printed = console.export_text()
    runs = results(tmp_path)["throughput"]["runs"]
    assert right, printed
    assert "Every text was answered 200 and is stored once." in printed
    assert [(run["who"], run["level"]) for run in runs] == [("keva", "4 at once"), ("floor", "4 at once")]
    assert all(run["stored"] == run["result"]["answers"]["200"] > 0 for run in runs)
    assert {"ticket_service", "mongod", "generator"} <= runs[0]["cpu_ms_per_text"].keys()
    assert results(tmp_path)["throughput"]["memory_mib"]["gateway"] > 0
    assert (tmp_path / "speed.svg").read_text().startswith("<svg ")
    # Logs stay, databases do not.
    assert [path.name for path in (tmp_path / "speed").iterdir() if path.is_dir()] == []
    assert (tmp_path / "speed" / "gateway.log").exists()


async def test_busy_minute_and_replies(parts: Parts, console: Console, tmp_path: Path) -> None:
    calm = Mix(seconds=1, texts_per_second=10, replies_per_second=5, customers=6, busy=2)

    clean = [await parts.mix(calm), await parts.replies(Batch(single=1, many=6))]

    printed = console.export_text()
    kept = results(tmp_path)
    assert clean == [True, True], printed
    assert kept["mix"]["replies"] == {"accepted": 5}
    # Sent and delivered, each reported twice.
    assert sum(kept["mix"]["reports"].values()) == 5 * 4
    assert (kept["replies"]["accepted"]["count"], kept["replies"]["answers"]) == (1, {"accepted": 6})


def test_all_usual_parts_unless_one_is_named() -> None:
    assert parse([]).part == "all"
    assert parse(["--repetitions", "3", "--seconds", "4"]).repetitions == 3
    assert parse(["mix", "--busy", "60"]).part == "mix"


def test_series_is_what_is_asked_for() -> None:
    assert series(parse([])) == Series(replicas=1)
    assert series(parse([])).levels == LEVELS
    assert series(parse(["speed", "--at-once", "8", "--replicas", "2"])) == Series([Level(at_once=8)], replicas=2)


def test_mix_is_what_is_asked_for() -> None:
    assert mix(parse(["mix"])) == Mix()
    assert mix(parse(["mix", "--ai", "--callbacks-once"])) == Mix(with_ai=True, callbacks_twice=False)
