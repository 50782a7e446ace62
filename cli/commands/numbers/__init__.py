"""`keva numbers`: a file per command."""

import typer

from cli.command import command
from cli.commands.numbers.backfill import backfill
from cli.commands.numbers.configure import configure_number
from cli.commands.numbers.list import list_numbers

group = typer.Typer()
command(group, "list")(list_numbers)
command(group, "configure")(configure_number)
command(group, "backfill")(backfill)
