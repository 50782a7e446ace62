"""What was said on a ticket since a writer looked: the options that say how far they have seen, and what is newer."""

from typing import Annotated

import typer

from cli.commands.tickets.conversation import heading
from cli.session import Session
from cli.terminal import output
from client.lists import list_newer_messages

LastSeenOption = Annotated[
    str,
    typer.Option(
        "--last-seen",
        metavar="MESSAGE",
        help="The id of the last message that you have seen (show --json: the highest seen_position). If there is "
        "anything newer, nothing is sent, and it is shown",
    ),
]
SendAnywayOption = Annotated[bool, typer.Option("--send-anyway", help="Send it although there is something newer")]


async def show_newer(session: Session, ticket_id: str, last_seen: str) -> None:
    """On standard error, like the failure itself: with --json, too, standard output has only what was stored."""
    for message in await list_newer_messages(session, ticket_id, last_seen):
        for line in (heading(message), *message.text.splitlines()):
            output.remark(line)
