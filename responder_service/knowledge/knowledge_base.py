"""The articles of all workspaces: read from a folder, and read again when files change."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from responder_service.knowledge.article import Article, ArticleError, Problem
from responder_service.knowledge.files import Stamp, files, read_article, stamp, workspace_folders
from responder_service.knowledge.passage import Passage, passage_of
from responder_service.knowledge.ranking import Ranking
from responder_service.knowledge.search import Entry, Hit, Index
from responder_service.language.reading import Reading

if TYPE_CHECKING:
    from responder_service.knowledge.likeness import Likeness
    from responder_service.language.meaning import Meaning

_POLL_SECONDS = 3.0
_log = structlog.get_logger(__name__)


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
    """A workspace's articles by id, the problems of its files by path, its indexes by language, and what ranks their
    sections; `likeness`: by meaning, too."""

    articles: dict[str, Article]
    problems: dict[str, list[Problem]]
    indexes: dict[str, Index]
    ranking: Ranking
    likeness: "Likeness | None" = None

    @property
    def entries(self) -> list[Entry]:
        """All sections, in the order of the indexes."""
        return [entry for index in self.indexes.values() for entry in index.entries]

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
        # The workspaces whose folders cannot be read, which is logged once.
        self._unreadable: set[str] = set()
        # The last of each workspace, which has most of the next one's vectors.
        self._likenesses: dict[str, Likeness] = {}

    async def load(self) -> None:
        """Reads what has changed, and learns what it means. A file that breaks keeps its last good version, and a
        workspace whose folder cannot be read what it had. Raises OSError when that of all cannot be."""
        await self.read()
        await asyncio.to_thread(self._learn)

    async def read(self) -> None:
        """Reads what has changed, as `load` does; until it is loaded, it is found by its words alone. Raises
        OSError."""
        await asyncio.to_thread(self._read)

    async def run(self) -> None:
        """Learns what was read, then looks for changes every few seconds. While the folder cannot be read, the articles
        stay as they are."""
        await asyncio.to_thread(self._learn)
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
        return [passage_of(article, position) for article in articles for position in range(len(article.sections))]

    def article(self, workspace_id: str, article_id: str) -> Article | None:
        """One of the workspace's articles; None when it has no such one."""
        workspace = self._workspaces.get(workspace_id)
        return workspace.articles.get(article_id) if workspace else None

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
        self._unreadable &= folders.keys()
        for gone in set(self._workspaces) - set(folders):
            del self._workspaces[gone], self._stamps[gone]
            self._likenesses.pop(gone, None)
            _log.info("articles gone", workspace_id=gone)
        for workspace_id, folder in folders.items():
            try:
                self._read_one(workspace_id, folder)
            except OSError as error:
                self._keep(workspace_id, error)
            else:
                self._unreadable.discard(workspace_id)

    def _read_one(self, workspace_id: str, folder: Path) -> None:
        stamps = [stamp(name, path) for name, path in files(folder)]
        if stamps != self._stamps.get(workspace_id):
            before = self._workspaces.get(workspace_id)
            self._workspaces[workspace_id] = read_workspace(folder, before.articles if before else {})
            self._stamps[workspace_id] = stamps
            _log_workspace(workspace_id, self._workspaces[workspace_id])

    def _keep(self, workspace_id: str, error: OSError) -> None:
        if workspace_id not in self._unreadable:
            self._unreadable.add(workspace_id)
            _log.warning(
                "a workspace's folder cannot be read; its articles stay as they are",
                workspace_id=workspace_id,
                problem=error.strerror,
            )

    def _learn(self) -> None:
        """Takes a fifth of a second per new section."""
        if self._meaning is None:
            return
        # What it is made with is an extra.
        from responder_service.knowledge.likeness import Likeness  # noqa: PLC0415

        for workspace_id, workspace in list(self._workspaces.items()):
            if workspace.likeness is None:
                likeness = Likeness(self._meaning, workspace.entries, self._likenesses.get(workspace_id))
                ranking = Ranking([*workspace.indexes.values()], likeness)
                self._workspaces[workspace_id] = replace(workspace, ranking=ranking, likeness=likeness)
                self._likenesses[workspace_id] = likeness
                _log.info("sections are found by meaning", workspace_id=workspace_id, sections=len(workspace.entries))


def read_workspace(folder: Path, last_good: Mapping[str, Article]) -> Workspace:
    """The articles of one workspace's folder; for a file that has problems, the one of `last_good`. Raises OSError."""
    articles: dict[str, Article] = {}
    problems: dict[str, list[Problem]] = {}
    for name, path in files(folder):
        article_id = name.removesuffix(".md")
        try:
            articles[article_id] = read_article(article_id, path)
        except ArticleError as error:
            problems[name] = error.problems
            if article_id in last_good:
                articles[article_id] = last_good[article_id]
    languages = sorted({article.language for article in articles.values()})
    indexes = {
        language: Index(language, [a for a in articles.values() if a.language == language]) for language in languages
    }
    return Workspace(articles, problems, indexes, Ranking([*indexes.values()]))


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
