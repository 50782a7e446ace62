"""The README's shell lines, as they stand there, in a folder like a fresh clone, as somebody at a terminal types them.

What a reader puts in their place is put there: an Account SID, and Twilio's address, since the simulator stands for
Twilio. Everything else is what the README says, the services' own processes and `make` among it.
"""

import asyncio
import contextlib
import json
import os
import pty
import re
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dev.forking.client import ForkServer
from dev.local_stack.ports import free_port
from dev.local_stack.readiness import http_ok
from dev.twilio_simulator.client import SimulatorClient
from dev.twilio_simulator.control.connection import CONTROL_SETTING
from tests.in_memory import folder_in_memory

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text()
_HERE, _, _REAL = README.partition("## With a real Twilio account")
_SHELL_LINE = re.compile(r"^ {4,}((?:make |\.venv/bin/|KEVA_)\S.*)$", re.MULTILINE)

# What a reader writes their own for.
ACCOUNT_SID = "AC" + "x" * 32
TWILIO = "https://api.twilio.com"
# As they stand in the README.
PUBLIC_URL, NUMBER, OTHER_NUMBER = "https://sms.example.com", "+12065550100", "+12065550199"
CUSTOMER = "+12065550123"


def shell_lines(text: str) -> list[str]:
    """The commands among a page's indented blocks."""
    return _SHELL_LINE.findall(text.split("\n## Where to read on", maxsplit=1)[0])


TO_TRY = shell_lines(_HERE.split("## What it does")[0])
TO_SET_UP, TO_START, *TO_USE = shell_lines(_REAL)


@dataclass(frozen=True)
class Account:
    """An account at Twilio."""

    sid: str = field(default_factory=lambda: "AC" + secrets.token_hex(16))
    auth_token: str = field(default_factory=lambda: secrets.token_hex(16))


@dataclass(frozen=True)
class Clone:
    """A folder with what the repository has, and nothing that a run leaves behind."""

    folder: Path
    twilio: SimulatorClient
    # The usual ones may be another test's.
    ports: Mapping[str, str] = field(
        default_factory=lambda: {f"KEVA_{name}_PORT": str(free_port()) for name in ("GATEWAY", "CONSOLE")}
    )

    @property
    def environment(self) -> dict[str, str]:
        """A newcomer's. Wide enough that no table wraps."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("KEVA_", "PYTHON", "MAKE"))}
        return {**kept, "COLUMNS": "250", "KEVA_TWILIO_MESSAGING_URL": self.twilio.base_url, **self.ports}

    def stack(self) -> Mapping[str, str]:
        """Where everything is, while it runs."""
        stack: Mapping[str, str] = json.loads((self.folder / ".keva" / "stack.json").read_text())
        return stack

    async def run(self, line: str, account: Account | None = None) -> tuple[int, str]:
        """Types a line at a terminal, and what it asks for: its status, and all that was to be seen."""
        ours, theirs = pty.openpty()
        process = await asyncio.create_subprocess_exec(
            *("bash", "-c", self._filled_in(line, account)),
            cwd=self.folder,
            env=self.environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        typed = {b"(not shown): ": account.auth_token if account else "", b"[Y/n]: ": ""}
        seen = await asyncio.to_thread(_converse, ours, typed)
        os.close(ours)
        return await process.wait(), seen

    @contextlib.asynccontextmanager
    async def keep_running(self, line: str) -> AsyncIterator[list[str]]:
        """Types a line that stays in the foreground, goes on once it says that Keva runs, and ends it with Ctrl-C. What
        it has said until then."""
        process = await asyncio.create_subprocess_exec(
            *("bash", "-c", self._filled_in(line, None)),
            cwd=self.folder,
            env=self.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        assert process.stdout is not None
        said: list[str] = []
        try:
            async for written in process.stdout:
                said.append(written.decode())
                if "Keva is running" in said[-1]:
                    break
            assert said, line
            assert "Keva is running" in said[-1], "".join(said)
            reading = asyncio.create_task(process.stdout.read())
            yield said
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
            await process.wait()
        await reading

    def _filled_in(self, line: str, account: Account | None) -> str:
        filled = line.replace(TWILIO, self.twilio.base_url)
        return filled.replace(ACCOUNT_SID, account.sid) if account else filled


def _converse(terminal: int, typed: Mapping[bytes, str]) -> str:
    """Everything that is shown, each question answered once."""
    seen, unanswered = b"", dict(typed)
    while True:
        try:
            shown = os.read(terminal, 4096)
        except OSError:
            shown = b""
        if not shown:
            return seen.decode()
        seen += shown
        for question in [question for question in unanswered if question in seen]:
            os.write(terminal, unanswered.pop(question).encode() + b"\n")


@pytest.fixture(scope="module")
async def twilio(forks: ForkServer) -> AsyncIterator[SimulatorClient]:
    """Twilio, which is there before Keva is."""
    token, port = secrets.token_hex(16), free_port()
    command = [sys.executable, "-m", "dev.twilio_simulator", "--port", str(port), "--pace", "5"]
    environment = {**os.environ, CONTROL_SETTING: token}
    process = await forks.start("twilio", command, environment, lambda _, __: None)
    url = f"http://127.0.0.1:{port}"
    await asyncio.wait_for(http_ok(f"{url}/control/health"), 90)
    async with SimulatorClient(url, token) as client:
        yield client
    await process.stop()


@pytest.fixture
def clone(twilio: SimulatorClient) -> Iterator[Clone]:
    """What is installed and generated is as `make setup` leaves it, which takes minutes."""
    with folder_in_memory() as folder:
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
        for name in {*(file.partition("/")[0] for file in listed.splitlines()), ".venv", "keva"}:
            (folder / name).symlink_to(ROOT / name)
        # Where `make` looks for protos, it follows no links.
        (folder / "protos").unlink()
        shutil.copytree(ROOT / "protos", folder / "protos")
        up_to_date = subprocess.run(["make", "--question", ".venv/.installed"], cwd=folder, check=False).returncode == 0
        assert up_to_date, "run `make setup` first: this test would install things into your .venv"
        yield Clone(folder, twilio)


async def _open(clone: Clone, account: Account, number: str) -> None:
    """What a reader has done at Twilio. The public address leads to the gateway, as a tunnel does."""
    public_url_map = {PUBLIC_URL: clone.stack()["gateway"]}
    await clone.twilio.put_account(account.sid, account.auth_token, public_url_map=public_url_map)
    await clone.twilio.put_number(account.sid, number, sms_url="")


async def _use(clone: Clone, line: str, account: Account) -> str:
    """Types one of the lines that use Keva; a customer texts before the tickets are looked at."""
    if line.endswith("tickets list"):
        result = await clone.twilio.text(CUSTOMER, NUMBER, "hello", account_sid=account.sid)
        assert result.acknowledged, result.attempts
    status, seen = await clone.run(line, account)
    assert status == 0, f"{line}\n{seen}"
    return seen


def _number_of_ticket(listed: str) -> str:
    """The number that the list shows for the customer's ticket."""
    [row] = [row for row in listed.splitlines() if CUSTOMER in row]
    found = re.search(r"\d+", row)
    assert found
    return found[0]


