"""Questions are written into a folder of articles."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.terminal.files import replacing
from client.failure import refused
from client.questions.groups import Group, Question, words_of
from client.questions.markdown import example_question, new_article, with_example
from keva.ticket.v1.suggestion_pb2 import SuggestedArticle

_OWN_FILES = "from-customers"
_NO_WORD = re.compile(r"[^a-z0-9]+")
_MOST_NAME_CHARACTERS = 60


@dataclass(frozen=True)
class Written:
    """A file, and what it has got."""

    file: Path
    what: str
    question_ids: tuple[str, ...]


def take_over(groups: Sequence[Group], folder: Path) -> list[Written]:
    """Writes what has an answer into a workspace's folder, once. Raises Failure."""
    try:
        return [one for group in groups for one in _of_group(group, folder.resolve())]
    except OSError as error:
        raise refused(f"{error.filename} cannot be written: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise refused("An article is not in UTF-8.", "keva kb check names it.") from None


def _of_group(group: Group, folder: Path) -> Iterator[Written]:
    if group.used is None:
        yield from _file(group, folder) if group.answer else ()
        return
    for question in group.questions:
        # They ask for the same.
        used = question.used_article if question.HasField("used_article") else group.used
        yield from _example(question, used, folder)


def _example(question: Question, used: SuggestedArticle, folder: Path) -> Iterator[Written]:
    file = (folder / f"{used.article_id}.md").resolve()
    # A responder that is not Keva's names articles as it likes.
    if not file.is_relative_to(folder) or not file.is_file():
        return
    before, line = file.read_text(encoding="utf-8"), example_question(question)
    after = with_example(before, used.section, line)
    if after is None or after == before:
        return
    _write(file, after)
    section = used.section or used.title
    yield Written(file, f"{line} (under {section})", (question.question_id,))


def _file(group: Group, folder: Path) -> Iterator[Written]:
    name = _NO_WORD.sub("-", words_of(group.questions[0]).casefold())[:_MOST_NAME_CHARACTERS].strip("-")
    file = folder / _OWN_FILES / f"{name or group.questions[0].question_id}.md"
    if file.exists():
        return
    file.parent.mkdir(exist_ok=True)
    _write(file, new_article(group))
    yield Written(file, "a new section", tuple(question.question_id for question in group.questions))


def _write(file: Path, text: str) -> None:
    """Raises Failure, and leaves an article as it was then."""
    with replacing(file) as opened:
        opened.write(text)
