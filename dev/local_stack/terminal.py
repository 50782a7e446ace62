"""What a person sees of the local stack, and the log files that hold the rest."""

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from rich.console import Console

_NOTABLE = {"warning": "yellow", "error": "red", "critical": "red"}
_NOT_SHOWN = frozenset({"level", "event", "service", "timestamp", "request_id"})
# These do not log JSON, so that nothing tells their warnings from the rest: they stay in the log file.
_QUIET = frozenset({"mongod", "twilio_simulator"})


class Terminal:
    """Standard output, line by line, with one line that may stay open while something is being waited for."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)
        self._open = False

    def line(self, text: str = "", style: str | None = None) -> None:
        """One line, whatever characters it has."""
        self._close()
        self.console.print(text, style=style, markup=False)

    def prefixed(self, name: str, line: str, style: str | None = None) -> None:
        """A line of the process `name`."""
        self.line(f"{name:<20} | {line}", style)

    def begin(self, text: str) -> None:
        """The beginning of a line, which `finish` completes."""
        self._close()
        self.console.print(text, end=" ", markup=False)
        self._open = True

    def finish(self, subject: str, text: str) -> None:
        """The rest of the line; a line of its own, which names the subject, if another one came in between."""
        self.console.print(text if self._open else f"{subject}: {text}", markup=False)
        self._open = False

    def starting(self, name: str) -> None:
        """`name` is being started."""
        self.begin(f"starting {name} …")

    def ready(self, name: str, seconds: float) -> None:
        """`name` can be used, `seconds` after it was started."""
        self.finish(name, f"ready in {seconds:.1f} s")

    def stopping(self, names: Sequence[str]) -> None:
        """`names` are being ended, in this order."""
        self.begin(f"stopping {', '.join(names)} …")

    def stopped(self, seconds: float) -> None:
        """All have ended."""
        self.finish("all", f"done in {seconds:.1f} s")

    def _close(self) -> None:
        if self._open:
            self.console.print()
            self._open = False


class ProcessLogs:
    """A sink: every line into `<folder>/<name>.log`, and to the terminal all of them (`verbose`) or those that a person
    should see: warnings, errors and what does not look like a log line at all."""

    def __init__(self, folder: Path, terminal: Terminal, verbose: bool) -> None:
        self._folder = folder
        self._terminal = terminal
        self._verbose = verbose
        self._files: dict[str, IO[str]] = {}
        self._shown: set[str] = set()
        self._complained = False

    def __call__(self, name: str, line: str) -> None:
        """Takes one line of the process `name`. Raises nothing: what is not read on would make the process wait."""
        self._keep(name, line)
        if self._verbose:
            self._show(name, line)
        elif name not in _QUIET:
            self._show_if_notable(name, line)

    def has_shown(self, name: str) -> bool:
        """Whether the terminal has any line of the process `name`."""
        return name in self._shown

    def close(self) -> None:
        """Closes all files."""
        for file in self._files.values():
            with contextlib.suppress(OSError):
                file.close()
        self._files.clear()

    def _keep(self, name: str, line: str) -> None:
        try:
            self._file(name).write(line + "\n")
        except OSError as error:
            if not self._complained:
                self._complained = True
                why = error.strerror or "no reason is given"
                self._terminal.line(f"Logs cannot be written to {self._folder} any more: {why}", "red")

    def _file(self, name: str) -> IO[str]:
        if name not in self._files:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._files[name] = (self._folder / f"{name}.log").open("w", buffering=1)
        return self._files[name]

    def _show_if_notable(self, name: str, line: str) -> None:
        try:
            event = json.loads(line)
            level = str(event["level"])
        except (ValueError, TypeError, KeyError):
            self._show(name, line)
            return
        if level in _NOTABLE:
            self._show(name, _readable(event), _NOTABLE[level])

    def _show(self, name: str, line: str, style: str | None = None) -> None:
        self._shown.add(name)
        self._terminal.prefixed(name, line, style)


def _readable(event: dict[str, object]) -> str:
    details = " ".join(f"{key}={value}" for key, value in event.items() if key not in _NOT_SHOWN)
    return f"{str(event['level']).upper()} {event.get('event', '')} {details}".rstrip()
