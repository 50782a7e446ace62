"""Where a benchmark's results go."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dev.benchmark import machine
from dev.benchmark.keva import Place

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

RESULTS = "results.json"


class ResultFolder:
    """`path` gets results.json, which is written again after each part, plots, and the logs of all processes."""

    def __init__(self, path: Path, place: Callable[[Path], Place] = Place) -> None:
        self.path = path
        self._place = place
        path.mkdir(parents=True, exist_ok=True)
        self._results: dict[str, Any] = {"time": datetime.now(UTC).isoformat(), "machine": machine.description()}

    @classmethod
    def at(cls, path: Path | None) -> "ResultFolder":
        """`.keva/benchmark/<time>/` unless `path` says another one."""
        return cls(path or Path(".keva", "benchmark", datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S")))

    @contextmanager
    def stack(self, name: str) -> Iterator[Place]:
        """A place for one Keva, whose database is removed afterwards."""
        folder = self.path / name
        try:
            yield self._place(folder)
        finally:
            shutil.rmtree(folder / ".keva", ignore_errors=True)

    def put(self, part: str, result: "DataclassInstance") -> Any:
        """Keeps the result of one part. Returns it as it stands in the file."""
        self._results[part] = asdict(result)
        (self.path / RESULTS).write_text(json.dumps(self._results, indent=1) + "\n")
        return self._results[part]
