"""Benchmarks of a few texts, with everything real, on one Keva: starting it takes longer than they do."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from rich.console import Console

from dev.benchmark.arguments import mix, parse, series
from dev.benchmark.folder import RESULTS, ResultFolder
from dev.benchmark.growth.desks import fill
from dev.benchmark.growth.filling import customer_of
from dev.benchmark.growth.pages import Pages
from dev.benchmark.growth.questions import Questions
from dev.benchmark.keva import Keva, Place
from dev.benchmark.load.texts import customer_address
from dev.benchmark.mix import Mix
from dev.benchmark.overload import ENVIRONMENT, Overload
from dev.benchmark.parts import Parts
from dev.benchmark.replies import Batch
from dev.benchmark.throughput import LEVELS, Level, Series
from dev.forking.client import ForkServer
from dev.local_stack.accounts import ORGANIZATION
from keva.ticket.v1 import audit_service_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb

_SIZE = 40


@pytest_asyncio.fixture(scope="module")
async def keva(tmp_path_factory: pytest.TempPathFactory, forks: ForkServer) -> AsyncIterator[Keva]:
    """A running one, whose number may send as fast as a short code."""
    place = Place(tmp_path_factory.mktemp("benchmark"), forks.start)
    async with place.keva(environment=ENVIRONMENT, segments_per_second=100.0) as keva:
        yield keva


class _SharedPlace(Place):
    """Has `shared` already."""

    def __init__(self, folder: Path, shared: Keva) -> None:
        super().__init__(folder)
        self._shared = shared

    @asynccontextmanager
    async def keva(
        self, replicas: int = 1, environment: Mapping[str, str] | None = None, **channel: Any
    ) -> AsyncIterator[Keva]:
        yield self._shared


@pytest.fixture
def console() -> Console:
    return Console(record=True, width=200)


@pytest.fixture
def parts(console: Console, tmp_path: Path, keva: Keva) -> Parts:
    return Parts(console, ResultFolder(tmp_path, lambda folder: _SharedPlace(folder, keva)))


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


async def test_more_texts_than_there_is_room_for(parts: Parts, console: Console, tmp_path: Path) -> None:
    short = Overload(seconds=0.5, missed=20, best_seconds=0.2, warm_seconds=0.1, probe_seconds=0.5)

    clean = await parts.overload(short)

    kept = results(tmp_path)["overload"]
    assert clean, console.export_text()
    assert kept["stored"] >= kept["result"]["answers"]["200"] > 0
    # However soon: on a busy machine all are found before anybody has looked once.
    assert kept["found_in_seconds"] is not None


async def test_keva_goes_on_with_tickets_that_were_filled_in(keva: Keva) -> None:
    reached: list[int] = []

    numbers = await fill(keva, _SIZE, reached.append)

    assert (len(numbers), reached) == (_SIZE, [_SIZE])
    states = {(await keva.desk.ticket(address)).state: address for address in map(_address, range(_SIZE))}
    closed, opened, answered = (
        states[state] for state in (pb.TICKET_STATE_CLOSED, pb.TICKET_STATE_OPEN, pb.TICKET_STATE_PENDING)
    )
    for customer, count in ((closed, 2), (opened, 1), (answered, 1)):
        assert (await keva.desk.text("and now?", customer)).acknowledged
        assert len(await keva.desk.tickets(customer)) == count
    assert (await keva.desk.ticket(answered)).state == pb.TICKET_STATE_OPEN
    await keva.desk.until_delivery(await keva.desk.reply(await keva.desk.ticket(opened), "hi"))
    chains = audit_service_pb2.VerifyAuditTrailRequest(organization_id=ORGANIZATION)
    assert list((await keva.running.clients.audit.VerifyAuditTrail(chains, timeout=90)).breaks) == []
    questions, pages = Questions(keva.desk, numbers), Pages(keva.running, numbers)
    for _ in range(2):
        await questions.ask(1)
        await pages.open(1)
    assert [name for name, answer in questions.answers.items() if answer.failed or not answer.found] == []
    assert [name for name, page in pages.times.items() if page.failed or page.latency.count != 2] == []


def _address(i: int) -> str:
    return customer_address(customer_of(i))


def test_databases_go_and_logs_stay(tmp_path: Path) -> None:
    with ResultFolder(tmp_path).stack("speed"):
        for file in ("speed/.keva/mongodb/a", "speed/gateway.log"):
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).touch()

    assert [path.name for path in (tmp_path / "speed").iterdir()] == ["gateway.log"]


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
