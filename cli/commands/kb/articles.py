"""`keva kb`: the articles that the AI answers from, as files in a folder. No service is asked."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.command import command
from cli.session import Session
from cli.terminal import output
from client.failure import not_found, refused, unusable
from servicekit.limits import DRAFT_SEGMENTS

if TYPE_CHECKING:
    from responder_service.knowledge.article import Article
    from responder_service.knowledge.knowledge_base import Found, Workspace

group = typer.Typer()
_FOLDER_VARIABLE = "KEVA_KNOWLEDGE_BASE_DIR"
_EXCERPT_CHARACTERS = 80


@command(group, "check")
async def check(
    session: Session,
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="A workspace's folder of articles, or a folder with one per workspace"),
    ],
) -> None:
    """Show every mistake in the articles of a folder, with file and line. The exit status is 1 if there are any.

    Sections without example questions (lines "Q: ..." under the heading) are named as well: they are allowed, but
    with some in your customers' words far more is answered."""
    workspaces = _read(folder)
    mistakes = [
        {"file": str(path / name), "line": problem.line, "problem": problem.what}
        for path, workspace in workspaces.items()
        for name, problems in workspace.problems.items()
        for problem in problems
    ]
    articles = [(path, article) for path, w in workspaces.items() for article in w.articles.values()]
    session.remarks.extend(remark for path, article in articles for remark in _too_long(path, article))
    untaught = {path / f"{article.article_id}.md": _untaught(article) for path, article in articles}
    session.remarks.extend(_without_questions(path, headings) for path, headings in untaught.items() if headings)
    if session.settings.as_json:
        without = [
            {"file": str(path), "section": heading} for path, headings in untaught.items() for heading in headings
        ]
        output.emit_json({"articles": len(articles), "mistakes": mistakes, "without_example_questions": without})
    else:
        for mistake in mistakes:
            output.say(f"{mistake['file']}:{mistake['line']}: {mistake['problem']}")
    if mistakes:
        raise refused(f"{_count(len(mistakes), 'mistake')} in {folder}.")
    if not articles:
        raise not_found(f"There is no article in {folder}.", "Articles are Markdown files: their names end in .md.")
    if not session.settings.as_json:
        sections = sum(len(article.sections) for _, article in articles)
        output.say(f"{_count(len(articles), 'article')} with {_count(sections, 'section')}, no mistakes.")


@command(group, "search")
async def search(
    session: Session,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[FOLDER] QUESTION",
            help="A question, as a customer would text it. Before it, if you like, a folder of articles, or a "
            f"workspace in {_FOLDER_VARIABLE}; without it, the workspace of --workspace there",
        ),
    ],
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, max=50, help="Show at most this many sections")
    ] = 5,
) -> None:
    """Show the sections that a question finds, best first.

    Where the local stack runs, its articles are searched unless others are named.

    "Covers" is how much of the question a section covers: the share of the question's words that it has, by their
    weight. "Near" is how near the nearest of its example questions is, which stands beside it. Words that no article
    has are listed: they are what stands in the way of an answer."""
    *sources, question = words
    if len(sources) > 1:
        raise unusable("There is more than a folder and a question.", 'Put the question in quotes: "do you ship?"')
    found = _workspace(session, *sources).search(question, limit)
    # In a language that nothing is found in, the words are unknown anyway.
    found = [hit for hit in found if hit.passages] or found
    if session.settings.as_json:
        return output.emit_json({"languages": [_as_json(hit) for hit in found]})
    _show(found, limit)
    likeliest = max(found, key=lambda hit: max((p.coverage for p in hit.passages), default=0.0), default=None)
    if likeliest and likeliest.unknown:
        unknown = ", ".join(likeliest.unknown)
        session.remarks.append(f"No article in the language {likeliest.language} has: {unknown}")
    return None


