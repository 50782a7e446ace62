"""The `keva` command's tree."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from cli.command import root_options
from cli.commands import doctor, up

_HELP = (
    "Keva's command line: customers text your number, and each text becomes a ticket.\n\n"
    "Everything is printed for people; --json prints all data for scripts, lists as one array. Without options and "
    "environment, the services are those of the local stack that runs in this folder (.keva/stack.json).\n\n"
    "Exit status:\n"
    "    0  done\n"
    "    1  failed, or refused by a service\n"
    "    2  wrong usage: the command can never succeed as it is written\n"
    "    3  what the command names does not exist\n"
    "    4  a service cannot be reached\n"
    "    5  somebody else's change came first, or not possible right now: try again\n"
    "  130  interrupted with Ctrl-C"
)

app = typer.Typer(
    name="keva",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
root_options(app, _HELP)
up.add_to(app)
doctor.add_to(app)

# The commands of a group are in cli.commands, by its name.
_GROUPS = {
    "twilio": "Twilio accounts: connect, list, change tokens, disconnect",
    "numbers": "Phone numbers of the connected Twilio accounts",
    "workspaces": "Workspaces: the desks that tickets go to",
    "channels": "Channels: the numbers that Keva answers, and their rules",
    "tickets": "Tickets: read, answer, assign, settle",
    "customers": "Customers: the phones that texted, and what is known of them",
    "audit": "The audit trail: who did what, and when; and whether anybody changed it",
    "keys": "The keys that Auth Tokens are encrypted with: list, rotate, new",
    "kb": "The AI's articles: mistakes in them, and what a question finds",
    "sim": "The Twilio simulator: play the customer on this machine",
}


class _LazyGroup(TyperGroup):
    """A group whose commands are imported when they are needed: most of `keva`'s time goes by in imports."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of its commands, in their order."""
        self._load()
        return super().list_commands(ctx)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """One of its commands."""
        self._load()
        return super().get_command(ctx, cmd_name)

    def _load(self) -> None:
        if not self.commands:
            group: typer.Typer = import_module(f"cli.commands.{self.name}").group
            self.commands.update(get_group(group).commands)


for _name, _help in _GROUPS.items():
    app.add_typer(typer.Typer(), name=_name, help=_help, cls=_LazyGroup, no_args_is_help=True)
