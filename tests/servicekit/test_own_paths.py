"""Whose files are believed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from servicekit.own_paths import NotOwn, require_own

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")
SOMEBODY = 65534


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """`folder/state/stack.json`, all of this user's alone."""
    (tmp_path / "folder" / "state").mkdir(parents=True)
    path = tmp_path / "folder" / "state" / "stack.json"
    path.write_text("{}")
    return path


def test_what_is_ones_own_is_believed(file: Path) -> None:
    require_own(file)
    require_own(file.parent)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda file: file.chmod(0o646), id="the file"),
        pytest.param(lambda file: file.parent.chmod(0o757), id="its folder"),
        pytest.param(lambda file: file.parents[1].chmod(0o777), id="the folder above"),
        pytest.param(lambda file: file.chmod(0o1666), id="a sticky file"),
    ],
)
def test_what_others_can_write_is_not(file: Path, spoil: Callable[[Path], None]) -> None:
    spoil(file)

    with pytest.raises(NotOwn, match="can be written by other users") as raised:
        require_own(file)

    assert "chmod go-w" in raised.value.advice


def test_a_folder_where_nobody_can_replace_what_is_not_theirs_is_passed(file: Path) -> None:
    # As /tmp.
    file.parents[1].chmod(0o1777)

    require_own(file)
    file.parent.chmod(0o1777)
    with pytest.raises(NotOwn):
        require_own(file.parent)


@as_root
def test_a_group_of_others_is_others(file: Path) -> None:
    os.chown(file, -1, SOMEBODY)
    file.chmod(0o660)

    with pytest.raises(NotOwn, match="can be written"):
        require_own(file)

    # The group of root, in which nobody else is.
    os.chown(file, -1, 0)
    require_own(file)


@as_root
@pytest.mark.parametrize("above", [0, 1, 2])
def test_what_belongs_to_somebody_else_is_not(file: Path, above: int) -> None:
    theirs = [file, *file.parents][above]
    os.chown(theirs, SOMEBODY, -1)

    with pytest.raises(NotOwn, match=f"^{theirs} belongs to (nobody|the user 65534), not to you$"):
        require_own(file)


def test_a_link_of_ones_own_leads_to_what_is_looked_at(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(Path("folder", "..", "folder", "state"))
    require_own(link / "stack.json")

    file.parent.chmod(0o777)
    with pytest.raises(NotOwn, match=f"^{file.parent} can be written"):
        require_own(link / "stack.json")


@as_root
def test_a_link_that_somebody_else_has_put_there_is_not_followed(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(file.parent)
    os.chown(link, SOMEBODY, -1, follow_symlinks=False)

    with pytest.raises(NotOwn, match=f"^{link} belongs to"):
        require_own(link / "stack.json")


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")

    with pytest.raises(OSError, match="symbolic links"):
        require_own(tmp_path / "a")


def test_what_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        require_own(tmp_path / "nothing" / "here")
