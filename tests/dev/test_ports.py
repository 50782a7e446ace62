"""Ports are given to one process alone."""

import subprocess
import sys

from dev.local_stack.ports import free_port

ASK_FOR = "import sys; from dev.local_stack.ports import free_port; print(free_port(int(sys.argv[1])))"


def test_a_port_that_this_process_was_given_is_no_other_processs_though_nobody_listens_yet() -> None:
    ours = free_port()

    theirs = subprocess.run([sys.executable, "-c", ASK_FOR, str(ours)], capture_output=True, text=True, check=True)

    assert int(theirs.stdout) not in {0, ours}


def test_a_port_is_given_once() -> None:
    ports = [free_port() for _ in range(150)]

    assert len({*ports}) == 150
    assert free_port(ports[0]) != ports[0]
