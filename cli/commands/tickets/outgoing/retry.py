"""`keva tickets retry`."""

from typing import Annotated

import typer

from cli.commands.tickets.outgoing.newer_messages import LastSeenOption, SendAnywayOption, show_newer
from cli.commands.tickets.ticket_argument import TicketArgument
from cli.commands.tickets.writing import repeatable
from cli.session import Session
from cli.terminal import output
from client.failure import Failure, refused
from client.lists import list_messages
from client.selection import find_ticket_id
from client.words.deliveries import delivery_state
from keva.ticket.v1 import message_pb2, ticket_service_pb2

MessageOption = Annotated[
    str, typer.Option("--message", metavar="MESSAGE", help="The id of the reply (default: the last one that failed)")
]


async def retry(
    session: Session,
    ticket: TicketArgument,
    message: MessageOption = "",
    last_seen: LastSeenOption = "",
    send_anyway: SendAnywayOption = False,
) -> None:
    """Send a reply that failed again, as a new one. A reply is repeated once, however often you ask."""
    ticket_id = await find_ticket_id(session, ticket)
    request = ticket_service_pb2.RetryReplyRequest(
        workspace_id=session.workspace_id,
        message_id=message or await _last_failed(session, ticket_id),
        last_seen_message_id=last_seen,
        send_anyway=send_anyway,
    )
    try:
        # Without its id, the reply that failed before this one would be the last that has failed and was not repeated.
        with repeatable(f"--message {request.message_id}"):
            answer = await session.ask(session.services.tickets.RetryReply, request)
    except Failure as failure:
        if failure.reason == "NEWER_MESSAGES":
            await show_newer(session, ticket_id, last_seen)
        raise
    if session.settings.as_json:
        return output.emit_json(answer.message)
    state = delivery_state(answer.message.delivery)
    return output.say(f"Reply to ticket #{answer.ticket.number}, again: {state} ({answer.message.message_id}).")


async def _last_failed(session: Session, ticket_id: str) -> str:
    """The id. Raises Failure when there is none."""
    messages = await list_messages(session, ticket_id)
    failed = [m for m in messages if m.delivery.state == message_pb2.DELIVERY_STATE_FAILED and not m.retried_by]
    if not failed:
        raise refused("No reply on this ticket has failed, or all that have were sent again.")
    return failed[-1].message_id
