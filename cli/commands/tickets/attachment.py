"""`keva tickets attachment`."""

import mimetypes
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.commands.tickets.ticket_argument import TicketArgument
from cli.session import Session
from cli.terminal import output
from client.failure import Failure, FailureKind, not_found, refused, unusable
from client.lists import list_messages
from client.selection import find_ticket
from client.session import TWILIO_SECONDS
from client.words.attachments import attachments, size_text
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import message_pb2, ticket_service_pb2

_STANDARD_OUTPUT = Path("-")
# What the library does not know, or names in a way that no program expects.
_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_EXTENSIONS = {
    **dict.fromkeys(("text/vcard", "text/x-vcard", "text/directory"), ".vcf"),
    **dict.fromkeys(("text/csv", "application/csv", "text/comma-separated-values"), ".csv"),
    "audio/amr": ".amr",
    "application/x-zip-compressed": ".zip",
    f"{_OPEN_XML}.wordprocessingml.document": ".docx",
    f"{_OPEN_XML}.spreadsheetml.sheet": ".xlsx",
    f"{_OPEN_XML}.presentationml.presentation": ".pptx",
}

NumberArgument = Annotated[int, typer.Argument(metavar="N", min=1, help="Its number, as keva tickets show lists it")]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="The file to write; - is standard output (default: such as ticket-12-attachment-1.jpg, in this folder)",
    ),
]


async def attachment(
    session: Session, ticket: TicketArgument, number: NumberArgument, output_file: OutputOption = None
) -> None:
    """Save a picture or another file that the customer sent. No existing file is overwritten."""
    if output_file == _STANDARD_OUTPUT and (sys.stdout.isatty() or session.settings.as_json):
        raise unusable("An attachment cannot be written to a terminal, or among JSON.", "Name a file with --output.")
    found = await find_ticket(session, ticket)
    media = await _attachment(session, found, number)
    file = output_file or Path(f"ticket-{found.number}-attachment-{number}{_extension(media.content_type)}")
    if file != _STANDARD_OUTPUT and file.exists():
        raise _exists(file)
    request = sms_service_pb2.GetMediaRequest(organization_id=session.organization_id, media_id=media.media_id)
    content = (await session.ask(session.services.sms.GetMedia, request, TWILIO_SECONDS)).content
    if file == _STANDARD_OUTPUT:
        sys.stdout.buffer.write(content)
        return
    _save(file, content)
    if session.settings.as_json:
        output.emit_json({"file": str(file), "attachment": media})
    else:
        output.say(f"Saved as {file} ({media.content_type}, {size_text(len(content))}).")


async def _attachment(session: Session, ticket: ticket_service_pb2.Ticket, number: int) -> message_pb2.MediaItem:
    """The ticket's attachment with that number. Raises Failure unless it can be had."""
    found = list(attachments(await list_messages(session, ticket.ticket_id)))
    if number > len(found):
        count = f"{len(found)} attachment{'' if len(found) == 1 else 's'}"
        raise not_found(f"Ticket #{ticket.number} has {count}.", f"keva tickets show {ticket.number} lists them.")
    media = found[number - 1]
    if media.state != message_pb2.MEDIA_STATE_STORED:
        waits = media.state == message_pb2.MEDIA_STATE_PENDING
        if waits:
            raise Failure(FailureKind.TRY_AGAIN, "It is still being fetched from Twilio.", "Try again in a moment.")
        where = f"A person who may sign in to Twilio finds it at {media.url}" if media.url else ""
        raise refused(f"Keva does not have it. {media.error_text}".strip(), where)
    return media


def _exists(file: Path) -> Failure:
    return unusable(f"{file} exists already.", "Name another file with --output.")


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
        raise refused(f"{file} cannot be written: {error.strerror}.") from None


def _extension(content_type: str) -> str:
    return _EXTENSIONS.get(content_type) or mimetypes.guess_extension(content_type) or ""
