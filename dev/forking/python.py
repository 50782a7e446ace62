"""`python -m dev.forking.python SOCKET -c CODE`: what `python -c CODE` does, in a process forked from the one that
listens there. For who can only be told which Python to start."""

import os
import sys
from pathlib import Path

from dev.forking import requests


def main() -> int:
    """Waits for the program's end. Returns its exit status."""
    with requests.connect(Path(sys.argv[1])) as connection:
        requests.ask(connection, 0, requests.without_options(sys.argv[1:]), os.environ, [0, 1, 2])
        while answer := requests.receive(connection):
            kind, _, value = answer
            if kind == "ended":
                return value if value >= 0 else 128 - value
    return 1


if __name__ == "__main__":
    sys.exit(main())
