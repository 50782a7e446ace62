"""`keva up`: all of Keva on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from cli.command import exit_with_code
from cli.hints.development_tools import tools_missing


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("up")(up)


def up(
    demo: Annotated[bool, typer.Option("--demo", help="Play a conversation first, and print it")] = False,
    once: Annotated[bool, typer.Option("--once", help="Stop when everything has worked once")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Print every log line")] = False,
    folder: Annotated[
        Path | None, typer.Option("--folder", metavar="FOLDER", help="Where .keva/ is kept (default: this folder)")
    ] = None,
) -> None:
    """Run all of Keva on this machine, with a MongoDB and a Twilio simulator, until Ctrl-C."""
    flags = {"--demo": demo, "--once": once, "--verbose": verbose}
    arguments = [flag for flag, wanted in flags.items() if wanted]
    if folder is not None:
        arguments += ["--folder", str(folder)]
    exit_with_code(lambda: _run(arguments))


def _run(arguments: list[str]) -> None:
    try:
        from dev.local_stack.__main__ import main  # noqa: PLC0415 - a production image has no dev tools
    except ModuleNotFoundError as error:
        raise tools_missing(error) from error
    raise typer.Exit(main(arguments))
