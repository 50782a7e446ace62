"""What a ticket says of what is over, and how it shows what it holds."""

import asyncio
import struct
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Route, expect

from dev.local_stack.desk import Desk, RunningStack
from dev.twilio_simulator.client import MediaFile
from keva.ticket.v1 import channel_service_pb2, message_pb2, routing_pb2, ticket_service_pb2
from tests.browsers import PHONE, WIDE, Look, axe, intercept, overflow, small_targets
from tests.e2e.console.browser.conftest import OpenConsole
from tests.e2e.console.conftest import SignIn

_REPLY = "textarea[data-draft=reply]"
_FAILED = message_pb2.DELIVERY_STATE_FAILED
_HEIGHT = "(one) => one.getBoundingClientRect().height"


async def _left_by_the_ai(running: RunningStack) -> tuple[Desk, ticket_service_pb2.Ticket]:
    """A ticket with the AI's draft, on a desk of its own."""
    the_ai = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)
    desk = await running.open_desk(auto_assign=the_ai, ai_autonomy=channel_service_pb2.AI_AUTONOMY_SUGGEST)
    await desk.text("Do you ship to Canada?")
    async with asyncio.timeout(90):
        while not (ticket := await desk.ticket()).hand_off_reason:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return desk, ticket


async def test_what_the_ai_left_is_said_until_somebody_has_answered(
    running: RunningStack, sign_in: SignIn, open_console: OpenConsole
) -> None:
    dana, eve = await sign_in("dana"), await sign_in("eve")
    desk, ticket = await _left_by_the_ai(running)
    page = await open_console(dana)
    await page.goto(f"/t/{ticket.number}")
    said = page.locator(".ticket-hand-off")

    await expect(said).to_contain_text("The AI left it to a person: the AI has an answer")
    await dana.post(f"/t/{ticket.number}/assign", {"assignee": "me"})
    await expect(said).to_contain_text("The AI left it to you: the AI has an answer")
    await dana.post(f"/t/{ticket.number}/assign", {"assignee": f"agent:{eve.agent.agent_id}"})
    await expect(said).to_contain_text("The AI left it to a person")
    await desk.reply(ticket, "We do.")
    await expect(page.locator(".ticket-facts")).to_contain_text("Waits for the customer")
    await expect(said).to_have_count(0)
    # What is asked after that is not what the AI left.
    await desk.text("And to Mexico?")
    await expect(page.locator(".ticket-facts")).to_contain_text("Open")
    await expect(said).to_have_count(0)
    await desk.close()


async def test_what_the_carrier_takes_for_spam_is_edited_and_sent(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole
) -> None:
    dana, words = await sign_in("dana"), "Buy now:\nhttps://shop.example.com"
    await desk.text("hello")
    ticket = await desk.ticket()
    await desk.simulator.outcome(desk.customer, "failed", 30007)
    await desk.until_delivery(await desk.reply(ticket, words), _FAILED)
    page = await open_console(dana, PHONE)
    await page.goto(f"/t/{ticket.number}")
    trouble = page.locator(".bubble-trouble")

    await expect(trouble).to_contain_text("Reword it")
    await expect(trouble.get_by_role("button")).to_have_text(["Edit and send"])
    assert await small_targets(page) == []
    # What stands in the box gives way, as it does to a draft of the AI's.
    async with page.expect_response(lambda response: response.url.endswith("/draft")):
        await page.locator(_REPLY).fill("something")
    await trouble.get_by_role("button").tap()
    await expect(page.locator(_REPLY)).to_have_value(words)


@pytest.mark.parametrize(("code", "buttons"), [(30003, ["Try again"]), (21610, []), (30006, [])])
async def test_the_same_text_goes_again_only_where_it_may_arrive(
    desk: Desk, sign_in: SignIn, code: int, buttons: list[str]
) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    ticket = await desk.ticket()
    await desk.simulator.outcome(desk.customer, "failed", code)
    await desk.until_delivery(await desk.reply(ticket, "Yes."), _FAILED)

    page = await dana.get(f"/t/{ticket.number}")

    assert "Not delivered" in page.one(".bubble-trouble").text
    assert [one.text for one in page.all(".bubble-trouble button")] == buttons


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _picture(width: int, height: int) -> MediaFile:
    """So many pixels of grey, as a PNG."""
    parts = (
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        _chunk(b"IDAT", zlib.compress((b"\0" + b"\x80" * width) * height)),
        _chunk(b"IEND", b""),
    )
    return MediaFile("image/png", b"".join(parts))