def _show(found: Sequence["Found"], limit: int) -> None:
    passages = sorted(
        (passage for hit in found for passage in hit.passages), key=lambda p: (p.score, p.coverage), reverse=True
    )
    output.show_table(
        ["Covers", "Near", "Score", "Language", "Article", "Section", "Example", "Text"],
        [
            (
                f"{p.coverage:.0%}",
                f"{p.nearness:.0%}",
                f"{p.score:.1f}",
                p.language,
                p.article_id,
                p.section or p.title,
                p.example,
                _excerpt(p.text),
            )
            for p in passages[:limit]
        ],
        "No section has any of these words.",
    )


def _read(folder: Path) -> "dict[Path, Workspace]":
    """The workspaces in `folder`: itself, if it holds articles directly, or else its folders."""
    # The search takes longer to import than other commands take as a whole.
    from responder_service.knowledge.files import workspace_folders  # noqa: PLC0415
    from responder_service.knowledge.knowledge_base import read_workspace  # noqa: PLC0415

    if not folder.is_dir():
        raise not_found(f"There is no folder {folder}.")
    try:
        own = any(path.suffix == ".md" for path in folder.iterdir())
        folders = [folder] if own else list(workspace_folders(folder).values())
        return {path: read_workspace(path, {}) for path in folders}
    except OSError as error:
        raise refused(f"{error.filename or folder} cannot be read: {error.strerror}.") from None


def _workspace(session: Session, source: str = "") -> "Workspace":
    workspace_id = session.workspace_id
    folder = Path(source)
    if not source or not folder.is_dir():
        folder = _in_knowledge_base(session.settings.knowledge_base, source, workspace_id)
    workspaces = _read(folder)
    if len(workspaces) > 1:
        workspaces = {path: workspace for path, workspace in workspaces.items() if path.name == workspace_id}
    if not workspaces:
        raise unusable(f"{folder} has no articles of the workspace {workspace_id}.", "Name the workspace's own folder.")
    return next(iter(workspaces.values()))


def _in_knowledge_base(knowledge_base: str, source: str, workspace_id: str) -> Path:
    if knowledge_base:
        return Path(knowledge_base, source or workspace_id)
    if source:
        raise not_found(f"There is no folder {source}.", f"To name a workspace instead, set {_FOLDER_VARIABLE}.")
    raise unusable(
        "No Keva runs in this folder whose articles could be searched.",
        f"Name a folder of articles: keva kb search FOLDER QUESTION; or set {_FOLDER_VARIABLE}.",
    )


def _too_long(path: Path, article: "Article") -> list[str]:
    """Remarks on sections of which not even the first sentence is short enough to be texted."""
    from responder_service.drafting.segments import shortened  # noqa: PLC0415 - as in _read

    return [
        f"{path / article.article_id}.md:{section.line}: the first sentence is longer than {DRAFT_SEGMENTS} SMS; "
        "without a model this section is never sent"
        for section in article.sections
        if not shortened(section.answer, DRAFT_SEGMENTS)
    ]


def _untaught(article: "Article") -> list[str]:
    """The headings of the sections that no example question leads to; the article's title for what is above the
    first."""
    return [section.heading or article.title for section in article.sections if not section.questions]


def _without_questions(path: Path, headings: list[str]) -> str:
    return f"{path}: no example questions (lines Q: … under the heading) for: {', '.join(headings)}"


def _as_json(hit: "Found") -> dict[str, Any]:
    passages = [
        {
            "article_id": p.article_id,
            "title": p.title,
            "section": p.section,
            "text": p.text,
            "coverage": round(p.coverage, 4),
            "nearness": round(p.nearness, 4),
            "nearest_example_question": p.example,
            "score": round(p.score, 4),
        }
        for p in hit.passages
    ]
    return {"language": hit.language, "unknown_words": list(hit.unknown), "passages": passages}


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT_CHARACTERS else line[: _EXCERPT_CHARACTERS - 1].rstrip() + "…"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
