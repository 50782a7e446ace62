"""`keva tickets reply` and `note`."""

import asyncio
import sys
import uuid
from collections.abc import Sequence
from typing import Annotated

import typer

from cli.command import command
from cli.commands.tickets.conversation import delivery_state, delivery_trouble
from cli.commands.tickets.list import TicketArgument
from cli.commands.tickets.reply_preview import show_preview
from cli.connection import Session
from cli.failure import CommandError, ExitCode, usage
from cli.selection import find_ticket, find_ticket_id
from cli.terminal import output
from keva.ticket.v1 import message_pb2, ticket_service_pb2

_WAIT_SECONDS = 30.0
_POLL_SECONDS = 0.5
_FINAL = frozenset(
    {
        message_pb2.DELIVERY_STATE_DELIVERED,
        message_pb2.DELIVERY_STATE_FAILED,
        message_pb2.DELIVERY_STATE_READ,
    }
)

TextArgument = Annotated[str, typer.Argument(help="The text; - reads it from standard input")]
RequestIdOption = Annotated[
    str, typer.Option("--request-id", help="The same id again writes nothing twice (default: a new UUID)")
]
WaitOption = Annotated[bool, typer.Option("--wait", help="Wait up to 30 s for what becomes of it; failed is status 1")]
ReplyTextArgument = Annotated[str, typer.Argument(help="The text; - reads it from standard input; none with --media")]
SplitOption = Annotated[
    bool, typer.Option("--split", help="Send a text over 1,600 characters as several, at most ten (JSON: an array)")
]
MediaOption = Annotated[
    list[str] | None,
    typer.Option(
        "--media", metavar="URL", help="A file that Twilio fetches and sends along (MMS); repeat it for several"
    ),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Send nothing: show the messages and their segments (JSON: an array)")
]


def add_to(group: typer.Typer) -> None:
    """Adds the commands."""
    command(group, "reply")(reply)
    command(group, "note")(note)


async def reply(
    session: Session,
    ticket: TicketArgument,
    text: ReplyTextArgument = "",
    wait: WaitOption = False,
    split: SplitOption = False,
    media: MediaOption = None,
    dry_run: DryRunOption = False,
    request_id: RequestIdOption = "",
) -> None:
    """Text the customer. The reply is queued and sent at once; an open ticket becomes pending."""
    written = text if media and not text else _text(text)
    request = ticket_service_pb2.ReplyToTicketRequest(
        workspace_id=session.settings.workspace,
        ticket_id=await find_ticket_id(session, ticket),
        text=written,
        request_id=request_id or str(uuid.uuid4()),
        split=split,
        media_urls=media or (),
        validate_only=dry_run,
    )
    try:
        answer = await session.ask(session.tickets.ReplyToTicket, request)
    except CommandError as error:
        raise _with_request_id(error, request.request_id) from None
    await _show_reply(session, answer, request, wait)


async def note(session: Session, ticket: TicketArgument, text: TextArgument, request_id: RequestIdOption = "") -> None:
    """Write an internal note. It never reaches the customer, and closed tickets take notes too."""
    found = await find_ticket(session, ticket)
    request = ticket_service_pb2.AddNoteRequest(
        workspace_id=session.settings.workspace,
        ticket_id=found.ticket_id,
        text=_text(text),
        request_id=request_id or str(uuid.uuid4()),
    )
    try:
        message = (await session.ask(session.tickets.AddNote, request)).message
    except CommandError as error:
        raise _with_request_id(error, request.request_id) from None
    if session.settings.as_json:
        return output.emit_json(message)
    return output.say(f"Noted on ticket #{found.number}.")


async def _show_reply(
    session: Session,
    answer: ticket_service_pb2.ReplyToTicketResponse,
    request: ticket_service_pb2.ReplyToTicketRequest,
    wait: bool,
) -> None:
    messages = list(answer.messages) or [answer.message]
    if wait and not request.validate_only:
        messages = await _settled(session, messages)
    if session.settings.as_json:
        output.emit_json(messages if request.split or request.validate_only else messages[0])
    elif request.validate_only:
        show_preview(answer.ticket, messages)
    else:
        _say_states(answer.ticket, messages)
    failed = [message for message in messages if message.delivery.state == message_pb2.DELIVERY_STATE_FAILED]
    if wait and failed:
        raise CommandError(ExitCode.FAILED, delivery_trouble(failed[0].delivery))


def _say_states(ticket: ticket_service_pb2.Ticket, messages: Sequence[message_pb2.Message]) -> None:
    for place, message in enumerate(messages, 1):
        part = f", part {place} of {len(messages)}" if len(messages) > 1 else ""
        output.say(
            f"Reply to ticket #{ticket.number}{part}: {delivery_state(message.delivery)} ({message.message_id})."
        )
    if not all(message.delivery.state in _FINAL for message in messages):
        output.say(f"See what becomes of it: keva tickets show {ticket.number}")


def _text(given: str) -> str:
    text = sys.stdin.buffer.read().decode("utf-8").removesuffix("\n") if given == "-" else given
    if not text.strip():
        raise usage("The text is empty.")
    # Arguments that are no UTF-8 arrive as surrogates, which no message can hold.
    text.encode("utf-8")
    return text


def _with_request_id(error: CommandError, request_id: str) -> CommandError:
    """Whether the text was stored may be unknown: the same request id makes asking again safe."""
    if error.exit_code not in (ExitCode.TRY_AGAIN, ExitCode.UNREACHABLE):
        return error
    again = f"To try again and not write twice, add --request-id {request_id}"
    return CommandError(error.exit_code, error.message, f"{error.hint} {again}".strip())


async def _settled(session: Session, messages: Sequence[message_pb2.Message]) -> list[message_pb2.Message]:
    """The messages once their deliveries are final, or as they are after the waiting time."""
    settled = list(messages)
    page_token = ""
    try:
        async with asyncio.timeout(_WAIT_SECONDS):
            for place, message in enumerate(messages):
                while settled[place].delivery.state not in _FINAL:
                    await asyncio.sleep(_POLL_SECONDS)
                    settled[place], page_token = await _look_up(session, message, page_token)
    except TimeoutError:
        output.remark(f"Not final after {_WAIT_SECONDS:.0f} s; it goes on without this command.")
    return settled


async def _look_up(session: Session, message: message_pb2.Message, page_token: str) -> tuple[message_pb2.Message, str]:
    """The message as it is now, and the token of the page that has it, to look there first the next time."""
    while True:
        request = ticket_service_pb2.ListMessagesRequest(
            workspace_id=message.workspace_id, ticket_id=message.ticket_id, page_size=200, page_token=page_token
        )
        page = await session.ask(session.tickets.ListMessages, request)
        for found in page.messages:
            if found.message_id == message.message_id:
                return found, page_token
        if not page.next_page_token:
            return message, ""
        page_token = page.next_page_token
