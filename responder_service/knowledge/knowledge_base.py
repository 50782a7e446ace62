"""The articles of all workspaces: read from a folder, and read again when files change."""

import asyncio
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from responder_service.knowledge.article import Article, ArticleError, Problem, parse
from responder_service.knowledge.passage import Passage
from responder_service.knowledge.ranking import Ranking
from responder_service.knowledge.search import Hit, Index
from responder_service.language.reading import Reading

if TYPE_CHECKING:
    from responder_service.knowledge.likeness import Likeness
    from responder_service.language.meaning import Meaning

_POLL_SECONDS = 3.0
# Articles are shorter than that.
_MAX_FILE_BYTES = 256 * 1024
_log = structlog.get_logger(__name__)

# A file's path below its workspace's folder, inode, time of change and size.
Stamp = tuple[str, int, int, int]


@dataclass(frozen=True)
class Counts:
    """What a workspace has."""

    workspace_id: str
    articles: int
    sections: int
    broken_files: int


@dataclass(frozen=True)
class Found:
    """What a search in one language found: the question as its articles know it, and the sections, best first."""

    index: Index
    asked: Reading
    hits: Sequence[Hit]

    @property
    def language(self) -> str:
        """The language of the articles."""
        return self.index.language

    @property
    def unknown(self) -> tuple[str, ...]:
        """The words of the question that stand in no article, as they were written."""
        return self.index.unknown(self.asked)

    @property
    def passages(self) -> list[Passage]:
        """The sections, with how well each fits."""
        return [
            replace(
                hit.entry.passage,
                score=hit.score,
                coverage=self.index.coverage(self.asked, hit.entry),
                nearness=hit.nearness,
                example=hit.example,
            )
            for hit in self.hits
        ]


@dataclass(frozen=True)
class Workspace:
    """A workspace's articles by id, the problems of its files by path, and its indexes by language."""

    articles: dict[str, Article]
    problems: dict[str, list[Problem]]
    indexes: dict[str, Index]
    ranking: Ranking
    likeness: "Likeness | None" = None

    def search(self, text: str, limit: int) -> list[Found]:
        """What each language's articles hold."""
        return [_search(index, text, limit) for index in self.indexes.values()]


def _search(index: Index, text: str, limit: int) -> Found:
    asked = index.read(text)
    return Found(index, asked, index.search(asked, limit))


class KnowledgeBase:
    """Implements conversation.Articles. Call `load` before the first search."""

    def __init__(self, folder: Path, poll_seconds: float = _POLL_SECONDS, meaning: "Meaning | None" = None) -> None:
        """`folder` holds a folder per workspace id, with Markdown files in it, in sub-folders as one likes. With
        `meaning`, sections are found by that as well."""
        self._folder = folder
        self._meaning = meaning
        self._poll_seconds = poll_seconds
        self._workspaces: dict[str, Workspace] = {}
        self._stamps: dict[str, list[Stamp]] = {}

    async def load(self) -> None:
        """Reads what has changed. A file that breaks keeps its last good version. Raises OSError."""
        await asyncio.to_thread(self._read)

    async def run(self) -> None:
        """Looks for changes every few seconds. While the folder cannot be read, the articles stay as they are."""
        while True:
            await asyncio.sleep(self._poll_seconds)
            try:
                await self.load()
            except OSError as error:
                _log.warning("the knowledge base cannot be read; the articles stay as they are", exc_info=error)

    def search(self, workspace_id: str, text: str, limit: int) -> Sequence[Passage]:
        """Over all languages: the sections that fit best, best first."""
        workspace = self._workspaces.get(workspace_id)
        return workspace.ranking.best(text, limit) if workspace else []

    def sections(self, workspace_id: str) -> Sequence[Passage]:
        """All of the workspace's sections, in the order of their articles' ids."""
        workspace = self._workspaces.get(workspace_id)
        articles = workspace.articles.values() if workspace else ()
        return [
            Passage(article.article_id, article.title, section.heading, section.text, article.language)
            for article in articles
            for section in article.sections
        ]

    def indexes(self, workspace_id: str) -> list[Index]:
        """The workspace's articles, by language."""
        workspace = self._workspaces.get(workspace_id)
        return list(workspace.indexes.values()) if workspace else []

    def counts(self) -> list[Counts]:
        """What each workspace has, by its id."""
        return [
            Counts(
                workspace_id,
                len(workspace.articles),
                sum(len(article.sections) for article in workspace.articles.values()),
                len(workspace.problems),
            )
            for workspace_id, workspace in sorted(self._workspaces.items())
        ]

    def _read(self) -> None:
        folders = workspace_folders(self._folder)
        for gone in set(self._workspaces) - set(folders):
            del self._workspaces[gone], self._stamps[gone]
            _log.info("articles gone", workspace_id=gone)
        for workspace_id, folder in folders.items():
            stamps = [_stamp(name, path) for name, path in _files(folder)]
            if stamps != self._stamps.get(workspace_id):
                before = self._workspaces.get(workspace_id)
                self._workspaces[workspace_id] = read_workspace(folder, before, self._meaning)
                self._stamps[workspace_id] = stamps
                _log_workspace(workspace_id, self._workspaces[workspace_id])


