"""`keva audit`: a file per command."""

import typer

from cli.command import command
from cli.commands.audit.export import export
from cli.commands.audit.list import list_records
from cli.commands.audit.verify import verify

group = typer.Typer()
command(group, "list")(list_records)
command(group, "verify")(verify)
command(group, "export")(export)
