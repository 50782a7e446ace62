import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from dev.local_stack.supervisor import Program, StackError, Supervisor

# Writes its name into the journal when it is up and when it is told to end.
_MEMBER = """
import pathlib, signal, sys, time
journal, name = pathlib.Path(sys.argv[1]), sys.argv[2]
def write(what):
    with journal.open("a") as file: file.write(f"{what} {name}\\n")
def end(*_):
    write("ended")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print(f"{name} says hello", flush=True)
write("up")
time.sleep(600)
"""


class Recorder:
    """A Progress that remembers."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def starting(self, name: str) -> None:
        self.events.append(f"starting {name}")

    def ready(self, name: str, seconds: float) -> None:
        self.events.append(f"ready {name}")

    def stopping(self, names: Sequence[str]) -> None:
        self.events.append(f"stopping {', '.join(names)}")

    def stopped(self, seconds: float) -> None:
        self.events.append("stopped")


class Members:
    """Tiny real programs that keep a journal."""

    def __init__(self, folder: Path) -> None:
        self._journal = folder / "journal"

    def journal(self) -> list[str]:
        return self._journal.read_text().splitlines() if self._journal.exists() else []

    def program(self, name: str) -> Program:
        known = self.journal().count(f"up {name}")

        async def ready() -> None:
            # It may be up before anybody asks.
            nonlocal known
            while (ups := self.journal().count(f"up {name}")) <= known:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            known = ups

        command = [sys.executable, "-c", _MEMBER, str(self._journal), name]
        return Program(name, command, os.environ, ready)


def _failing(name: str, code: str, ready_seconds: float = 60) -> Program:
    async def never() -> None:
        await asyncio.Event().wait()

    return Program(name, [sys.executable, "-c", code], os.environ, never, ready_seconds)


@pytest.fixture
def members(tmp_path: Path) -> Members:
    return Members(tmp_path)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest_asyncio.fixture
async def supervisor(recorder: Recorder) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(progress=recorder)
    yield supervisor
    await supervisor.stop_all()


async def test_programs_are_started_in_order_and_ended_in_reverse(
    supervisor: Supervisor, members: Members, recorder: Recorder
) -> None:
    for name in ("first", "second", "third"):
        await supervisor.start(members.program(name))

    await supervisor.stop_all()
    await supervisor.stop_all()

    ups, ends = ["up first", "up second", "up third"], ["ended third", "ended second", "ended first"]
    assert members.journal() == ups + ends
    starts = [f"{what} {name}" for name in ("first", "second", "third") for what in ("starting", "ready")]
    assert recorder.events == [*starts, "stopping third, second, first", "stopped"]
    assert not supervisor.death.done()


@pytest.mark.parametrize(
    ("code", "how"),
    [
        pytest.param("import sys; print('no key'); sys.exit(7)", "newcomer ended with exit status 7", id="exits"),
        pytest.param("", "newcomer ended with exit status 0", id="exits-well-but-too-early"),
        pytest.param(
            "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "newcomer was killed by SIGSEGV", id="crashes"
        ),
    ],
)
async def test_a_program_that_dies_before_it_is_ready_is_named(supervisor: Supervisor, code: str, how: str) -> None:
    with pytest.raises(StackError) as refusal:
        await supervisor.start(_failing("newcomer", code))

    assert how in str(refusal.value)
    assert ("  no key" in str(refusal.value)) == ("no key" in code)


async def test_a_death_while_another_program_starts_is_noticed(supervisor: Supervisor, members: Members) -> None:
    await supervisor.start(members.program("database"))
    starting = asyncio.create_task(supervisor.start(_failing("service", "import time; time.sleep(600)")))

    supervisor.process("database").kill()

    with pytest.raises(StackError, match="database was killed by SIGKILL; the end of its log:\n  database says hello"):
        await starting


async def test_a_program_that_never_gets_ready_is_given_up(supervisor: Supervisor) -> None:
    with pytest.raises(StackError, match=r"slow was not ready after 0\.1 s"):
        await supervisor.start(_failing("slow", "import time; time.sleep(600)", ready_seconds=0.1))


async def test_a_program_that_does_not_exist_is_named(supervisor: Supervisor) -> None:
    async def ready() -> None: ...

    with pytest.raises(StackError, match="ghost cannot be started: there is no program no-such-program"):
        await supervisor.start(Program("ghost", ["no-such-program"], os.environ, ready))


async def test_a_death_ends_waiting_work_and_says_who(supervisor: Supervisor, members: Members) -> None:
    await supervisor.start(members.program("first"))
    await supervisor.start(members.program("second"))
    work = asyncio.create_task(supervisor.unless_death(asyncio.Event().wait()))

    supervisor.process("first").kill()

    with pytest.raises(StackError, match="first was killed by SIGKILL"):
        await work


async def test_what_is_killed_on_purpose_is_no_death_and_comes_back(supervisor: Supervisor, members: Members) -> None:
    await supervisor.start(members.program("first"))
    await supervisor.start(members.program("second"))
    pid = supervisor.process("first").pid

    await supervisor.kill("first")
    assert supervisor.process("first").exited.done()
    await supervisor.restart("first")
    await supervisor.restart("second")

    assert not supervisor.death.done()
    assert supervisor.process("first").pid != pid
    assert members.journal() == ["up first", "up second", "up first", "ended second", "up second"]


async def test_what_came_back_is_watched_again(supervisor: Supervisor, members: Members) -> None:
    await supervisor.start(members.program("first"))
    await supervisor.restart("first")

    supervisor.process("first").kill()

    assert (await supervisor.death).name == "first"


async def test_a_paused_process_is_stopped_by_the_kernel_until_resumed(
    supervisor: Supervisor, members: Members
) -> None:
    await supervisor.start(members.program("first"))
    status = Path(f"/proc/{supervisor.process('first').pid}/status")

    supervisor.pause("first")
    while "T (stopped)" not in status.read_text():  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    supervisor.resume("first")
    while "T (stopped)" in status.read_text():  # noqa: ASYNC110
        await asyncio.sleep(0.01)

    assert not supervisor.death.done()


async def test_an_unknown_name_is_refused_with_the_known_ones(supervisor: Supervisor, members: Members) -> None:
    await supervisor.start(members.program("first"))

    with pytest.raises(KeyError, match="there is no process 'frist', only first"):
        await supervisor.kill("frist")
