"""`keva tickets attachment`, and how `keva tickets show` lists attachments."""

import asyncio
import json
import os
import pty
from pathlib import Path
from typing import Any

import pytest

from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import message_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit import errors
from tests.keva_command import keva_command

CONTENT = b"\x89PNG\r\n\x1a\n\x00\x1b[2J\xff"
STORED = message_pb2.MediaItem(
    state=message_pb2.MEDIA_STATE_STORED, media_id="med_1", content_type="image/png", size_bytes=34_900
)
PENDING = message_pb2.MediaItem(state=message_pb2.MEDIA_STATE_PENDING, content_type="text/vcard")
REFUSED = message_pb2.MediaItem(
    state=message_pb2.MEDIA_STATE_REFUSED, content_type="video/mp4", error_text="The attachment is too large."
)
SENT = message_pb2.MediaItem(url="https://example.com/map.png")


def _message(*media: message_pb2.MediaItem, text: str = "") -> message_pb2.Message:
    return message_pb2.Message(direction=message_pb2.MESSAGE_DIRECTION_INBOUND, text=text, media=media)


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """Ticket 12 with three attachments in two texts, and a reply with one that is ours."""
    ticket = pb.Ticket(ticket_id="tkt_12", number=12)
    reply = message_pb2.Message(direction=message_pb2.MESSAGE_DIRECTION_OUTBOUND, media=[SENT])
    messages = [_message(PENDING), reply, _message(STORED, REFUSED, text="  * Attachment 9: faked")]
    keva.ticket_service.answers.update(
        ListTickets=pb.ListTicketsResponse(tickets=[ticket]),
        GetCustomer=pb.GetCustomerResponse(),
        ListMessages=pb.ListMessagesResponse(messages=messages),
    )
    keva.sms_service.answers["GetMedia"] = sms_service_pb2.GetMediaResponse(content_type="image/png", content=CONTENT)


async def test_show_lists_attachments_by_number(keva: Any) -> None:
    result = await keva("tickets", "show", "12")

    assert [row for row in result.output.splitlines() if row.startswith("  *")] == [
        "  * Attachment 1: text/vcard, PENDING",
        "  * Attachment 2: image/png, 34.1 KiB, STORED",
        "  * Attachment 3: video/mp4, REFUSED: The attachment is too large.",
    ]
    assert "    [media] https://example.com/map.png" in result.output


async def test_attachment_is_saved_under_a_name_of_its_own(keva: Any) -> None:
    result = await keva("--organization", "acme", "--workspace", "sales", "tickets", "attachment", "#12", "2")

    assert result.status == 0
    assert result.output == "Saved as ticket-12-attachment-2.png (image/png, 14 bytes).\n"
    assert (keva.folder / "ticket-12-attachment-2.png").read_bytes() == CONTENT
    request = keva.sms_service.last()
    assert (request.organization_id, request.media_id) == ("acme", "med_1")


async def test_attachment_is_saved_where_it_is_said(keva: Any, tmp_path: Path) -> None:
    result = await keva("tickets", "attachment", "12", "2", "--output", str(tmp_path / "picture"), "--json")

    assert (tmp_path / "picture").read_bytes() == CONTENT
    saved = json.loads(result.output)
    assert (saved["file"], saved["attachment"]["media_id"]) == (str(tmp_path / "picture"), "med_1")


async def test_file_that_is_there_is_never_overwritten(keva: Any) -> None:
    file = keva.folder / "notes.txt"
    file.write_text("mine")

    result = await keva("tickets", "attachment", "12", "2", "--output", "notes.txt")

    assert (result.status, "exists already" in result.error) == (2, True)
    assert file.read_text() == "mine"
    assert keva.sms_service.requests == []


async def test_folder_that_is_not_there_is_said(keva: Any) -> None:
    result = await keva("tickets", "attachment", "12", "2", "--output", "nowhere/picture.png")

    assert (result.status, "cannot be written" in result.error) == (1, True)


async def _start(keva: Any, stdout: int) -> asyncio.subprocess.Process:
    """The command that writes attachment 2 to standard output."""
    command = keva_command("tickets", "attachment", "12", "2", "--output", "-")
    environment = keva.whole_environment()
    return await asyncio.create_subprocess_exec(*command, cwd=keva.folder, env=environment, stdout=stdout)


async def test_attachment_goes_down_a_pipe_as_it_is(keva: Any) -> None:
    process = await _start(keva, asyncio.subprocess.PIPE)

    output, _ = await process.communicate()

    assert (process.returncode, output) == (0, CONTENT)


async def test_attachment_never_reaches_a_terminal(keva: Any) -> None:
    ours, theirs = pty.openpty()
    process = await _start(keva, theirs)

    status = await process.wait()

    os.close(theirs)
    os.close(ours)
    assert status == 2
    assert keva.sms_service.requests == []


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [
        pytest.param("1", 5, "still being fetched", id="pending"),
        pytest.param("3", 1, "The attachment is too large", id="refused"),
        pytest.param("4", 3, "has 3 attachments", id="none"),
        pytest.param("0", 2, "Invalid value", id="no number"),
    ],
)
async def test_attachment_that_cannot_be_had(keva: Any, number: str, status: int, said: str) -> None:
    result = await keva("tickets", "attachment", "12", number)

    assert (result.status, said in result.error) == (status, True)
    assert keva.sms_service.requests == []
    assert list(keva.folder.glob("ticket-*")) == []


async def test_attachment_that_is_gone_meanwhile_is_not_found(keva: Any) -> None:
    keva.sms_service.answers["GetMedia"] = errors.NotFound("MEDIA_NOT_FOUND", "there is no such attachment")

    result = await keva("tickets", "attachment", "12", "2")

    assert (result.status, "MEDIA_NOT_FOUND" in result.error) == (3, True)
