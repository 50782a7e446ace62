"""Writes docs/commands.md from what the command line says of itself: `make docs`. A test compares."""

import re
import textwrap
from collections.abc import Iterator
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import typer.main
from typer.core import TyperArgument, TyperGroup

from cli.app import app
from cli.exit_codes import MEANINGS
from cli.settings import SOURCES

FILE = Path(__file__).parents[1] / "docs" / "commands.md"

_OPENING = """\
# Commands

`make docs` writes this page from the command line's own help, which `keva --help`, `keva GROUP --help` and
`keva GROUP COMMAND --help` show in a terminal.

Commands print for people. With `--json` they print JSON for scripts, with all data and ids, and a list as one array.
An error is one line on standard error that says what is wrong, and one that says what to do.
"""
_SETTINGS = """\
## Options of every command

They stand before or after the command's name. Without the option, the variable counts. Without either, what
`.keva/stack.json` says in the working folder, which the local stack writes while it runs; and last the default.

| option | variable | default | meaning |
|---|---|---|---|"""
# Read by single commands, or by what only developers need.
_MORE_VARIABLES = {
    "KEVA_DEBUG": "If it is set, a bug in `keva` shows where it happened",
}
_SHARED = frozenset({"as_json", *SOURCES})


def render() -> str:
    """The whole page."""
    root = typer.main.get_command(app)
    tops = {name: _command(root, name) for name in root.list_commands(typer.Context(root))}  # type: ignore[attr-defined]
    commands = {name: command for name, command in tops.items() if not isinstance(command, TyperGroup)}
    groups = {name: command for name, command in tops.items() if isinstance(command, TyperGroup)}
    sections = [_settings(), _exit_status()]
    sections += [_section(f"keva {name}", command, "##") for name, command in commands.items()]
    sections += [part for name, group in groups.items() for part in _group(f"keva {name}", group, "##")]
    return "\n".join([_OPENING, *sections])


def _settings() -> str:
    rows = [
        _row(f"`{s.option}`" if s.option else "", f"`{s.variable}`", f"`{s.default}`" if s.default else "", s.meaning)
        for s in SOURCES.values()
    ]
    rows += [_row("", f"`{variable}`", "", meaning) for variable, meaning in _MORE_VARIABLES.items()]
    rows.append(_row("`--json`", "", "", "Print all data, with ids, as JSON for scripts"))
    return "\n".join([_SETTINGS, *rows, ""])


def _exit_status() -> str:
    rows = [_row(str(int(code)), meaning) for code, meaning in MEANINGS.items()]
    return "\n".join(["## Exit status", "", "| status | meaning |", "|---|---|", *rows, ""])


def _group(path: str, group: TyperGroup, heading: str) -> Iterator[str]:
    """The group's own section, and one for each of its commands and groups."""
    yield f"{heading} {path}\n\n{group.help}.\n"
    for name in group.list_commands(typer.Context(group)):
        command = _command(group, name)
        if isinstance(command, TyperGroup):
            yield from _group(f"{path} {name}", command, f"{heading}#")
        else:
            yield _section(f"{path} {name}", command, f"{heading}#")


def _section(path: str, command: Any, heading: str) -> str:
    """What a command does, its arguments, and those of its options that not every command has."""
    own = [parameter for parameter in command.params if parameter.name not in _SHARED]
    rows = [parameter_row(path, parameter) for parameter in own]
    table = ["| argument or option | meaning |", "|---|---|", *rows, ""] if rows else []
    help_text = "\n\n".join(_wrapped(paragraph) for paragraph in prose(command.help).split("\n\n"))
    return "\n".join([f"{heading} {path}", "", f"    {_usage(path, own)}", "", help_text, "", *table])


def _wrapped(paragraph: str) -> str:
    return textwrap.fill(paragraph, 120, break_long_words=False, break_on_hyphens=False)


def _usage(path: str, parameters: list[Any]) -> str:
    arguments = [parameter for parameter in parameters if isinstance(parameter, TyperArgument)]
    words = [argument.metavar if argument.required else f"[{argument.metavar}]" for argument in arguments]
    options = ["[OPTIONS]"] * (len(arguments) < len(parameters))
    return " ".join([path, *options, *map(str, words)])


def parameter_row(path: str, parameter: Any) -> str:
    """A line of a table. Raises ValueError for what has no help, or no word for its value."""
    is_argument = isinstance(parameter, TyperArgument)
    is_flag = not is_argument and parameter.is_flag
    if not parameter.help or not (parameter.metavar or is_flag):
        raise ValueError(f"{path}: {parameter.name} needs a help text, and a metavar for its value")
    names = [] if is_argument else [*parameter.opts, *parameter.secondary_opts]
    spelled = ", ".join(names) if is_flag or is_argument else f"{', '.join(names)} {parameter.metavar}"
    extra = ", ".join(_extra(parameter, is_argument))
    meaning = prose(parameter.help) + (f" ({extra})" if extra else "")
    return _row(f"`{parameter.metavar if is_argument else spelled}`", meaning)


def _extra(parameter: Any, is_argument: bool) -> Iterator[str]:
    if parameter.required and not is_argument:
        yield "required"
    default = parameter.default.value if isinstance(parameter.default, Enum) else parameter.default
    if default not in (None, False, "", ()) and not parameter.required:
        yield f"default: {default}"
    if getattr(parameter, "max", None) is not None:
        yield f"{parameter.min} to {parameter.max}"


def prose(text: str) -> str:
    """Commands, options and variables in `text` as code."""
    return _code().sub(r"`\1`", text)


@cache
def _code() -> re.Pattern[str]:
    paths = sorted(_paths("keva", typer.main.get_command(app)), key=len, reverse=True)
    command = rf"(?:{'|'.join(map(re.escape, paths))})(?: --?[a-z][a-z-]*| [A-Z_]{{2,}})*"
    return re.compile(rf"(?<![`\w])({command}|--[a-z][a-z-]*|KEVA_[A-Z_]+)(?![`\w])")


def _paths(path: str, command: Any) -> Iterator[str]:
    if not isinstance(command, TyperGroup):
        yield path
    else:
        for name in command.list_commands(typer.Context(command)):
            yield from _paths(f"{path} {name}", _command(command, name))


def _row(*cells: str) -> str:
    escaped = [cell.replace("|", "\\|") for cell in cells]
    return f"| {' | '.join(escaped)} |"


def _command(group: Any, name: str) -> Any:
    return group.get_command(typer.Context(group), name)


def main() -> None:
    """Writes the page."""
    FILE.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
