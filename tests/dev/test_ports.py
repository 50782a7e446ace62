"""Ports are given to one process alone."""

import contextlib
import socket
import struct
import subprocess
import sys

import pytest

from dev.local_stack import ports
from dev.local_stack.ports import Moved, free_port
from dev.local_stack.supervisor import StackError

ASK_FOR = "import sys; from dev.local_stack.ports import free_port; print(free_port(int(sys.argv[1])))"


def test_a_port_that_this_process_was_given_is_no_other_processs_though_nobody_listens_yet() -> None:
    ours = free_port()

    theirs = subprocess.run([sys.executable, "-c", ASK_FOR, str(ours)], capture_output=True, text=True, check=True)

    assert int(theirs.stdout) not in {0, ours}


def test_a_port_is_given_once() -> None:
    ports = [free_port() for _ in range(150)]

    assert len({*ports}) == 150
    assert free_port(ports[0]) != ports[0]


# Of Linux 6.3 and newer: the ports of which an outgoing connection may take one.
_IP_LOCAL_PORT_RANGE = 51


def _connect_from(port: int, listener: socket.socket) -> int:
    """The port that the kernel gives to a connection, when it may choose this one alone."""
    with socket.socket() as outgoing:
        try:
            outgoing.setsockopt(socket.IPPROTO_IP, _IP_LOCAL_PORT_RANGE, struct.pack("I", (port << 16) | port))
        except OSError:
            pytest.skip("this kernel cannot be told which port to choose")
        outgoing.connect(listener.getsockname())
        return int(outgoing.getsockname()[1])


def test_a_port_that_people_know_is_given_to_no_outgoing_connection_and_can_be_listened_on() -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listener:
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as ephemeral:
            known = int(ephemeral.getsockname()[1])
        assert _connect_from(known, listener) == known

        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as ephemeral:
            known = int(ephemeral.getsockname()[1])
        assert free_port(known) == known
        with pytest.raises(OSError, match="Cannot assign"):
            _connect_from(known, listener)
        socket.create_server(("127.0.0.1", known)).close()


def test_the_usual_port_that_is_taken_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "USUAL", {"gateway": 8080, "mongod": 27117})

    assert ports.moved({"gateway": 21446, "mongod": 27117}, {}) == [Moved("gateway", 8080, 21446)]
    assert ports.moved({"gateway": 21446}, {"gateway": 21446}) == []
    ports.require_usual([Moved("mongod", 27117, 21446)])
    with pytest.raises(StackError, match=r"Port 8080 is taken.*KEVA_GATEWAY_PORT"):
        ports.require_usual([Moved("gateway", 8080, 21446)])


def test_taken_ports_beside_those_of_a_processs_work_are_named_and_stop_nothing() -> None:
    found = ports.moved(ports.USUAL, {}, {"gateway": 21446, "console": 3, "mongod": 4}, {"console": 21447})

    assert found == [Moved("gateway (health)", 8081, 21446), Moved("console (gRPC)", 50055, 21447)]
    ports.require_usual(found)


def test_a_port_that_a_setting_names_is_used_or_refused() -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listener:
        taken = str(listener.getsockname()[1])
        with pytest.raises(StackError, match=f"Port {taken}, which KEVA_GATEWAY_PORT names, is taken"):
            ports.given_ports({"KEVA_GATEWAY_PORT": taken})
    assert ports.given_ports({"KEVA_GATEWAY_PORT": taken, "KEVA_CONSOLE_PORT": ""}) == {"gateway": int(taken)}
    for text in ("x", "0", "65536", "-1"):
        with pytest.raises(StackError, match="should be a port"):
            ports.given_ports({"KEVA_CONSOLE_PORT": text})