def workspace_folders(folder: Path) -> dict[str, Path]:
    """The folders in `folder` by workspace id; none that a link puts there from outside. Raises OSError."""
    root = folder.resolve()
    # Kubernetes mounts a ConfigMap as ..data and links into it.
    paths = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".") and path.is_dir()]
    return {path.name: path for path in paths if path.resolve().is_relative_to(root)}


def read_workspace(folder: Path, before: Workspace | None = None, meaning: "Meaning | None" = None) -> Workspace:
    """The articles of one workspace's folder; for a file that has problems, the last good one of `before`. Raises
    OSError."""
    last_good = before.articles if before else {}
    articles: dict[str, Article] = {}
    problems: dict[str, list[Problem]] = {}
    for name, path in _files(folder):
        article_id = name.removesuffix(".md")
        try:
            articles[article_id] = _read_article(article_id, path)
        except ArticleError as error:
            problems[name] = error.problems
            if article_id in last_good:
                articles[article_id] = last_good[article_id]
    languages = sorted({article.language for article in articles.values()})
    indexes = {
        language: Index(language, [a for a in articles.values() if a.language == language]) for language in languages
    }
    likeness = _likeness(indexes.values(), before, meaning) if meaning else None
    return Workspace(articles, problems, indexes, Ranking([*indexes.values()], likeness), likeness)


def _likeness(indexes: Iterable[Index], before: Workspace | None, meaning: "Meaning") -> "Likeness":
    # What it is made with is an extra.
    from responder_service.knowledge.likeness import Likeness  # noqa: PLC0415

    entries = [entry for index in indexes for entry in index.entries]
    return Likeness(meaning, entries, before.likeness if before else None)


def _log_workspace(workspace_id: str, workspace: Workspace) -> None:
    for name, problems in workspace.problems.items():
        for problem in problems:
            _log.warning(
                "an article cannot be used",
                workspace_id=workspace_id,
                file=name,
                line=problem.line,
                problem=problem.what,
            )
    _log.info(
        "articles read",
        workspace_id=workspace_id,
        articles=len(workspace.articles),
        broken_files=len(workspace.problems),
    )


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The folder's Markdown files and their paths below it, in order. Links are followed within the folder only."""
    root = folder.resolve()
    # Links may lead in circles: each folder is entered once.
    entered = {root}
    found: dict[str, Path] = {}
    for parent, folders, files in os.walk(folder, followlinks=True):
        folders[:] = [name for name in sorted(folders) if _may_enter(Path(parent, name), root, entered)]
        for name in files:
            path = Path(parent, name)
            hidden = name.startswith(".") or not name.endswith(".md")
            if not hidden and path.is_file() and path.resolve().is_relative_to(root):
                found[path.relative_to(folder).as_posix()] = path
    yield from sorted(found.items())


def _may_enter(path: Path, root: Path, entered: set[Path]) -> bool:
    real = path.resolve()
    if path.name.startswith(".") or real in entered or not real.is_relative_to(root):
        return False
    entered.add(real)
    return True


def _stamp(name: str, path: Path) -> Stamp:
    status = path.stat()
    return name, status.st_ino, status.st_mtime_ns, status.st_size


def _read_article(article_id: str, path: Path) -> Article:
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
