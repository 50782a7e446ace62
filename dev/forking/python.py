"""`python -m dev.forking.python SOCKET ARGUMENTS…`: what `python ARGUMENTS…` does, in a process forked from the one
that listens there. For who can only start programs."""

import contextlib
import os
import signal
import sys
from pathlib import Path

from dev.forking import requests


def main() -> int:
    """Waits for the program's end. Returns its exit status."""
    with requests.connect(Path(sys.argv[1])) as connection:
        requests.ask(connection, 0, requests.without_options(sys.argv[1:]), os.environ, [0, 1, 2], Path.cwd())
        while answer := requests.receive(connection):
            kind, _, value = answer
            if kind == "ended":
                return value if value >= 0 else 128 - value
            _pass_on_interrupts(value)
    return 1


def _pass_on_interrupts(pid: int) -> None:
    """Ctrl-C is for the program, which may end as it likes."""

    def pass_on(number: int, _: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)

    signal.signal(signal.SIGINT, pass_on)


if __name__ == "__main__":
    sys.exit(main())
