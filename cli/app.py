"""The `keva` command's tree."""

import typer

from cli.command import root_options
from cli.commands import channels, customers, doctor, kb, keys
from cli.commands import sim as simulator
from cli.commands import up as local_stack
from cli.commands.audit import export as audit_export
from cli.commands.audit import list as audit
from cli.commands.audit import verify as audit_verify
from cli.commands.numbers import backfill
from cli.commands.numbers import list as numbers
from cli.commands.tickets import attachment as attachments
from cli.commands.tickets import changes as ticket_changes
from cli.commands.tickets import list as tickets
from cli.commands.tickets import reply as ticket_messages
from cli.commands.twilio import accounts as twilio
from cli.commands.twilio import rotate as rotation
from cli.commands.twilio import shared_keys
from cli.commands.workspaces import update as workspaces

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
local_stack.add_to(app)
doctor.add_to(app)
_GROUPS = {
    "twilio": (twilio.group, "Twilio accounts: connect, list, change tokens, disconnect"),
    "numbers": (numbers.group, "Phone numbers of the connected Twilio accounts"),
    "workspaces": (workspaces.group, "Workspaces: the desks that tickets go to"),
    "channels": (channels.group, "Channels: the numbers that Keva answers, and their rules"),
    "tickets": (tickets.group, "Tickets: read, answer, assign, settle"),
    "customers": (customers.group, "Customers: the phones that texted, and what is known of them"),
    "audit": (audit.group, "The audit trail: who did what, and when; and whether anybody changed it"),
    "keys": (keys.group, "The keys that Auth Tokens are encrypted with: list, rotate, new"),
    "kb": (kb.group, "The AI's articles: mistakes in them, and what a question finds"),
    "sim": (simulator.group, "The Twilio simulator: play the customer on this machine"),
}
for _name, (_group, _help) in _GROUPS.items():
    app.add_typer(_group, name=_name, help=_help, no_args_is_help=True)
rotation.add_to(twilio.group)
twilio.group.add_typer(
    shared_keys.group, name="shared-keys", help="SharedKeys, which Twilio may sign webhooks with", no_args_is_help=True
)
backfill.add_to(numbers.group)
audit_verify.add_to(audit.group)
audit_export.add_to(audit.group)
ticket_messages.add_to(tickets.group)
attachments.add_to(tickets.group)
ticket_changes.add_to(tickets.group)
