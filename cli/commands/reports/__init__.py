"""`keva reports`: a file per command."""

import typer

from cli.command import command
from cli.commands.reports.show import show
from cli.commands.reports.tickets import tickets

group = typer.Typer()
command(group, "show")(show)
command(group, "tickets")(tickets)
