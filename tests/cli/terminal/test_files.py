"""Files that somebody keeps are whole, or as they were."""

import asyncio
import os
import threading
from pathlib import Path

import pytest

from cli.terminal.files import replacing
from client.failure import Failure, refused


def test_it_has_everything_at_the_end(tmp_path: Path) -> None:
    file = tmp_path / "kept"

    with replacing(file) as opened:
        opened.write("Grüße\n")
        assert not file.exists()

    assert (file.read_bytes(), list(tmp_path.iterdir())) == ("Grüße\n".encode(), [file])


def _writes_half(file: Path, ends: BaseException) -> None:
    with replacing(file) as opened:
        opened.write("half")
        raise ends


@pytest.mark.parametrize(
    ("ends", "raised"),
    [
        (refused("It failed."), Failure),
        (OSError("the disk is full"), Failure),
        (KeyboardInterrupt(), KeyboardInterrupt),
        (asyncio.CancelledError(), asyncio.CancelledError),
    ],
)
def test_what_was_there_stays_when_the_rest_does_not_come(
    tmp_path: Path, ends: BaseException, raised: type[BaseException]
) -> None:
    file = tmp_path / "kept"
    file.write_text("last good one")

    with pytest.raises(raised):
        _writes_half(file, ends)

    assert (file.read_text(), list(tmp_path.iterdir())) == ("last good one", [file])


def test_a_link_stays_one_and_rights_stay_as_they_are(tmp_path: Path) -> None:
    file, link = tmp_path / "elsewhere" / "kept", tmp_path / "link"
    file.parent.mkdir()
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to(file)

    with replacing(link) as opened:
        opened.write("new")

    assert (link.is_symlink(), file.read_text(), file.stat().st_mode & 0o777) == (True, "new", 0o640)
    assert list(file.parent.iterdir()) == [file]


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe, taken = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: taken.append(pipe.read_text()))
    reader.start()

    with replacing(pipe) as opened:
        opened.write("line\n")
    reader.join()

    assert (taken, pipe.is_fifo()) == (["line\n"], True)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        pytest.param("no/such/folder", "No such file or directory", id="no folder"),
        pytest.param(".", "Is a directory", id="a folder"),
        pytest.param(
            "read-only",
            "Permission denied",
            id="protected",
            marks=pytest.mark.skipif(os.geteuid() == 0, reason="nothing is protected from root"),
        ),
    ],
)
def test_what_cannot_be_written_is_said(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "read-only").touch(0o400)

    with pytest.raises(Failure, match=f"cannot be written: {why}"), replacing(tmp_path / name):
        pass


def test_line_ends_are_those_that_are_asked_for(tmp_path: Path) -> None:
    with replacing(tmp_path / "kept", newline="\r\n") as opened:
        opened.write("a\n")

    assert (tmp_path / "kept").read_bytes() == b"a\r\n"
