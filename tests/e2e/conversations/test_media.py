"""A picture that a customer sends reaches the agent, whatever goes wrong on its way."""

import asyncio
import os
from pathlib import Path

from dev.local_stack.desk import Desk, RunningStack
from dev.twilio_simulator.client import MediaFile, SimulatorClient
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import message_pb2, ticket_service_pb2
from tests.e2e.conftest import StartStack
from tests.keva_command import keva_command

ROOT = Path(__file__).parents[3]
PICTURE = MediaFile("image/png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100)
CARD = MediaFile("text/vcard", b"BEGIN:VCARD\r\nEND:VCARD\r\n")


async def _media(desk: Desk) -> list[message_pb2.MediaItem]:
    """The attachments of the customer's texts."""
    tickets = await desk.tickets(desk.customer)
    return [item for ticket in tickets for message in await desk.messages(ticket) for item in message.media]


async def _until_stored(desk: Desk, count: int, seconds: float = 90) -> list[message_pb2.MediaItem]:
    """The attachments, once all of `count` are stored."""
    async with asyncio.timeout(seconds):
        while True:
            media = await _media(desk)
            if [item.state for item in media] == [message_pb2.MEDIA_STATE_STORED] * count:
                return media
            await asyncio.sleep(0.05)


async def _until_tried(desk: Desk) -> None:
    """Returns once the agent can see that the first try failed."""
    async with asyncio.timeout(90):
        while True:
            if any(item.error_text for item in await _media(desk)):
                return
            await asyncio.sleep(0.05)


async def _content(desk: Desk, media: message_pb2.MediaItem) -> bytes:
    request = sms_service_pb2.GetMediaRequest(organization_id="default", media_id=media.media_id)
    return (await desk.clients.sms.GetMedia(request, timeout=90)).content


async def _save(desk: Desk, ticket: ticket_service_pb2.Ticket, number: int, file: Path) -> tuple[int, str]:
    """Exit status and output of `keva tickets attachment`, where the stack runs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KEVA_")}
    process = await asyncio.create_subprocess_exec(
        *keva_command("tickets", "attachment", str(ticket.number), str(number), "-o", str(file)),
        cwd=desk.stack.state.path.parent,
        env={**kept, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return await process.wait(), output.decode()


async def test_mms_is_a_ticket_at_once_and_its_picture_follows_although_the_first_try_fails(
    desk: Desk, simulator: SimulatorClient, tmp_path: Path
) -> None:
    await simulator.fault("download_media", "500_before", times=1)

    sent = await desk.text("look", media=[PICTURE, CARD])
    ticket = await desk.ticket()
    media = await _until_stored(desk, 2)

    assert sent.acknowledged
    assert [(item.content_type, item.size_bytes) for item in media] == [
        ("image/png", len(PICTURE.content)),
        ("text/vcard", len(CARD.content)),
    ]
    assert [await _content(desk, item) for item in media] == [PICTURE.content, CARD.content]
    status, output = await _save(desk, ticket, 1, tmp_path / "picture.png")
    assert (status, (tmp_path / "picture.png").read_bytes()) == (0, PICTURE.content), output


async def test_ten_pictures_of_a_text_that_comes_many_times_are_kept_once_each(desk: Desk) -> None:
    await desk.text("", media=[PICTURE] * 10, copies=20)

    media = await _until_stored(desk, 10)

    assert len({item.media_id for item in media}) == 10


async def test_picture_is_fetched_although_the_fetcher_is_killed(desk: Desk, simulator: SimulatorClient) -> None:
    await simulator.fault("download_media", "500_before")
    await desk.text("look", media=[PICTURE])
    await _until_tried(desk)

    await desk.stack.kill("sms_service")
    await simulator.clear_faults()
    await desk.stack.restart("sms_service")

    # At worst it was killed in the middle of the next try: then its lease has to run out.
    (media,) = await _until_stored(desk, 1, seconds=90)
    assert await _content(desk, media) == PICTURE.content


async def test_picture_of_a_recovered_text_is_fetched(impatient: RunningStack) -> None:
    desk = await impatient.open_desk()

    await desk.text("look", media=[PICTURE], deliver=False)

    (media,) = await _until_stored(desk, 1)
    assert await _content(desk, media) == PICTURE.content


async def test_largest_picture_that_can_be_kept_passes_all_limits_in_between(start_stack: StartStack) -> None:
    largest = 15 * 1024 * 1024
    async with start_stack({"KEVA_MEDIA_MAX_BYTES": str(largest)}) as running:
        desk = await running.open_desk()
        await desk.text("", media=[MediaFile("image/jpeg", bytes(largest))])

        (media,) = await _until_stored(desk, 1)

        assert len(await _content(desk, media)) == largest
