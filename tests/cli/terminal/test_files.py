"""Files that somebody keeps are whole, or as they were."""

import asyncio
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
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


def test_nobody_else_reads_what_replaces_a_protected_file(tmp_path: Path) -> None:
    file = tmp_path / "kept"
    file.touch(0o600)

    with replacing(file) as opened:
        opened.write("new")
        opened.flush()
        rights = [entry.stat().st_mode & 0o077 for entry in tmp_path.iterdir()]

    assert rights == [0, 0]


@pytest.fixture
def protected_folder() -> Iterator[Path]:
    """A folder that this user cannot write to, with a file, `kept`, that it can."""
    # Others cannot enter pytest's own folders.
    folder, user = Path(tempfile.mkdtemp()), os.geteuid()
    (folder / "kept").write_text("the old one, which was longer")
    (folder / "kept").chmod(0o666)
    folder.chmod(0o555)
    if user == 0:
        # Nothing is protected from root.
        os.seteuid(65534)
    yield folder
    os.seteuid(user)
    folder.chmod(0o700)
    shutil.rmtree(folder)


def test_what_may_be_written_in_a_folder_that_may_not_is_written_in_place(protected_folder: Path) -> None:
    with replacing(protected_folder / "kept") as opened:
        opened.write("new")

    assert [file.read_text() for file in protected_folder.iterdir()] == ["new"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts")
def test_a_mounted_file_is_written_in_place(tmp_path: Path) -> None:
    file, mounted = tmp_path / "kept", tmp_path / "mounted"
    file.write_text("the old one, which was longer")
    mounted.touch()
    if subprocess.run(["mount", "--bind", file, mounted], capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")

    try:
        with replacing(mounted) as opened:
            opened.write("new")
    finally:
        subprocess.run(["umount", mounted], check=True)

    assert (file.read_text(), sorted(tmp_path.iterdir())) == ("new", [file, mounted])


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
