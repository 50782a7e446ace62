"""`keva customers`: a file per command."""

import typer

from cli.command import command
from cli.commands.customers.block import block, unblock
from cli.commands.customers.consent import allow_texts, no_texts
from cli.commands.customers.forget import forget
from cli.commands.customers.import_list import import_list
from cli.commands.customers.list import list_customers
from cli.commands.customers.note import delete_note, note
from cli.commands.customers.show import show
from cli.commands.customers.update import update

group = typer.Typer()
command(group, "list")(list_customers)
command(group, "show")(show)
command(group, "update")(update)
command(group, "no-texts")(no_texts)
command(group, "allow-texts")(allow_texts)
command(group, "block")(block)
command(group, "unblock")(unblock)
command(group, "note")(note)
command(group, "delete-note")(delete_note)
command(group, "import")(import_list)
command(group, "forget")(forget)
