import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from dev.local_stack.terminal import ProcessLogs, Terminal


def _terminal() -> tuple[Terminal, io.StringIO]:
    output = io.StringIO()
    return Terminal(Console(file=output, soft_wrap=True, highlight=False)), output


def _json(level: str, event: str) -> str:
    return json.dumps({"service": "gateway", "event": event, "level": level, "timestamp": "now", "attempt": 2})


@pytest.mark.parametrize(
    ("name", "line", "shown"),
    [
        pytest.param("gateway", _json("info", "ready"), "", id="information-stays-in-the-file"),
        pytest.param("gateway", _json("warning", "slow"), "WARNING slow attempt=2", id="a-warning-is-shown"),
        pytest.param("gateway", _json("error", "broken"), "ERROR broken attempt=2", id="an-error-is-shown"),
        pytest.param(
            "gateway", "Traceback [most recent]", "Traceback [most recent]", id="what-is-no-log-line-is-shown"
        ),
        pytest.param("gateway", "[1, 2]", "[1, 2]", id="json-that-is-no-log-line-is-shown"),
        pytest.param("twilio_simulator", "listening", "", id="the-simulator-stays-in-the-file"),
    ],
)
def test_log_lines(tmp_path: Path, name: str, line: str, shown: str) -> None:
    terminal, output = _terminal()
    logs = ProcessLogs(tmp_path, terminal, verbose=False)

    logs(name, line)
    logs.close()

    assert output.getvalue() == (f"{name:<20} | {shown}\n" if shown else "")
    assert (tmp_path / f"{name}.log").read_text() == line + "\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no disk that is full")
def test_a_full_disk_loses_lines_and_nothing_else(tmp_path: Path) -> None:
    """A process whose output nobody reads any more waits, and its death would not be noticed."""
    terminal, output = _terminal()
    logs = ProcessLogs(tmp_path, terminal, verbose=False)
    (tmp_path / "gateway.log").symlink_to("/dev/full")

    for attempt in range(3):
        logs("gateway", _json("warning", f"slow {attempt}"))
    logs.close()

    complaint, *lines = output.getvalue().splitlines()
    assert complaint == f"Logs cannot be written to {tmp_path} any more: No space left on device"
    assert [line.rpartition("slow ")[2] for line in lines] == ["0 attempt=2", "1 attempt=2", "2 attempt=2"]


def test_verbose_shows_all_lines_as_they_are(tmp_path: Path) -> None:
    terminal, output = _terminal()
    logs = ProcessLogs(tmp_path, terminal, verbose=True)

    logs("gateway", _json("info", "ready"))
    logs("mongod", "hello")
    logs.close()

    assert output.getvalue() == f"gateway              | {_json('info', 'ready')}\nmongod               | hello\n"


def test_progress_takes_one_line_unless_something_comes_in_between() -> None:
    terminal, output = _terminal()

    terminal.starting("mongod")
    terminal.ready("mongod", 1.23)
    terminal.starting("gateway")
    terminal.prefixed("ticket_service", "WARNING slow")
    terminal.ready("gateway", 0.5)

    assert output.getvalue().splitlines() == [
        "starting mongod … ready in 1.2 s",
        "starting gateway … ",
        "ticket_service       | WARNING slow",
        "gateway: ready in 0.5 s",
    ]
