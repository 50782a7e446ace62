"""What all tests share: a real mongod per test process, and fresh database names."""

import contextlib
import gc
import json
import os
import shlex
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from dev.forking.client import ForkServer, connected, fork_process
from dev.local_stack.mongod import Mongod
from dev.local_stack.ports import free_port
from dev.process_list import SERVICES
from tests.browsers import browser, open_page, troubles
from tests.databases import Databases
from tests.in_memory import RUN, folder_in_memory
from tests.keva_command import FORKS
from tests.mongo_clients import sharing
from tests.pictures import pictures

__all__ = ["browser", "open_page", "pictures", "troubles"]

_FORKED = (*SERVICES, "dev.twilio_simulator", "dev.model_simulator", "cli", "tests.started")

# The same examples in every run: a failure is news of the change, not of the dice, nor of a busy machine.
settings.register_profile("keva", derandomize=True, deadline=None)
settings.load_profile("keva")


# Which end-to-end files share a stack that is slow to start, and so one worker: by folder and name.
_SHARED = {
    "people": (
        "conversations/ai_answers",
        "conversations/concurrency",
        "conversations/forget_customer",
        "conversations/replies",
        "failures/events",
        "operations/number_setup",
    ),
    "outages": (
        "failures/outage",
        "failures/restarts",
        "operations/clients",
        "operations/keva_command",
    ),
    "strangers": (
        "security/forgeries",
        "security/fuzz",
        "security/signature_edges",
        "security/table_of_answers",
        "security/tenants",
        "security/tenants_and_secrets",
        "security/who_may_call_what",
    ),
    "impatient": (
        "conversations/long_replies",
        "conversations/media",
        "conversations/send_once",
        "failures/backfill",
    ),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Beside those of pytest."""
    parser.addoption("--pictures", metavar="FOLDER", help="where tests in a browser leave pictures of what they see")


def _file(name: str) -> str:
    folder, _, test = name.partition("/")
    return f"tests/e2e/{folder}/test_{test}.py"


_SHARED_BY = {_file(name): stack for stack, names in _SHARED.items() for name in names}
# Tests of the console share one, too, but for those that take long.
_CONSOLE = {
    "tests/e2e/console/browser/test_day.py": "a day",
    "tests/e2e/console/browser/": "browser",
    "tests/e2e/console/": "console",
}
# What takes longest begins first, so that nobody does it alone at the end; what is not here comes last.
_LONGEST = (
    "browser",
    "a day",
    "tests/e2e/failures/test_chaos.py",
    "outages",
    "impatient",
    "people",
    "strangers",
    "console",
    # These wait most of their time, while the whole stacks of others are at work.
    "tests/sms_service/use_cases/test_sending.py",
    "tests/sms_service/use_cases/test_rotation.py",
    "tests/ticket_service/background/test_outbox_relay.py",
    "tests/e2e/",
    "tests/dev/benchmark/",
    "tests/gateway/test_limits.py",
    "tests/eval/",
    "tests/sms_service/",
    "tests/ticket_service/",
    "tests/credentials_service/",
    "tests/gateway/",
    "tests/cli/",
)


def _stack_of(file: str) -> str | None:
    """The stack that the tests of a file share with those of other files, if there is one."""
    return _SHARED_BY.get(file) or next((stack for start, stack in _CONSOLE.items() if file.startswith(start)), None)


class _ByStack(LoadFileScheduling):  # type: ignore[misc]
    """Gives workers files, and those of a shared stack together."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return _stack_of(file) or file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _ByStack:
    """For `make test`."""
    return _ByStack(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: list[Any]) -> None:
    """What all workers do alike is done once: one process has collected the tests, and they are forked from it; one has
    imported the services."""
    if sys.platform != "linux":
        return
    processes = contextlib.ExitStack()
    config.add_cleanup(processes.close)
    os.environ[RUN] = str(processes.enter_context(folder_in_memory()))
    os.environ[FORKS] = str(processes.enter_context(fork_process(_FORKED)))
    paths = {**os.environ, "KEVA_TEST_PATHS": json.dumps(config.args)}
    workers = processes.enter_context(fork_process(["tests.collected"], paths))
    for spec in specs:
        spec.python = shlex.join([sys.executable, "-m", "dev.forking.python", str(workers)])


def pytest_configure() -> None:
    """Exceptions are logged as Python prints them: in colours, with all variables, one takes a second."""
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure([structlog.processors.add_log_level, renderer])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    file = item.nodeid.partition("::")[0]
    stack = _stack_of(file)
    ranks = [rank for rank, name in enumerate(_LONGEST) if (name == stack if stack else file.startswith(name))]
    return ranks[0] if ranks else len(_LONGEST)


def pytest_collection_finish() -> None:
    """What was imported and collected stays for good: no use in looking through it for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
async def mongod() -> AsyncIterator[Mongod]:
    """A mongod of this test process."""
    with folder_in_memory() as folder:
        server = await Mongod.start(folder, free_port())
        with sharing(server.uri):
            yield server
        # In good order it would write everything to disk first, for nobody.
        server.process.kill()
        await server.process.exited


@pytest.fixture(scope="session")
async def forks() -> AsyncIterator[ForkServer]:
    """Starts Keva's processes in a fraction of the time that their imports take."""
    shared = os.environ.get(FORKS)
    with contextlib.nullcontext(Path(shared)) if shared else fork_process(_FORKED) as path:
        async with connected(path, _FORKED) as server:
            yield server


@pytest.fixture(scope="session")
def databases(mongod: Mongod) -> Iterator[Databases]:
    """The databases of this test process."""
    databases = Databases(mongod.uri)
    yield databases
    databases.close()


@pytest.fixture
def database(databases: Databases, request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of a database without a document, which no other test uses meanwhile."""
    with databases.use(kind_of(request)) as name:
        yield name


def kind_of(request: pytest.FixtureRequest) -> str:
    """What a test's databases are for: those of one package of tests have the same indexes."""
    return request.path.relative_to(request.config.rootpath / "tests").parts[0]
