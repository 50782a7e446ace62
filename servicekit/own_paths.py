"""Files that decide whom we trust: they must be this user's own, and nobody else may be able to change or replace
them."""

import errno
import grp
import os
import pwd
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

# As many as Linux follows.
_MOST_LINKS = 40


class NotOwn(Exception):
    """Somebody else has, or may have, written it. The text says who or what; `advice` is what to do about it."""

    def __init__(self, why: str, advice: str) -> None:
        super().__init__(why)
        self.advice = advice


def require_own(path: Path) -> None:
    """Raises NotOwn unless `path` belongs to this user, each folder and link on the way to it to this user or to root,
    and others can write none of them. Raises OSError when it is not there, or cannot be looked at.

    Others may write a folder on the way whose sticky bit keeps them from replacing what is not theirs, such as /tmp.
    """
    passed = list(_way_to(path))
    for step, status in passed[:-1]:
        _require_owner(step, status, (os.geteuid(), 0))
        if not (stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX):
            _require_unwritable(step, status)
    step, status = passed[-1]
    _require_owner(step, status, (os.geteuid(),))
    _require_unwritable(step, status)


def _way_to(path: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Each folder and link that is passed, and at last what `path` leads to."""
    here, *parts = (Path(part) for part in path.absolute().parts)
    yield here, here.lstat()
    left, links = parts[::-1], 0
    while left:
        part = left.pop()
        step = here.parent if part == Path("..") else here / part
        status = step.lstat()
        yield step, status
        if not stat.S_ISLNK(status.st_mode):
            here = step
            continue
        links += 1
        if links > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
        target = step.readlink()
        here = Path(target.anchor) if target.is_absolute() else here
        left += [Path(part) for part in target.parts[::-1] if part != target.anchor]


def _require_owner(step: Path, status: os.stat_result, owners: tuple[int, ...]) -> None:
    if status.st_uid not in owners:
        raise NotOwn(
            f"{step} belongs to {_user_name(status.st_uid)}, not to you",
            "Its owner decides what stands there. Go to a folder of your own.",
        )


def _require_unwritable(step: Path, status: os.stat_result) -> None:
    # The mode of a link means nothing: who may replace it is decided by the folder that it is in.
    if stat.S_ISLNK(status.st_mode):
        return
    by_group = bool(status.st_mode & stat.S_IWGRP) and not _is_of_one(status.st_gid)
    if by_group or status.st_mode & stat.S_IWOTH:
        raise NotOwn(
            f"{step} can be written by other users of this machine",
            f"If they have put nothing there, take it from them: chmod go-w {shlex.quote(str(step))}",
        )


def _is_of_one(group_id: int) -> bool:
    """Whether it is the group that many systems make for each user, who is alone in it."""
    try:
        user, group = pwd.getpwuid(os.geteuid()), grp.getgrgid(group_id)
    except KeyError:
        return False
    alone = set(group.gr_mem) <= {user.pw_name}
    return group_id == user.pw_gid and group.gr_name == user.pw_name and alone


def _user_name(user_id: int) -> str:
    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:
        return f"the user {user_id}"