def test_the_readme_has_the_lines_that_are_tried() -> None:
    commands = [re.search(r"\.venv/bin/keva (\w+ \w+|up)", line) for line in (TO_START, *TO_USE)]

    assert (TO_TRY[0], TO_SET_UP) == ("make run", "make setup")
    assert [command[1] for command in commands if command] == [
        "up",
        "twilio connect",
        "numbers list",
        "channels add",
        "numbers configure",
        "agents add",
        "tickets list",
        "tickets show",
        "tickets reply",
    ]


async def test_the_lines_run_in_an_empty_folder_with_one_account_and_with_two(clone: Clone) -> None:
    mine, another = Account(), Account()
    status, seen = await clone.run(TO_SET_UP)
    assert status == 0, seen

    async with clone.keep_running(TO_START):
        await _open(clone, mine, NUMBER)
        seen = "".join([await _use(clone, line, mine) for line in TO_USE])
        assert f"Keva answers {NUMBER} from now on" in seen
        assert "Twilio sends its texts to Keva now" in seen
        assert "DELIVERED" in seen

        # As if the second one had been connected before the number was added.
        await _open(clone, another, OTHER_NUMBER)
        await clone.twilio.put_number(mine.sid, NUMBER, sms_url="", sms_fallback_url="")
        await clone.run(f".venv/bin/keva channels remove {NUMBER} --yes")
        connect, listing, add, configure, *_ = TO_USE
        await _use(clone, connect, another)
        listed = await _use(clone, listing, mine)
        assert NUMBER in listed
        assert OTHER_NUMBER in listed
        assert f"Keva answers {NUMBER} from now on" in await _use(clone, add, mine)
        await _use(clone, configure, mine)
        status, seen = await clone.run(".venv/bin/keva doctor")
        assert status == 0, seen


async def test_the_lines_run_again_after_make_run_in_the_same_folder(clone: Clone) -> None:
    async with clone.keep_running(TO_TRY[0]) as said:
        assert "Every step came true" in "".join(said)
        for line in TO_TRY[1:]:
            status, seen = await clone.run(line)
            assert status == 0, f"{line}\n{seen}"
        demo = clone.stack()["demo"]["account_sid"]  # type: ignore[index]

    mine = Account()
    async with clone.keep_running(TO_START):
        await _open(clone, mine, NUMBER)
        shown: dict[str, str] = {}
        number = "1"
        for line in TO_USE:
            # The demo's tickets have the first numbers.
            typed = re.sub(r"(?<=show )1\b|(?<=reply )1\b", number, line)
            shown[line] = await _use(clone, typed, mine)
            if line.endswith("tickets list"):
                number = _number_of_ticket(shown[line])
        listed = next(text for line, text in shown.items() if line.endswith("numbers list"))
        assert f"The Twilio account {demo} is left out: Twilio refuses the Account SID {demo}" in listed
        assert NUMBER in listed
        status, doctor = await clone.run(".venv/bin/keva doctor")
        assert status == 1
        assert f"keva twilio disconnect {demo}" in doctor
        status, _ = await clone.run(f".venv/bin/keva twilio disconnect {demo} --yes")
