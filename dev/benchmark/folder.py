"""Where a benchmark's results go."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dev.benchmark import machine

RESULTS = "results.json"


class ResultFolder:
    """`path` gets results.json, which is written again after each part, plots, and the logs of all processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self._results: dict[str, Any] = {"time": datetime.now(UTC).isoformat(), "machine": machine.description()}

    @classmethod
    def at(cls, path: Path | None) -> "ResultFolder":
        """`.keva/benchmark/<time>/` unless `path` says another one."""
        return cls(path or Path(".keva", "benchmark", datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S")))

    @contextmanager
    def stack(self, name: str) -> Iterator[Path]:
        """A folder for one Keva's state, whose database is removed afterwards."""
        folder = self.path / name
        try:
            yield folder
        finally:
            shutil.rmtree(folder / ".keva", ignore_errors=True)

    def put(self, part: str, result: Any) -> None:
        """Keeps the result of one part, a dataclass or a list of them."""
        self._results[part] = _plain(result)
        (self.path / RESULTS).write_text(json.dumps(self._results, indent=1) + "\n")


def _plain(result: Any) -> Any:
    if isinstance(result, list):
        return [_plain(one) for one in result]
    return asdict(result) if is_dataclass(result) and not isinstance(result, type) else result
