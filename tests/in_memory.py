"""Folders for databases of tests: nothing of theirs is to outlive the tests, so none need wait for a disk."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The folder of a run, for those of its test processes: it goes also when they are interrupted.
RUN = "KEVA_TEST_FOLDER"
_MEMORY = Path("/dev/shm")
# A run has a few dozen databases of some 30 MB each.
_ENOUGH_BYTES = 3 * 1024**3


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """An empty folder, as long as the context; on the usual disk where there is no memory for it."""
    with tempfile.TemporaryDirectory(prefix="keva-test-", dir=os.environ.get(RUN) or _roomy()) as folder:
        yield Path(folder)


def _roomy() -> Path | None:
    return _MEMORY if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES else None
