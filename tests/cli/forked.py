"""`keva` in a process of its own, forked from one which has imported everything: most commands take less time than
their imports.

`python -m tests.cli.forked` is that process. It reads a command per line, as JSON, and writes a line as each one ends.
"""

import asyncio
import contextlib
import importlib
import io
import itertools
import json
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[2]
_STREAMS = ("stdin", "stdout", "stderr")


class Forked:
    """Runs commands."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._numbers = itertools.count()
        self._ends: dict[int, asyncio.Future[int]] = {}

    async def run(
        self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], stdin: bytes
    ) -> tuple[int, bytes, bytes]:
        """Runs one command in `folder`: its exit status, output and errors."""
        assert self._process.stdin is not None
        number = next(self._numbers)
        ended = self._ends[number] = asyncio.get_running_loop().create_future()
        with TemporaryDirectory() as streams:
            Path(streams, "stdin").write_bytes(stdin)
            command = [number, list(arguments), str(folder), dict(environment), streams]
            self._process.stdin.write(json.dumps(command).encode() + b"\n")
            status = await ended
            return status, Path(streams, "stdout").read_bytes(), Path(streams, "stderr").read_bytes()

    async def watch(self) -> None:
        """Until the process is gone."""
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            number, status = json.loads(line)
            self._ends.pop(number).set_result(status)


@contextlib.asynccontextmanager
async def forking() -> AsyncIterator[Forked]:
    """The process, as long as the context."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.cli.forked"), cwd=ROOT, env={"PATH": os.environ["PATH"]}, stdin=PIPE, stdout=PIPE
    )
    forked = Forked(process)
    watching = asyncio.create_task(forked.watch())
    yield forked
    assert process.stdin is not None
    process.stdin.close()
    await watching
    await process.wait()


def _serve() -> None:
    from cli.__main__ import main

    # What is imported when it is first needed.
    for group in [path.stem for path in (ROOT / "cli" / "commands").iterdir() if not path.name.startswith("_")]:
        importlib.import_module(f"cli.commands.{group}")
    for module in ("cli.doctor.report", "cli.session", "cli.terminal.output"):
        importlib.import_module(module)
    sys.argv = ["keva", "tickets", "list", "--help"]
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())):
        main()
    # Those who wait for the commands are nobody's business.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin.buffer:
        number, *command = json.loads(line)
        if not os.fork():
            os._exit(_wait_for(number, *command))


def _wait_for(number: int, *command: Any) -> int:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if not child:
        _run(*command)
    _, status = os.waitpid(child, 0)
    os.write(1, json.dumps([number, os.waitstatus_to_exitcode(status)]).encode() + b"\n")
    return 0


def _run(arguments: list[str], folder: str, environment: dict[str, str], streams: str) -> None:
    for number, (name, mode) in enumerate(zip(_STREAMS, "rww", strict=True)):
        os.dup2(os.open(Path(streams, name), os.O_RDWR | os.O_CREAT, 0o600), number)
        setattr(sys, name, _text(io.FileIO(number, mode)))
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = ["keva", *arguments]
    from cli.__main__ import main

    main()


def _text(file: io.FileIO) -> io.TextIOWrapper:
    buffered = io.BufferedReader(file) if file.readable() else io.BufferedWriter(file)
    return io.TextIOWrapper(buffered, encoding="utf-8", line_buffering=file.fileno() == 2)


if __name__ == "__main__":
    _serve()
