"""The articles of all workspaces: read from a folder, and read again when files change."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from responder_service.article import Article, ArticleError, Problem, parse
from responder_service.conversation import Passage
from responder_service.search import Index, Question

_POLL_SECONDS = 3.0
# A text is shorter; a file that is longer is no article.
_MAX_FILE_BYTES = 256 * 1024
_log = structlog.get_logger(__name__)

Stamp = tuple[str, int, int]


@dataclass(frozen=True)
class Counts:
    """What a workspace has."""

    workspace_id: str
    articles: int
    sections: int
    broken_files: int


@dataclass(frozen=True)
class Workspace:
    """A workspace's articles by id, the problems of its files by path, and its indexes by language."""

    articles: dict[str, Article]
    problems: dict[str, list[Problem]]
    indexes: dict[str, Index]


@dataclass(frozen=True)
class Found:
    """What a search in one language found: the question as its articles know it, and the passages, best first."""

    language: str
    question: Question
    passages: Sequence[Passage]


class KnowledgeBase:
    """Implements conversation.Articles. Call `load` before the first search."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds a folder per workspace id, with Markdown files in it, in sub-folders as one likes."""
        self._folder = folder
        self._workspaces: dict[str, Workspace] = {}
        self._stamps: dict[str, list[Stamp]] = {}

    async def load(self) -> None:
        """Reads what has changed. A file that breaks keeps its last good version."""
        await asyncio.to_thread(self.read)

    async def run(self) -> None:
        """Looks again and again."""
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            try:
                await self.load()
            except OSError as error:
                _log.warning("the knowledge base cannot be read; the articles stay as they are", exc_info=error)

    def read(self) -> None:
        """What `load` does, in the calling thread. Raises OSError."""
        folders = {path.name: path for path in sorted(self._folder.iterdir()) if _is_workspace(path)}
        for gone in set(self._workspaces) - set(folders):
            del self._workspaces[gone], self._stamps[gone]
        for workspace_id, folder in folders.items():
            stamps = [_stamp(folder, path) for path in _files(folder)]
            if stamps != self._stamps.get(workspace_id):
                self._workspaces[workspace_id] = self._read_workspace(workspace_id, folder)
                self._stamps[workspace_id] = stamps

    def search(self, workspace_id: str, text: str, limit: int) -> Sequence[Passage]:
        """See conversation.Articles: over all languages, by how much of the question a passage covers."""
        found = [passage for hit in self.search_all(workspace_id, text, limit) for passage in hit.passages]
        return sorted(found, key=lambda passage: (-passage.coverage, -passage.score))[:limit]

    def search_all(self, workspace_id: str, text: str, limit: int) -> list[Found]:
        """What each language's articles hold."""
        workspace = self._workspaces.get(workspace_id)
        return [_search(index, text, limit) for index in workspace.indexes.values()] if workspace else []

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

    def workspace(self, workspace_id: str) -> Workspace | None:
        """The workspace's articles and problems; None when it has no folder."""
        return self._workspaces.get(workspace_id)

    def _read_workspace(self, workspace_id: str, folder: Path) -> Workspace:
        before = self._workspaces.get(workspace_id)
        articles: dict[str, Article] = {}
        problems: dict[str, list[Problem]] = {}
        for path in _files(folder):
            name = path.relative_to(folder).as_posix()
            article_id = name.removesuffix(".md")
            try:
                articles[article_id] = _read(article_id, path)
            except ArticleError as error:
                problems[name] = error.problems
                _log.warning("an article cannot be used", workspace_id=workspace_id, file=name, problem=str(error))
                if before and article_id in before.articles:
                    articles[article_id] = before.articles[article_id]
        languages = sorted({article.language for article in articles.values()})
        indexes = {
            language: Index(language, [a for a in articles.values() if a.language == language])
            for language in languages
        }
        _log.info("articles read", workspace_id=workspace_id, articles=len(articles), broken_files=len(problems))
        return Workspace(articles, problems, indexes)


def _search(index: Index, text: str, limit: int) -> Found:
    question = index.question(text)
    return Found(index.language, question, index.search(question, limit))


def _is_workspace(path: Path) -> bool:
    # Kubernetes mounts a ConfigMap as ..data and links into it.
    return path.is_dir() and not path.name.startswith(".")


def _files(folder: Path) -> Iterator[Path]:
    """The folder's articles; none that a link puts there from outside of the knowledge base."""
    root = folder.parent.resolve()
    for path in sorted(folder.rglob("*.md")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file() and path.resolve().is_relative_to(root):
            yield path


def _stamp(folder: Path, path: Path) -> Stamp:
    status = path.stat()
    return path.relative_to(folder).as_posix(), status.st_mtime_ns, status.st_size


def _read(article_id: str, path: Path) -> Article:
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
