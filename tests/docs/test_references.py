"""What the documentation names is there: pages and headings, files and folders, commands, make targets, variables."""

import fnmatch
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main

from cli.app import app
from dev.process_list import PACKAGES, PROCESSES
from tests.docs.pages import ROOT, Page, pages

_PAGES = pages()
_each_page = pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.path)

# Written by the program, or by somebody else, and not part of the repository.
_NOT_KEPT = ("keva/", ".keva/")
_NAME = re.compile(r"[\w.*-]+(\.(py|md|ya?ml|toml|sh|proto|mjs)|/)\Z")
_PATH = re.compile(r"[\w.*{},-]+(/[\w.*{},-]*)+\Z")


def broken_links(page: Page) -> Iterator[str]:
    for link in page.links():
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        file = (ROOT / page.path).parent / target if target else ROOT / page.path
        if not file.exists() or (anchor and anchor not in Page(target, file.read_text(encoding="utf-8")).anchors()):
            yield link


def missing_paths(page: Page) -> Iterator[str]:
    for span in page.code_spans():
        if _NAME.match(span):
            found = span.startswith(_NOT_KEPT) or bool(fnmatch.filter(_names(), span.rstrip("/")))
        else:
            folder = (ROOT / page.path).parent if span.startswith("../") else ROOT
            found = not _is_path(span) or _exists(folder, span)
        if not found:
            yield span


def unknown_commands(page: Page) -> Iterator[str]:
    for line in (*page.code_spans(), *page.code_lines()):
        command = _keva_command(line)
        if command is not None and (problem := _problem(command)):
            yield f"{line}: {problem}"


def unknown_targets(page: Page) -> Iterator[str]:
    makefile = (ROOT / "Makefile").read_text()
    for line in (*page.code_spans(), *page.code_lines()):
        match = re.match(r"(?:\$ )?make ([a-z]+)", line)
        if match and not re.search(rf"^{match[1]}:", makefile, re.MULTILINE):
            yield line


def unknown_variables(page: Page) -> Iterator[str]:
    known = _variables()
    for name in set(re.findall(r"\bKEVA_[A-Z_]*[A-Z]\b(?!_?…)", page.text)):
        if name.removesuffix("_FILE") not in known and name not in known:
            yield name


def unknown_messages(page: Page) -> Iterator[str]:
    """What is quoted as a message, of several words, and is in no string of the code."""
    for span in page.code_spans():
        quoted = re.match(r"(?!keva |make )[a-z]+( [a-z',:]+)+\Z", span)
        if quoted and span not in _source():
            yield span


@_each_page
def test_links_lead_somewhere(page: Page) -> None:
    assert list(broken_links(page)) == []


@_each_page
def test_paths_are_in_the_repository(page: Page) -> None:
    assert list(missing_paths(page)) == []


@_each_page
def test_commands_are_the_commands(page: Page) -> None:
    assert list(unknown_commands(page)) == []


@_each_page
def test_make_targets_are_in_the_makefile(page: Page) -> None:
    assert list(unknown_targets(page)) == []


@_each_page
def test_variables_are_read_by_something(page: Page) -> None:
    if page.path == "CHANGELOG.md":
        pytest.skip("it names variables that are gone")
    assert list(unknown_variables(page)) == []


def test_messages_are_those_that_programs_write() -> None:
    (operations,) = (page for page in _PAGES if page.path == "docs/operations.md")

    assert list(unknown_messages(operations)) == []


