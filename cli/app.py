"""The `keva` command's tree."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from cli.command import root_options
from cli.commands import doctor, up
from cli.exit_codes import MEANINGS

_HELP = (
    "Keva from the command line: customers text your number, each text becomes a ticket, and you answer it.\n\n"
    "Commands print for people; with --json they print JSON for scripts, with all data, and a list as one array. "
    "Without options and environment variables, they talk to the local stack that runs in this folder "
    "(.keva/stack.json).\n\n"
    "Exit status:\n" + "\n".join(f"  {code:>3}  {meaning}" for code, meaning in MEANINGS.items())
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
    "twilio": "Twilio accounts: connect, list, disconnect, and change their Auth Tokens",
    "numbers": "Phone numbers of the connected Twilio accounts, and where Twilio sends their texts",
    "workspaces": "Workspaces: parts of an organization with customers and tickets of their own",
    "channels": "Channels: the numbers that Keva answers, and the rules for their tickets",
    "tickets": "Tickets: read, answer, assign, resolve",
    "customers": "Customers: who texted, and what is known about them",
    "audit": "The audit trail: who did what, and when; and whether anybody has changed it",
    "keys": "The keys that encrypt Auth Tokens: list, rotate, make",
    "kb": "The knowledge base that the AI answers from: check and search its articles",
    "sim": "The Twilio simulator: text as a customer, on this machine",
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
