"""How tests start `keva`, where they need a process to type to, to read from or to end."""

import os
import sys

# Where the process is that programs are forked from, if the test processes of a run share one.
FORKS = "KEVA_TEST_FORKS"


def keva_command(*words: str) -> list[str]:
    """The program and its arguments. Give it this repository in PYTHONPATH."""
    shared = os.environ.get(FORKS)
    forked = ["-m", "dev.forking.python", shared] if shared else []
    return [sys.executable, *forked, "-m", "cli", *words]
