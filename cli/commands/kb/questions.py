"""`keva kb questions`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.session import Session
from cli.terminal import output
from client.failure import not_found
from client.questions.groups import Group, grouped, list_questions

if TYPE_CHECKING:
    from cli.commands.kb.takeover import Written

_SHOWN = 20


async def questions(
    session: Session,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, max=500, help="Show at most this many groups")
    ] = _SHOWN,
    write: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Write them into the workspace's folder of articles, for a person to review and commit",
        ),
    ] = None,
) -> None:
    """Show what customers asked and the AI could not answer, the newest first, each with what a person answered.

    Questions that ask for the same stand together. With --write, a question whose answer was made from an article's
    section becomes an example question of it (a line Q: … under its heading), and what somebody has answered in other
    words becomes a file in from-customers/. Read them before you commit them; then keva kb dismiss takes them off the
    list."""
    groups = grouped(await list_questions(session))
    if write is not None:
        return _written(session, groups, write)
    if session.settings.as_json:
        return output.emit_json({"groups": [{"questions": list(group.questions)} for group in groups[:limit]]})
    for group in groups[:limit]:
        _show(group)
    if not groups:
        return output.remark("There is no question that the AI could not answer.")
    if len(groups) > limit:
        output.remark(f"{len(groups) - limit} more: --limit {len(groups)} shows them.")
    return None


def _written(session: Session, groups: Sequence[Group], folder: Path) -> None:
    # --help of any command needs none of it.
    from cli.commands.kb.takeover import take_over  # noqa: PLC0415

    if not folder.is_dir():
        raise not_found(f"There is no folder {folder}.")
    own = folder / session.workspace_id
    written = take_over(groups, own if own.is_dir() else folder)
    if session.settings.as_json:
        return output.emit_json({"written": [_as_json(one) for one in written]})
    for one in written:
        output.say(f"{one.file}: {one.what}")
    if not written:
        return output.remark("Nothing was written: what has an answer is there already.")
    return output.remark("Read them, correct them and commit them: keva kb check finds mistakes.")


def _as_json(written: "Written") -> dict[str, object]:
    return {"file": str(written.file), "what": written.what, "question_ids": list(written.question_ids)}


def _show(group: Group) -> None:
    newest = group.questions[0]
    times = f"{len(group.questions)} times, lately " if len(group.questions) > 1 else ""
    output.say(f"{times}{output.when(newest, 'ask_time')}, ticket {newest.ticket_number}", style="bold")
    for text in group.texts:
        output.say_indented(text)
    answer = " ".join(group.answer.split())
    output.say(f"  answered: {answer}" if answer else "  nobody has answered yet")
    if group.used is not None:
        output.say(f"  from: {group.used.article_id}, {group.used.section or group.used.title}", style="dim")
    ids = " ".join(question.question_id for question in group.questions)
    output.say(f"  keva kb dismiss {ids}", style="dim")
