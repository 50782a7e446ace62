"""`keva` forked from a process which has imported everything: most commands take less time than their imports."""

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from dev.forking.client import ForkServer

_STREAMS = ("stdin", "stdout", "stderr")


async def run_forked(
    forks: ForkServer, words: Sequence[str], folder: Path, environment: Mapping[str, str], stdin: bytes
) -> tuple[int, bytes, bytes]:
    """Runs one command in `folder`: its exit status, output and errors."""
    with TemporaryDirectory() as place, ExitStack() as closing:
        Path(place, "stdin").write_bytes(stdin)
        streams = [os.open(Path(place, name), os.O_RDWR | os.O_CREAT, 0o600) for name in _STREAMS]
        for stream in streams:
            closing.callback(os.close, stream)
        status = await forks.run(["-m", "cli", *words], environment, streams, folder)
        return status, Path(place, "stdout").read_bytes(), Path(place, "stderr").read_bytes()
