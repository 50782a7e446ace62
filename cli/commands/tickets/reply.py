"""`keva tickets reply`."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer

from cli.commands.tickets.outgoing.deliveries import wait_for_deliveries
from cli.commands.tickets.outgoing.newer_messages import LastSeenOption, SendAnywayOption, show_newer
from cli.commands.tickets.reply_preview import show_preview
from cli.commands.tickets.saved_text import rendered, saved_reply_id_of
from cli.commands.tickets.ticket_argument import TicketArgument
from cli.commands.tickets.writing import RequestIdOption, read_text, repeatable
from cli.session import Session
from cli.terminal import output
from cli.terminal.choices import TIMES_TO_COME, parse_future_time
from client.failure import Failure, refused
from client.selection import find_ticket_id
from client.words.deliveries import FINAL_STATES, delivery_state, delivery_trouble
from keva.ticket.v1 import message_pb2, ticket_service_pb2

WaitOption = Annotated[
    bool, typer.Option("--wait", help="Wait up to 30 s for the delivery; if it fails, the exit status is 1")
]
ReplyTextArgument = Annotated[
    str, typer.Argument(metavar="TEXT", help="The text; - reads it from standard input. With --media there may be none")
]
SplitOption = Annotated[
    bool,
    typer.Option(
        "--split", help="Send a text of more than 1,600 characters as several, at most ten. --json then prints an array"
    ),
]
MediaOption = Annotated[
    list[str] | None,
    typer.Option("--media", metavar="URL", help="The public URL of a file to send along (MMS); repeat it for several"),
]
DryRunOption = Annotated[
    bool,
    typer.Option("--dry-run", help="Send nothing; show the messages and their segments. --json then prints an array"),
]


AtOption = Annotated[
    datetime | None,
    typer.Option(
        "--at",
        parser=parse_future_time,
        metavar="TIME",
        help=f"Send it later, within a year: {TIMES_TO_COME}",
    ),
]


SavedOption = Annotated[
    str,
    typer.Option(
        "--saved",
        metavar="SHORTCUT",
        help="Send this saved reply (keva replies list) with its values; with a TEXT of your own, count it as used",
    ),
]


async def reply(  # noqa: PLR0913, PLR0917 - one per option
    session: Session,
    ticket: TicketArgument,
    text: ReplyTextArgument = "",
    wait: WaitOption = False,
    split: SplitOption = False,
    media: MediaOption = None,
    dry_run: DryRunOption = False,
    request_id: RequestIdOption = "",
    last_seen: LastSeenOption = "",
    send_anyway: SendAnywayOption = False,
    at: AtOption = None,
    saved: SavedOption = "",
) -> None:
    """Text the customer. The reply is queued, then sent; an open ticket becomes pending. One that is nobody's or the
    AI's becomes yours."""
    ticket_id = await find_ticket_id(session, ticket)
    kept = await rendered(session, saved, ticket_id) if saved and not text else None
    written = kept.text if kept else text if media and not text else read_text(text)
    saved_reply_id = kept.saved_reply.saved_reply_id if kept else await saved_reply_id_of(session, saved)
    request = ticket_service_pb2.ReplyToTicketRequest(
        workspace_id=session.workspace_id,
        ticket_id=ticket_id,
        text=written,
        saved_reply_id=saved_reply_id,
        request_id=request_id or str(uuid.uuid4()),
        split=split,
        media_urls=media or (),
        validate_only=dry_run,
        last_seen_message_id=last_seen,
        send_anyway=send_anyway,
    )
    if at:
        request.send_time.FromDatetime(at)
    try:
        with repeatable("" if dry_run else f"--request-id {request.request_id}"):
            answer = await session.ask(session.services.tickets.ReplyToTicket, request)
    except Failure as failure:
        if failure.reason == "NEWER_MESSAGES":
            await show_newer(session, ticket_id, last_seen)
        raise
    await _show_reply(session, answer, request, wait)


async def _show_reply(
    session: Session,
    answer: ticket_service_pb2.ReplyToTicketResponse,
    request: ticket_service_pb2.ReplyToTicketRequest,
    wait: bool,
) -> None:
    messages = list(answer.messages) or [answer.message]
    try:
        if wait and not request.validate_only and not request.HasField("send_time"):
            await wait_for_deliveries(session, messages)
    finally:
        # With Ctrl-C, too: whoever does not learn that they are stored sends them twice.
        _show_messages(session, answer.ticket, messages, request)
    failed = [message for message in messages if message.delivery.state == message_pb2.DELIVERY_STATE_FAILED]
    if wait and failed:
        raise refused(delivery_trouble(failed[0].delivery))


def _show_messages(
    session: Session,
    ticket: ticket_service_pb2.Ticket,
    messages: Sequence[message_pb2.Message],
    request: ticket_service_pb2.ReplyToTicketRequest,
) -> None:
    if session.settings.as_json:
        output.emit_json(messages if request.split or request.validate_only else messages[0])
    elif request.validate_only:
        show_preview(ticket, messages)
    else:
        _say_states(ticket, messages)


def _say_states(ticket: ticket_service_pb2.Ticket, messages: Sequence[message_pb2.Message]) -> None:
    if messages[0].delivery.state == message_pb2.DELIVERY_STATE_SCHEDULED:
        output.say(
            f"Reply to ticket #{ticket.number} leaves {output.when(messages[0], 'send_time')} "
            f"({messages[0].message_id}). Until then: keva tickets cancel {messages[0].message_id}"
        )
        return
    for number, message in enumerate(messages, 1):
        part = f", part {number} of {len(messages)}" if len(messages) > 1 else ""
        output.say(
            f"Reply to ticket #{ticket.number}{part}: {delivery_state(message.delivery)} ({message.message_id})."
        )
    if not all(message.delivery.state in FINAL_STATES for message in messages):
        output.say(f"See what becomes of it: keva tickets show {ticket.number}")
