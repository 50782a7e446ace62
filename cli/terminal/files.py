"""Files that a command writes and somebody keeps: each is whole, or as it was before."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from client.failure import Failure, refused

# A folder that may not be written to, though a file in it may.
_NOT_BESIDE = (errno.EACCES, errno.EPERM, errno.EROFS)
# A mounted file; somebody else's in a folder where each removes only their own.
_NOT_REPLACED = (errno.EBUSY, errno.EACCES, errno.EPERM)


@contextmanager
def replacing(file: Path, newline: str | None = None) -> Iterator[TextIO]:
    """What is written to it, as UTF-8, takes the place of `file` at the end, with the rights that `file` has. If the
    end is not reached, `file` stays as it is, unless its folder may not be written to. Raises Failure when it cannot be
    written."""
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
    with _begun(unfinished, file, newline) as opened:
        try:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
            if unfinished.exists():
                _put(unfinished, file, before)
        except BaseException:
            if unfinished.exists():
                unfinished.unlink()
            raise


def _begun(unfinished: Path, file: Path, newline: str | None) -> TextIO:
    """A new file, or `file` itself, if nothing can be put beside it."""
    # Until it has the rights of the file that it replaces, nobody else reads it.
    rights = 0o600 if file.exists() else 0o666
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, rights)
    except OSError as error:
        if error.errno not in _NOT_BESIDE or not file.exists():
            raise
        return file.open("w", encoding="utf-8", newline=newline)
    return open(descriptor, "w", encoding="utf-8", newline=newline)


def _put(unfinished: Path, file: Path, rights: int | None) -> None:
    try:
        if rights is not None:
            unfinished.chmod(rights)
        unfinished.replace(file)
    except OSError as error:
        if error.errno not in _NOT_REPLACED:
            raise
        shutil.copyfile(unfinished, file)
        unfinished.unlink()


def _unwritable(file: Path, error: OSError) -> Failure:
    return refused(f"{file} cannot be written: {error.strerror or type(error).__name__}.")
