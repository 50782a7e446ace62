"""`keva tickets attachment`."""

import mimetypes
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.command import command
from cli.commands.tickets.list import TicketArgument
from cli.commands.tickets.media_items import attachments, size_text
from cli.connection import TWILIO_SECONDS, Session
from cli.failure import CommandError, ExitCode, not_found, usage
from cli.paging import everything
from cli.selection import find_ticket
from cli.terminal import output
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import message_pb2, ticket_service_pb2

_STANDARD_OUTPUT = Path("-")
# What the library does not know, or names in a way that no program expects.
_EXTENSIONS = {"text/vcard": ".vcf", "text/x-vcard": ".vcf", "text/directory": ".vcf", "audio/amr": ".amr"}

NumberArgument = Annotated[int, typer.Argument(metavar="N", min=1, help="Its number in keva tickets show")]
OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Where to; - is standard output (default: ticket-12-attachment-1.jpg here)"),
]


def add_to(group: typer.Typer) -> None:
    """Adds the command."""
    command(group, "attachment")(attachment)


async def attachment(
    session: Session, ticket: TicketArgument, number: NumberArgument, output_file: OutputOption = None
) -> None:
    """Save a picture or another file that the customer sent. A file that is there already is never overwritten."""
    if output_file == _STANDARD_OUTPUT and (sys.stdout.isatty() or session.settings.as_json):
        raise usage("An attachment is not written to a terminal, nor among JSON.", "Name a file with --output.")
    found = await find_ticket(session, ticket)
    media = await _attachment(session, found, number)
    file = output_file or Path(f"ticket-{found.number}-attachment-{number}{_extension(media.content_type)}")
    if file != _STANDARD_OUTPUT and file.exists():
        raise _exists(file)
    request = sms_service_pb2.GetMediaRequest(organization_id=session.settings.organization, media_id=media.media_id)
    content = (await session.ask(session.sms.GetMedia, request, TWILIO_SECONDS)).content
    if file == _STANDARD_OUTPUT:
        sys.stdout.buffer.write(content)
        return
    _save(file, content)
    if session.settings.as_json:
        output.emit_json({"file": str(file), "attachment": media})
    else:
        output.say(f"Saved as {file} ({media.content_type}, {size_text(len(content))}).")


async def _attachment(session: Session, ticket: ticket_service_pb2.Ticket, number: int) -> message_pb2.MediaItem:
    """The ticket's attachment with that number. Raises CommandError unless it can be had."""
    request = ticket_service_pb2.ListMessagesRequest(
        workspace_id=session.settings.workspace, ticket_id=ticket.ticket_id, page_size=200
    )
    messages = await everything(session, session.tickets.ListMessages, request, lambda page: page.messages)
    found = list(attachments(messages))
    if number > len(found):
        count = f"{len(found)} attachment{'' if len(found) == 1 else 's'}"
        raise not_found(f"Ticket #{ticket.number} has {count}.", f"keva tickets show {ticket.number} lists them.")
    media = found[number - 1]
    if media.state != message_pb2.MEDIA_STATE_STORED:
        waits = media.state == message_pb2.MEDIA_STATE_PENDING
        message = "It is still being fetched from Twilio." if waits else "Keva does not have it."
        exit_code = ExitCode.TRY_AGAIN if waits else ExitCode.FAILED
        raise CommandError(
            exit_code, f"{message} {media.error_text}".strip(), "Try again in a moment." if waits else ""
        )
    return media


def _exists(file: Path) -> CommandError:
    return usage(f"{file} is there already.", "Name another file with --output.")


def _save(file: Path, content: bytes) -> None:
    """Writes a new file, whole or not at all."""
    try:
        with file.open("xb") as new:
            try:
                new.write(content)
            except OSError:
                file.unlink()
                raise
    except FileExistsError:
        raise _exists(file) from None
    except OSError as error:
        raise CommandError(ExitCode.FAILED, f"{file} cannot be written: {error.strerror}.") from None


def _extension(content_type: str) -> str:
    return _EXTENSIONS.get(content_type) or mimetypes.guess_extension(content_type) or ""
