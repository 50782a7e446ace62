"""The `keva` command's tree."""

from functools import cached_property
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command_from_info, get_group_from_info
from typer.models import CommandInfo

from cli.command import complain_of_setup, root_options
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
    "agents": "Agents: the people of the support staff, what they may do, and who takes new work",
    "channels": "Channels: the numbers that Keva answers, and the rules for their tickets",
    "tickets": "Tickets: read, answer, assign, resolve",
    "conversations": "Conversations: text a customer first",
    "customers": "Customers: who texted, and what is known about them",
    "reports": "Reports: what happened, counted by day, number and agent, and by ticket",
    "replies": "Saved replies: texts that are kept for re-use, the workspace's and your own",
    "events": "What happens, as it happens: for programs that follow it",
    "audit": "The audit trail: who did what, and when; and whether anybody has changed it",
    "keys": "The keys that encrypt Auth Tokens: list, rotate, make",
    "certificates": "Certificates of programs and operators, from the authority of this machine",
    "kb": "The knowledge base that the AI answers from: its articles, and the questions that they lack",
    "sim": "The Twilio simulator: text as a customer, on this machine",
}


class _LazyGroup(TyperGroup):
    """A group that is imported when one of its commands is needed, and of which that one alone is built: most of
    `keva`'s time goes by in imports, and in building what nobody asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - Typer's
        """The names of its commands, in their order."""
        return list(self._known)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - Typer's
        """One of its commands; None when it has none of that name."""
        if cmd_name not in self._known:
            # So that Typer can suggest what may have been meant.
            self.commands = {name: self._built(name) for name in self._known}
            return None
        if cmd_name not in self.commands:
            self.commands[cmd_name] = self._built(cmd_name)
        return self.commands[cmd_name]

    @cached_property
    def _known(self) -> dict[str, Any]:
        try:
            group: typer.Typer = import_module(f"cli.commands.{self.name}").group
        except ModuleNotFoundError as error:
            complain_of_setup(error)
            raise
        registered: list[Any] = [*group.registered_commands, *group.registered_groups]
        return {str(info.name): info for info in registered}

    def _built(self, name: str) -> Any:
        info = self._known[name]
        how: dict[str, Any] = {"pretty_exceptions_short": False, "rich_markup_mode": self.rich_markup_mode}
        if isinstance(info, CommandInfo):
            return get_command_from_info(info, **how)
        return get_group_from_info(info, **how, suggest_commands=True)


for _name, _help in _GROUPS.items():
    app.add_typer(typer.Typer(), name=_name, help=_help, cls=_LazyGroup, no_args_is_help=True)
