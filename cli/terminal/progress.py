"""How far a command is, on standard error: a bar on a terminal, a line now and then elsewhere."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cli.terminal import output

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


class Progress:
    """Use it with `with`; `show` as often as there is news. The bar is gone when the command goes on."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._bar = _bar() if sys.stderr.isatty() else None
        self._task = self._bar.add_task(what, total=None) if self._bar else None

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def show(self, done: int, total: int, unit: str = "") -> None:
        """So much of it is done, in `unit`, if it is none of records. `total` may turn out to be wrong, and
        changes on the way."""
        total = max(done, total)
        if self._bar and self._task is not None:
            self._bar.update(self._task, completed=done, total=total)
        else:
            output.remark(f"… {self._what}: {done}{unit} of {total}{unit}")


def _bar() -> "Bar":
    # Only a terminal needs it, and it takes long to import.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
