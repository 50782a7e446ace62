"""`keva agents`: a file per command."""

import typer

from cli.command import command
from cli.commands.agents.activity import available, away, deactivate, reactivate
from cli.commands.agents.add import add
from cli.commands.agents.list import list_all
from cli.commands.agents.show import show
from cli.commands.agents.sign_in import link, sign_out
from cli.commands.agents.update import update

group = typer.Typer()
command(group, "list")(list_all)
command(group, "add")(add)
command(group, "show")(show)
command(group, "update")(update)
command(group, "deactivate")(deactivate)
command(group, "reactivate")(reactivate)
command(group, "link")(link)
command(group, "sign-out")(sign_out)
command(group, "available")(available)
command(group, "away")(away)
