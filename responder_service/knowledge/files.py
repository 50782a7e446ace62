"""The files of articles: a folder per workspace."""

import os
from collections.abc import Iterator
from pathlib import Path

from responder_service.knowledge.article import Article, ArticleError, Problem, parse

# Articles are shorter than that.
_MAX_FILE_BYTES = 256 * 1024
# A file's path below its workspace's folder, inode, time of change and size.
Stamp = tuple[str, int, int, int]


def workspace_folders(folder: Path) -> dict[str, Path]:
    """The folders in `folder` by workspace id, whether or not they may be read; none that a link puts there from
    outside. Raises OSError."""
    root = folder.resolve()
    # Kubernetes mounts a ConfigMap as ..data and links into it.
    paths = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".") and _may_be_folder(path)]
    return {path.name: path for path in paths if path.resolve().is_relative_to(root)}


def _may_be_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        # Whoever reads it hears why: it is not gone.
        return True


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The folder's Markdown files and their paths below it, in order. Links are followed within the folder only. Raises
    OSError when a part of it cannot be read."""
    root = folder.resolve()
    # Links may lead in circles: each folder is entered once.
    entered = {root}
    found: dict[str, Path] = {}
    for parent, folders, names in os.walk(folder, onerror=_stop, followlinks=True):
        folders[:] = [name for name in sorted(folders) if _may_enter(Path(parent, name), root, entered)]
        for name in names:
            path = Path(parent, name)
            hidden = name.startswith(".") or not name.endswith(".md")
            if not hidden and path.is_file() and path.resolve().is_relative_to(root):
                found[path.relative_to(folder).as_posix()] = path
    yield from sorted(found.items())


def _stop(error: OSError) -> None:
    """What is passed over would be taken for gone."""
    raise error


def _may_enter(path: Path, root: Path, entered: set[Path]) -> bool:
    real = path.resolve()
    if path.name.startswith(".") or real in entered or not real.is_relative_to(root):
        return False
    entered.add(real)
    return True


def stamp(name: str, path: Path) -> Stamp:
    """What changes with the file. Raises OSError."""
    status = path.stat()
    return name, status.st_ino, status.st_mtime_ns, status.st_size


def read_article(article_id: str, path: Path) -> Article:
    """The article in a file. Raises ArticleError."""
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise ArticleError(
                [Problem(1, f"is larger than {_MAX_FILE_BYTES // 1024} KiB; make several articles of it")]
            )
        return parse(article_id, path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ArticleError([Problem(1, "is not UTF-8; save it as UTF-8")]) from None
    except OSError as error:
        raise ArticleError([Problem(1, f"cannot be read: {error.strerror}")]) from None
