"""`keva twilio`: a file per command."""

import typer

from cli.command import command
from cli.commands.twilio import shared_keys
from cli.commands.twilio.connect import connect
from cli.commands.twilio.disconnect import disconnect
from cli.commands.twilio.list import list_accounts
from cli.commands.twilio.rotate import rotate

group = typer.Typer()
command(group, "connect")(connect)
command(group, "list")(list_accounts)
command(group, "disconnect")(disconnect)
command(group, "rotate")(rotate)
group.add_typer(
    shared_keys.group,
    name="shared-keys",
    help="SharedKeys: keys beside the Auth Token that Twilio may sign webhooks with",
    no_args_is_help=True,
)
