"""Files that a command writes and somebody keeps: each is whole, or as it was before."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from client.failure import Failure, refused


@contextmanager
def replacing(file: Path, newline: str | None = None) -> Iterator[TextIO]:
    """What is written to it, as UTF-8, takes the place of `file` at the end, with the rights that `file` has. If the
    end is not reached, `file` stays as it is. Raises Failure when it cannot be written."""
    try:
        if file.exists() and not file.is_file():
            # A pipe or a terminal keeps nothing, and must stay what it is. (A folder is refused.)
            with file.open("w", encoding="utf-8", newline=newline) as opened:
                yield opened
            return
        with _beside(file.resolve(), newline) as opened:
            yield opened
    except OSError as error:
        raise _unwritable(file, error) from None


@contextmanager
def _beside(file: Path, newline: str | None) -> Iterator[TextIO]:
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    before = file.stat().st_mode & 0o777 if file.exists() else None
    if before is not None and not os.access(file, os.W_OK):
        # Whoever has protected it does not want it replaced.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    with unfinished.open("x", encoding="utf-8", newline=newline) as opened:
        try:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
            if before is not None:
                unfinished.chmod(before)
            unfinished.replace(file)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


def _unwritable(file: Path, error: OSError) -> Failure:
    return refused(f"{file} cannot be written: {error.strerror or type(error).__name__}.")
