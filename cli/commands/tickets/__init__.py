"""`keva tickets`: a file per command."""

import typer

from cli.command import command
from cli.commands.events.ticket_watch import watch_tickets
from cli.commands.tickets.assign import assign
from cli.commands.tickets.attachment import attachment
from cli.commands.tickets.inbox.counts import counts
from cli.commands.tickets.inbox.list import list_tickets
from cli.commands.tickets.inbox.read import read, unread
from cli.commands.tickets.note import note
from cli.commands.tickets.outgoing.retry import retry
from cli.commands.tickets.outgoing.scheduled import cancel, scheduled
from cli.commands.tickets.priority import priority
from cli.commands.tickets.reply import reply
from cli.commands.tickets.resolve_reopen_close import close, reopen, resolve
from cli.commands.tickets.show import show
from cli.commands.tickets.suggest import suggest
from cli.commands.tickets.work.snooze import snooze, unsnooze
from cli.commands.tickets.work.tags import tag, tags_in_use, untag
from cli.commands.tickets.work.update import update

group = typer.Typer()
command(group, "list")(list_tickets)
command(group, "counts")(counts)
command(group, "show")(show)
command(group, "read")(read)
command(group, "unread")(unread)
command(group, "watch")(watch_tickets)
command(group, "reply")(reply)
command(group, "suggest")(suggest)
command(group, "retry")(retry)
command(group, "scheduled")(scheduled)
command(group, "cancel")(cancel)
command(group, "note")(note)
command(group, "attachment")(attachment)
command(group, "assign")(assign)
command(group, "update")(update)
command(group, "priority")(priority)
command(group, "tag")(tag)
command(group, "untag")(untag)
command(group, "tags")(tags_in_use)
command(group, "snooze")(snooze)
command(group, "unsnooze")(unsnooze)
command(group, "resolve")(resolve)
command(group, "reopen")(reopen)
command(group, "close")(close)
