"""Folders for databases of tests: nothing of theirs is to outlive the tests, so none need wait for a disk."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MEMORY = Path("/dev/shm")
# A run has a few dozen databases of some 30 MB each.
_ENOUGH_BYTES = 3 * 1024**3


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """An empty folder, as long as the context; on the usual disk where there is no memory for it."""
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES
    with tempfile.TemporaryDirectory(prefix="keva-test-", dir=_MEMORY if roomy else None) as folder:
        yield Path(folder)
