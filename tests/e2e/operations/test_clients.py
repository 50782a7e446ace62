"""The clients of docs/clients.md, as they stand there, with an integration's certificate: each answers every text once,
though it is killed and its service restarted."""

import asyncio
import os
import re
import shlex
import shutil
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dev.local_stack.desk import Desk, new_number
from keva.ticket.v1 import message_pb2
from tests.keva_command import keva_command

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "clients.md").read_text()
MODULES = ROOT / "docs" / "examples" / "node-responder" / "node_modules"
NODE = shutil.which("node")
_TEXTS = 3


def code(language: str) -> str:
    """The page's only block in that language."""
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(block)


def lines(language: str) -> int:
    """How many lines of it say something."""
    return sum(bool(line.strip()) for line in code(language).splitlines())


CLIENTS = [
    pytest.param("python", "answer.py", [sys.executable, "answer.py"], id="Python"),
    pytest.param(
        "js",
        "answer.js",
        [NODE or "", "answer.js"],
        id="Node.js",
        marks=pytest.mark.skipif(
            NODE is None or not MODULES.is_dir(), reason="needs Node.js, and npm ci in docs/examples/node-responder"
        ),
    ),
]


@pytest.fixture
async def tls(desk: Desk) -> Path:
    """The folder of an integration's certificate, made as the page says."""
    (line,) = re.findall(r"^ *\.venv/bin/keva (certificates .*)$", PAGE, re.MULTILINE)
    top: Path = desk.stack.state.path.parent
    process = await asyncio.create_subprocess_exec(
        *keva_command(*shlex.split(line)), cwd=top, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert await process.wait() == 0
    return top / str(line.split()[-1])


@asynccontextmanager
async def running(command: Sequence[str], folder: Path, desk: Desk, tls: Path) -> AsyncIterator[None]:
    """The client, killed at the end. It must not end before."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KEVA_")},
        "KEVA_TICKET_SERVICE": desk.stack.layout.address("ticket_service"),
        "KEVA_TLS_DIR": str(tls),
        "PROTOS": str(ROOT / "protos"),
        "PYTHONPATH": str(ROOT),
    }
    process = await asyncio.create_subprocess_exec(*command, cwd=folder, env=environment)
    try:
        yield
        assert process.returncode is None
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _until(folder: Path, desk: Desk, texts: int) -> Counter[str]:
    """The replies of each ticket, once all texts are answered and the client has written down that they are."""
    async with asyncio.timeout(90):
        while True:
            found = [message for ticket in await desk.tickets() for message in await desk.messages(ticket)]
            replies = Counter(m.text for m in found if m.direction == message_pb2.MESSAGE_DIRECTION_OUTBOUND)
            if replies.total() >= texts and (folder / "answer.token").exists():
                return replies
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(("language", "file", "command"), CLIENTS)
async def test_client_answers_each_text_once_whatever_interrupts_it(
    desk: Desk, tls: Path, tmp_path: Path, language: str, file: str, command: Sequence[str]
) -> None:
    (tmp_path / file).write_text(code(language))
    (tmp_path / "node_modules").symlink_to(MODULES)
    place = tmp_path / "answer.token"
    async with running(command, tmp_path, desk, tls):
        # It begins now: what was before is none of its business.
        async with asyncio.timeout(90):
            while not place.exists():  # noqa: ASYNC110 - another process tells no event
                await asyncio.sleep(0.02)
        written = place.read_text()
        await desk.text("x" * 1, new_number())
        await _until(tmp_path, desk, 1)
        await desk.stack.kill("ticket_service")
        await desk.stack.restart("ticket_service")
        await desk.text("x" * 2, new_number())
        await _until(tmp_path, desk, 2)
    # As if it had died before it wrote down how far it was.
    place.write_text(written)
    await desk.text("x" * 3, new_number())
    async with running(command, tmp_path, desk, tls):
        replies = await _until(tmp_path, desk, _TEXTS)
        # All of them came again before the last one.
        async with asyncio.timeout(90):
            while place.read_text() == written:  # noqa: ASYNC110 - the same
                await asyncio.sleep(0.02)
    assert replies == {f"Thank you, we have your {number} characters.": 1 for number in (1, 2, 3)}


@pytest.mark.parametrize("language", ["python", "js"])
def test_a_client_is_short_enough_to_read(language: str) -> None:
    assert lines(language) <= 40


@pytest.mark.parametrize(("language", "file", "command"), CLIENTS)
async def test_a_client_names_the_variables_that_it_lacks(
    tmp_path: Path, language: str, file: str, command: Sequence[str]
) -> None:
    (tmp_path / file).write_text(code(language))
    (tmp_path / "node_modules").symlink_to(MODULES)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KEVA_")}

    process = await asyncio.create_subprocess_exec(
        *command, cwd=tmp_path, env={**kept, "PYTHONPATH": str(ROOT)}, stderr=asyncio.subprocess.PIPE
    )
    _, error = await process.communicate()

    assert process.returncode == 1
    assert b"KEVA_TICKET_SERVICE" in error
    assert b"KEVA_TLS_DIR" in error
