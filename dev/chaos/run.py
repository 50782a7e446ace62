"""One run: start a whole Keva, load it, disturb it, wait until it is quiet, and reconcile."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import grpc

from dev.chaos.load import Load
from dev.chaos.plan import PRIVATE_WORD, SERVICES, Plan
from dev.chaos.reconcile import Books, reconcile
from dev.chaos.report import Report
from dev.chaos.trouble import Trouble
from dev.chaos.unsent import where_they_rest
from dev.chaos.watcher import Watcher
from dev.leaks import Private, dump, in_databases, in_writings, log_files
from dev.load_balancer import LoadBalancer
from dev.local_stack.desk import Desk, RunningStack
from dev.local_stack.ports import free_port
from dev.local_stack.processes import ChildProcess, Launch

Say = Callable[[str], None]

# Shorter waits than in production, so that a run takes minutes; they change nothing about what is promised.
SETTINGS = {
    "KEVA_PUBLIC_URL": "https://sms.keva.example",
    "KEVA_BACKFILL_INTERVAL_SECONDS": "5",
    "KEVA_BACKFILL_GRACE_SECONDS": "5",
    "KEVA_DELIVERY_CHECK_SECONDS": "5",
    "KEVA_TWILIO_TIMEOUT_SECONDS": "2",
    "KEVA_SEND_LEASE_SECONDS": "6",
    "KEVA_SEND_SETTLE_SECONDS": "12",
}
_RATE = 1000.0
_QUIET_WITHIN_SECONDS = 180.0
_PROGRESS_SECONDS = 10.0
# So many unsent replies are looked at, one by one.
_DESCRIBED = 10


@dataclass(frozen=True)
class Patience:
    """The services' settings for waiting; and after how many seconds of quiet everything is checked once more: longer
    than a reply in doubt waits before it is sent again, and than the next comparison takes."""

    settings: Mapping[str, str]
    later_seconds: float


USUAL = Patience(SETTINGS, later_seconds=20)
SHORT = Patience(
    {**SETTINGS, "KEVA_BACKFILL_INTERVAL_SECONDS": "2", "KEVA_BACKFILL_GRACE_SECONDS": "2"}
    | {"KEVA_SEND_LEASE_SECONDS": "4.5", "KEVA_SEND_SETTLE_SECONDS": "5"},
    later_seconds=7,
)


async def run(
    plan: Plan,
    say: Say,
    folder: Path | None = None,
    patience: Patience = USUAL,
    launch: Launch = ChildProcess.start,
) -> Report:
    """Raises StackError when a process ends by itself. `folder`: where the logs go, a new one unless given. `launch`:
    what starts the processes."""
    folder = folder or Path(tempfile.mkdtemp(prefix=f"keva-chaos-{plan.seed}-"))
    size = plan.size
    say(f"seed {plan.seed}: {size.texts} texts, {size.replies} replies, {size.kills} kills; logs in {folder}")
    replicas = {} if size.replicas == 1 else dict.fromkeys(SERVICES, size.replicas)
    settings = patience.settings
    arguments: dict[str, Any] = {"environment": settings, "replicas": replicas, "simulator_arguments": ["--pace", "20"]}
    async with (
        RunningStack.start(folder, _log_files(folder), launch, **arguments) as running,
        LoadBalancer(running.stack.layout.health_addresses("gateway"), free_port()) as balancer,
    ):
        desks = [await _open_desk(running, balancer, trial=number % 2 == 1) for number in range(plan.numbers)]
        return await _run_on(running, desks, plan, say, patience.later_seconds, folder)


async def _open_desk(running: RunningStack, balancer: LoadBalancer, trial: bool) -> Desk:
    """A desk whose webhooks and callbacks go to all gateways; with a `trial` account Twilio marks its replies."""
    desk = await running.open_desk(segments_per_second=_RATE)
    account = desk.account
    where = {running.stack.public_url: balancer.url}
    await running.simulator.put_account(account.account_sid, account.auth_token, public_url_map=where, trial=trial)
    return desk


def _log_files(folder: Path) -> Callable[[str, str], None]:
    def write(name: str, line: str) -> None:
        with (folder / f"{name}.log").open("a") as file:
            file.write(line + "\n")

    return write


async def _run_on(
    running: RunningStack, desks: list[Desk], plan: Plan, say: Say, later_seconds: float, folder: Path
) -> Report:
    load, trouble, watcher = Load(desks, plan), Trouble(running, plan), Watcher(running.clients, plan.seed)
    await watcher.begin()
    watching = asyncio.create_task(watcher.run())
    started = time.monotonic()
    progress = asyncio.create_task(_tell(load, trouble, plan, say))
    try:
        await asyncio.gather(load.run(), trouble.make())
    finally:
        progress.cancel()
    await running.simulator.clear_faults()
    over = time.monotonic()
    books = await _until_quiet(desks, running, load, say)
    quiet = time.monotonic()
    if books.quiet:
        say(f"  quiet; whether something comes twice shows in {later_seconds:.0f} s")
        await asyncio.sleep(later_seconds)
        books = await reconcile(desks, running.simulator, load.written, load.hasty)
    watching.cancel()
    seen = await watcher.seen()
    private, pages = _private(desks, plan), await _metrics(running)
    leaks = await asyncio.to_thread(_leaks, running.stack.mongodb_uri, {**log_files(folder), **pages}, private)
    times = (over - started, quiet - over)
    open_ones = [*books.unsent, *books.not_cancelled][:_DESCRIBED]
    resting = await asyncio.to_thread(where_they_rest, running.stack.mongodb_uri, open_ones, datetime.now(UTC))
    said = (load.acknowledged[True], trouble.done)
    return Report(plan, books, *said, *times, leaks, seen, load.broken, load.written, resting)


def _private(desks: list[Desk], plan: Plan) -> Private:
    accounts = [desk.account for desk in desks]
    others = [*(pair.address for pair in plan.pairs), *(first.address for first in plan.first_texts)]
    numbers = [*plan.addresses, *others, *(account.phone_number for account in accounts)]
    return Private([account.auth_token for account in accounts], [PRIVATE_WORD], numbers)


async def _metrics(running: RunningStack) -> dict[str, bytes]:
    """What Prometheus would read, by process."""
    pages = {}
    async with aiohttp.ClientSession() as http:
        for name, url in running.stack.layout.metrics_urls().items():
            async with http.get(url) as answer:
                pages[f"{name}'s metrics"] = await answer.read()
    assert all(b"keva_" in page for page in pages.values())
    return pages


def _leaks(mongodb_uri: str, written: Mapping[str, bytes], private: Private) -> list[str]:
    return [*in_databases(dump(mongodb_uri), private), *in_writings(written, private)]


async def _tell(load: Load, trouble: Trouble, plan: Plan, say: Say) -> None:
    while True:
        await asyncio.sleep(_PROGRESS_SECONDS)
        texts = sum(load.acknowledged.values())
        say(
            f"  {texts} of {plan.size.texts} texts, {len(load.written.accepted)} of {plan.size.replies} replies, "
            f"{trouble.done['kill']} of {plan.size.kills} kills"
        )


async def _until_quiet(desks: list[Desk], running: RunningStack, load: Load, say: Say) -> Books:
    """The books once nothing more is to come, or as they are when it takes too long."""
    deadline = time.monotonic() + _QUIET_WITHIN_SECONDS
    while True:
        try:
            books = await reconcile(desks, running.simulator, load.written, load.hasty)
        except grpc.aio.AioRpcError as error:
            say(f"  the database cannot be read yet: {error.code().name}")
            books = None
        if books is not None and (books.quiet or time.monotonic() > deadline):
            return books
        if books is not None:
            say(f"  to come: {len(books.lost)} texts, {len(books.unsent)} replies, {len(books.unsettled)} deliveries")
        await asyncio.sleep(2)