@pytest.mark.parametrize(
    ("check", "text"),
    [
        pytest.param(broken_links, "[a](docs/nowhere.md)", id="a page"),
        pytest.param(broken_links, "[a](README.md#nowhere)", id="a heading"),
        pytest.param(broken_links, "[`a`](#nowhere)", id="a heading of this page"),
        pytest.param(missing_paths, "`gateway/nowhere.py`", id="a file"),
        pytest.param(missing_paths, "`gateway/nowhere`", id="a module"),
        pytest.param(missing_paths, "`nowhere.py`", id="a file's name"),
        pytest.param(missing_paths, "`nowhere/`", id="a folder's name"),
        pytest.param(missing_paths, "`nowhere/limits.py`", id="a file of no folder"),
        pytest.param(missing_paths, "`../gateway/nowhere`", id="a path from the page"),
        pytest.param(missing_paths, "`gateway/{limits,nowhere}.py`", id="one of two files"),
        pytest.param(unknown_commands, "    keva tickets juggle", id="a command"),
        pytest.param(unknown_commands, "`keva tickets list --nowhere`", id="an option"),
        pytest.param(unknown_commands, "    A=1 .venv/bin/keva nowhere", id="a command after a variable"),
        pytest.param(unknown_targets, "`make nowhere`", id="a target"),
        pytest.param(unknown_variables, "`KEVA_NOWHERE`", id="a variable"),
        pytest.param(unknown_messages, "`waiting for nowhere`", id="a message"),
    ],
)
def test_what_is_not_there_is_noticed(check: Any, text: str) -> None:
    assert len(list(check(Page("README.md", text)))) == 1


def _is_path(span: str) -> bool:
    """Whether it begins with something of the repository's top folder, or ends like one of its files."""
    if not _PATH.match(span) or span.startswith(_NOT_KEPT):
        return False
    return (ROOT / span.split("/", maxsplit=1)[0]).exists() or bool(_NAME.match(span.rsplit("/", maxsplit=1)[1]))


def _exists(folder: Path, path: str) -> bool:
    alternatives = re.search(r"\{([^}]*)\}", path)
    if alternatives:
        return all(_exists(folder, path.replace(alternatives[0], part, 1)) for part in alternatives[1].split(","))
    if "*" in path:
        return any(folder.glob(path))
    return (folder / path).exists()


def _keva_command(line: str) -> list[str] | None:
    """The words after `keva`, if the line calls it; what follows two spaces, or a #, explains the line."""
    match = re.match(r"(?:\$ )?(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?keva ((?:\S| (?! ))+)", line)
    if match is None:
        return None
    words = match[1].partition(" #")[0].rstrip("\\")
    try:
        return shlex.split(words)
    except ValueError:
        return shlex.split(words.replace('"', "").replace("'", ""))


def _problem(words: list[str]) -> str:
    """What the command has no such thing of; empty if all is well."""
    command: Any = typer.main.get_command(app)
    options = _options(command)
    for word in words:
        name = word.strip("[]").partition("=")[0]
        if name.startswith("-"):
            if name not in options | _options(command):
                return f"no option {name}"
        elif hasattr(command, "list_commands") and name.islower():
            command = command.get_command(None, name)
            if command is None:
                return f"no command {name}"
    return ""


def _options(command: Any) -> set[str]:
    return {"--help", "-h", *(name for parameter in command.params for name in parameter.opts)}


@cache
def _names() -> frozenset[str]:
    """The names of all files and folders, without what they are in."""
    tops = [path for path in ROOT.iterdir() if not path.name.startswith(".")]
    return frozenset(path.name for top in tops for path in (top, *top.rglob("*")))


@cache
def _source() -> str:
    """The code, with strings that go on in another line in one piece."""
    files = (file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))
    return "\n".join(re.sub(r'"\s*\n\s*f?"', "", file.read_text()) for file in files)


@cache
def _variables() -> frozenset[str]:
    """What any process, the command or the build reads from the environment."""
    settings = {f"KEVA_{name.upper()}" for process in PROCESSES for name in process.settings().model_fields}
    sources = [*(ROOT / "cli").rglob("*.py"), *(ROOT / "dev").rglob("*.py")]
    others = (re.findall(r'"(KEVA_[A-Z_]+)"', source.read_text()) for source in sources)
    return frozenset(settings.union(*others))
