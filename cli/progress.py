"""A progress bar beside a command's output, on standard error; where that is no terminal, nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class Bar:
    """How far something is."""

    def __init__(self, progress: Progress, description: str) -> None:
        self._progress = progress
        self._task = progress.add_task(description, total=None)

    def show(self, done: int, total: int) -> None:
        """`done` of `total`."""
        # What was added since it began would not fit into it.
        self._progress.update(self._task, completed=min(done, total), total=total)


@contextmanager
def bar(description: str) -> Iterator[Bar]:
    """A bar for as long as the block runs."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        yield Bar(progress, description)
