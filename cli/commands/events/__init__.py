"""`keva events`: a file per command."""

import typer

from cli.command import command
from cli.commands.events.list import list_events
from cli.commands.events.watch import watch_events

group = typer.Typer()
command(group, "watch")(watch_events)
command(group, "list")(list_events)
