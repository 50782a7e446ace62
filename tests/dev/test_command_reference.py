"""docs/commands.md is what the command line says of itself."""

from typing import Annotated, Any

import pytest
import typer
import typer.main

from dev import command_reference
from dev.command_reference import parameter_row, prose, render

example = typer.Typer()


@example.command()
def run(
    number: Annotated[int, typer.Argument(metavar="N", help="A number")],
    name: Annotated[str, typer.Option("--name", "-n", metavar="a|b", help="Its name, see --limit")] = "a",
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=9, help="At most so many")] = 5,
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
    token: Annotated[str, typer.Option(metavar="TOKEN", help="A token")] = ...,
    silent: Annotated[str, typer.Option(metavar="X")] = "",
    unnamed: Annotated[str, typer.Option(help="A value without a word for it")] = "",
) -> None:
    """An example."""


def _parameter(name: str) -> Any:
    return next(parameter for parameter in typer.main.get_command(example).params if parameter.name == name)


def test_the_page_is_up_to_date() -> None:
    assert command_reference.FILE.read_text(encoding="utf-8") == render(), "run `make docs`"


def test_the_page_has_every_command_once() -> None:
    headings = [line.lstrip("# ") for line in render().splitlines() if line.startswith("#")]

    assert len(headings) == len(set(headings))
    assert {"keva up", "keva tickets", "keva tickets reply", "keva twilio shared-keys add"} <= set(headings)


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("number", "| `N` | A number |"),
        ("name", "| `--name, -n a\\|b` | Its name, see `--limit` (default: a) |"),
        ("limit", "| `--limit N` | At most so many (default: 5, 1 to 9) |"),
        ("sure", "| `--yes` | Do not ask |"),
        ("token", "| `--token TOKEN` | A token (required) |"),
    ],
)
def test_a_row_says_what_a_parameter_is(name: str, row: str) -> None:
    assert parameter_row("run", _parameter(name)) == row


@pytest.mark.parametrize("name", ["silent", "unnamed"])
def test_a_parameter_that_says_nothing_of_itself_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"keva run: {name} needs"):
        parameter_row("keva run", _parameter(name))


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("keva tickets show lists them", "`keva tickets show` lists them"),
        ("With keva twilio rotate --promote it ends", "With `keva twilio rotate --promote` it ends"),
        ("keva tickets assign TICKET ai", "`keva tickets assign TICKET` ai"),
        ("needs --anchors, or KEVA_TLS_DIR", "needs `--anchors`, or `KEVA_TLS_DIR`"),
        ("keva is no command", "keva is no command"),
    ],
)
def test_commands_options_and_variables_are_code(text: str, marked: str) -> None:
    assert prose(text) == marked
