"""`keva workspaces`: a file per command."""

import typer

from cli.command import command
from cli.commands.workspaces.add import add
from cli.commands.workspaces.hours import hours
from cli.commands.workspaces.list import list_all
from cli.commands.workspaces.show import show
from cli.commands.workspaces.update import update

group = typer.Typer()
command(group, "list")(list_all)
command(group, "add")(add)
command(group, "show")(show)
command(group, "update")(update)
command(group, "hours")(hours)