@pytest.mark.parametrize("look", [WIDE, PHONE], ids=str)
async def test_pictures_have_their_own_proportions(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole, look: Look
) -> None:
    dana, sizes = await sign_in("dana"), [(800, 600), (600, 800), (200, 1800), (2000, 90), (16, 16)]
    await desk.text("", media=[_picture(*size) for size in sizes])
    async with asyncio.timeout(90):
        while not all(item.media_id for item in (await desk.messages(await desk.ticket()))[0].media):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    page, came = await open_console(dana, look), asyncio.Event()

    async def later(route: Route) -> None:
        await came.wait()
        await route.continue_()

    await intercept(page, "**/media/**", later)
    await page.goto(f"/t/{(await desk.ticket()).number}", wait_until="domcontentloaded")
    places = page.locator(".picture")
    for at in range(len(sizes)):
        box = await places.nth(at).bounding_box()
        assert box is not None
        assert (box["height"], box["width"] > 250) == (240, True)
    came.set()

    for at, (width, height) in enumerate(sizes):
        picture = places.nth(at).locator("img")
        await picture.scroll_into_view_if_needed()
        await expect(picture).to_have_js_property("naturalWidth", width)
        box = await picture.bounding_box()
        assert box is not None
        assert box["width"] <= min(width, 320)
        assert box["height"] <= min(height, 480)
        assert box["width"] / box["height"] == pytest.approx(width / height, rel=0.05)
        assert box["width"] == pytest.approx(min(width, 320, 480 * width / height), rel=0.15)
    assert await overflow(page) == 0


async def test_a_subject_stands_at_the_head(desk: Desk, sign_in: SignIn, open_console: OpenConsole) -> None:
    dana, subject = await sign_in("dana"), f"Gift {'box' * 50}"
    await desk.text("Are you open on Sunday?")
    page = await open_console(dana, PHONE)
    await page.goto(f"/t/{(await desk.ticket()).number}")
    shown = page.locator(".ticket-subject")

    # It says no more than the text below it.
    await expect(page.locator(".ticket-facts")).to_be_visible()
    await expect(shown).to_have_count(0)
    await dana.post(f"/t/{(await desk.ticket()).number}/subject", {"subject": subject})
    await expect(shown).to_contain_text(subject)
    assert await overflow(page) == 0
    assert await axe(page) == []


@pytest.mark.parametrize("look", [WIDE, PHONE], ids=str)
async def test_what_waits_for_its_time_takes_little_room(
    desk: Desk, sign_in: SignIn, open_console: OpenConsole, look: Look
) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    ticket = await desk.ticket()
    later = ticket_service_pb2.ReplyToTicketRequest()
    later.send_time.FromDatetime(datetime.now(UTC) + timedelta(days=1))
    for text in ("The courier comes at nine.", "we look forward to it. " * 40):
        await desk.reply(ticket, text, send_time=later.send_time)
    page = await open_console(dana, look)
    await page.goto(f"/t/{ticket.number}")
    short, long = page.locator(".scheduled li").nth(0), page.locator(".scheduled li").nth(1)

    folded = await long.evaluate(_HEIGHT)
    for one in (short, long):
        whole, words = await one.bounding_box(), await one.locator(".scheduled-text").bounding_box()
        assert whole is not None
        assert words is not None
        assert words["width"] > whole["width"] - 40
        time, cancel = await one.locator("time").bounding_box(), await one.get_by_role("button").bounding_box()
        assert time is not None
        assert cancel is not None
        assert cancel["y"] <= time["y"] <= cancel["y"] + cancel["height"]
    assert folded < 240
    assert look.width > 600 or await small_targets(page) == []
    await long.get_by_text("Show all of it").click()
    assert await long.evaluate(_HEIGHT) > folded
    assert await overflow(page) == 0
    assert await axe(page) == []
