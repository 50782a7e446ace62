"""`python -m dev.forking.python SOCKET ARGUMENTS…`: what `python ARGUMENTS…` does, in a process forked from the one
that listens there. For who can only start programs."""

import os
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
    return 1


if __name__ == "__main__":
    sys.exit(main())
