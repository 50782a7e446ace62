"""The whole of a conversation: what was said long before, older tickets, media, and whatever people write."""

import asyncio

import pytest

from dev.local_stack.accounts import OPERATOR, ORGANIZATION
from dev.local_stack.desk import Desk, RunningStack, new_number
from dev.twilio_simulator.client import MediaFile
from keva.ticket.v1 import agent_service_pb2, message_pb2, ticket_service_pb2, workspace_service_pb2
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.person import Page

EVIL = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)"]


def _texts(page: Page) -> list[str]:
    return [text.text for text in page.all(".thread-items > .bubble .bubble-text")]


async def test_a_long_conversation_is_shown_from_its_end(running: RunningStack, desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("text 0")
    ticket = await desk.ticket()
    for number in range(1, 70):
        request = ticket_service_pb2.AddNoteRequest(
            workspace_id=ticket.workspace_id, ticket_id=ticket.ticket_id, text=f"text {number}"
        )
        await running.clients.tickets.AddNote(request)

    page = await dana.get(f"/t/{ticket.number}")
    first_shown = page.all(".bubble")[0]["id"]
    before = await dana.get(str(page.one("#thread-earlier a")["href"]))
    part = await dana.get(str(page.one("#thread-earlier a")["href"]), headers={"HX-Target": "thread-earlier"})
    await desk.text("text 70")
    live = str(page.one("#ticket-thread")["data-live-url"])
    grown = await dana.get(live, headers={"HX-Target": "ticket-thread"})

    assert _texts(page) == [f"text {number}" for number in range(10, 70)]
    assert _texts(before) == [f"text {number}" for number in range(10)]
    assert before.all("form[data-box]") == []
    assert "To the end of the conversation" in before.text
    assert part.all("html") == []
    assert [text.text for text in part.all(".bubble-text")] == [f"text {number}" for number in range(10)]
    # What is shown grows at its end, and does not move.
    assert (grown.all(".bubble")[0]["id"], len(grown.all(".bubble"))) == (first_shown, 61)
    assert grown.all("html") == []


async def test_older_tickets_of_the_thread_are_folded_above(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("the first time")
    first = await desk.ticket()
    await dana.post(f"/t/{first.number}/close")
    await desk.text("the second time")
    second = next(ticket for ticket in await desk.tickets() if ticket.number != first.number)

    page = await dana.get(f"/t/{second.number}")
    unfolded = await dana.get(str(page.one(".older [hx-get]")["hx-get"]))

    assert f"#{first.number}" in page.one(".older summary").text
    assert "the first time" not in page.one("#ticket-thread").text
    assert "the first time" in unfolded.text
    assert unfolded.all("html") == []


async def test_of_a_thread_with_many_tickets_the_newest_are_folded_above(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    for _ in range(31):
        await desk.text("again")
        newest = max(await desk.tickets(), key=lambda ticket: ticket.number)
        await desk.clients.tickets.CloseTicket(
            ticket_service_pb2.CloseTicketRequest(workspace_id=newest.workspace_id, ticket_id=newest.ticket_id)
        )

    page = await dana.get(f"/t/{newest.number}")

    numbers = sorted(ticket.number for ticket in await desk.tickets())
    shown = [str(older["hx-get"]).split("/")[2] for older in page.all(".older [hx-get]")]
    assert shown == [str(number) for number in numbers[-20:-1]]
    assert len(page.all("#customer .plain-list a")) == 10
    newest_ones = await dana.get(str(page.one('#customer a[href$="#tickets"]')["href"]))
    others = await dana.get(str(newest_ones.one('a[href*="tickets="]')["href"]))
    every = [link.get_text() for shown in (newest_ones, others) for link in shown.all(".plain-list .number")]
    assert every == [f"#{number}" for number in reversed(numbers)]
    assert [link.get_text() for link in others.all(".more a")] == ["Newest tickets"]


@pytest.mark.parametrize("evil", EVIL)
async def test_whatever_somebody_writes_is_text(desk: Desk, sign_in: SignIn, evil: str) -> None:
    dana = await sign_in("dana")
    named = agent_service_pb2.Agent(agent_id=dana.agent.agent_id, display_name=evil)
    rename = agent_service_pb2.UpdateAgentRequest(organization_id="default", agent=named)
    rename.update_mask.paths.append("display_name")
    await desk.clients.agents.UpdateAgent(rename, metadata=OPERATOR)
    await desk.text(evil)
    path = f"/t/{(await desk.ticket()).number}"
    for name, fields in {
        "assign": {"assignee": "me"},
        "tags": {"add": evil},
        "subject": {"subject": evil},
        "note": {"note": evil},
        "draft": {"kind": "reply", "text": evil},
        "reply": {"text": evil, "do": "send"},
    }.items():
        page = await dana.post(f"{path}/{name}", fields)
        assert page.status == 200, name

    page = await dana.get(f"{path}?view={evil}&tab={evil}&before={evil}&from={evil}")
    whole = await dana.get(path)

    for shown in (page, whole):
        assert [script for script in shown.all("script") if not script.get("src")] == []
        assert shown.all("img[src=x]") == []
        assert [a["href"] for a in shown.all("a[href]") if str(a["href"]).startswith("javascript")] == []
    assert whole.text.count(evil) >= 5


async def test_a_ticket_of_another_workspace_is_not_there(desk: Desk, sign_in: SignIn) -> None:
    eve = await sign_in("eve", workspaces=())
    await desk.text("hello")
    path = f"/t/{(await desk.ticket()).number}"

    elsewhere = await eve.get(f"{path}?workspace=wsp_other")

    assert elsewhere.status == 404
    assert "hello" not in elsewhere.text


PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
CARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann <b>Baker</b>\r\nTEL;TYPE=CELL:+1 206 555 0142\r\nEND:VCARD\r\n"


async def _stored(desk: Desk, count: int) -> list[message_pb2.MediaItem]:
    async with asyncio.timeout(60):
        while True:
            media = [item for message in await desk.messages(await desk.ticket()) for item in message.media]
            if [item.state for item in media] == [message_pb2.MEDIA_STATE_STORED] * count:
                return media
            await asyncio.sleep(0.05)


async def test_what_customers_send_along_is_shown_or_saved_and_never_run(desk: Desk, sign_in: SignIn) -> None:
    dana, viewer = await sign_in("dana"), await sign_in("vera", agent_service_pb2.AGENT_ROLE_VIEWER)
    files = [MediaFile("image/png", PNG), MediaFile("audio/mpeg", b"ID3"), MediaFile("text/vcard", CARD)]
    await desk.text("look", media=files)
    picture, _, card = await _stored(desk, 3)

    (message,) = await desk.messages(await desk.ticket())
    folder = f"/media/{message.ticket_id}/{message.message_id}"

    page = await dana.get(f"/t/{(await desk.ticket()).number}")
    shown = await viewer.get(f"{folder}/{picture.media_id}")
    saved = await dana.get(f"{folder}/{card.media_id}")
    contact = await dana.get(f"{folder}/{card.media_id}/contact")

    assert page.one(".picture img")["src"] == f"{folder}/{picture.media_id}"
    assert page.all("audio[controls]")
    assert (shown.headers["Content-Type"], shown.headers["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert saved.headers["Content-Type"] == "application/octet-stream"
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert "Ann <b>Baker</b>" in contact.one(".contact").text
    assert "+1 206 555 0142" in contact.text
    assert (await dana.get(f"{folder}/med_none")).status == 404
    assert (await dana.get(f"{folder}/{picture.media_id}/contact")).status == 404


async def test_what_came_to_another_workspace_is_not_given(desk: Desk, sign_in: SignIn) -> None:
    made = workspace_service_pb2.CreateWorkspaceRequest(organization_id=ORGANIZATION, display_name="Sales")
    sales = (await desk.clients.workspaces.CreateWorkspace(made, metadata=OPERATOR)).workspace.workspace_id
    stranger = await sign_in("stranger", agent_service_pb2.AGENT_ROLE_AGENT, workspaces=(sales,))
    await desk.text("look", media=[MediaFile("image/png", PNG)])
    (picture,) = await _stored(desk, 1)
    (message,) = await desk.messages(await desk.ticket())
    own = await sign_in("dana")
    await desk.text("mine has none", new_number())
    other = next(ticket for ticket in await desk.tickets() if ticket.ticket_id != message.ticket_id)
    (bare,) = await desk.messages(other)

    refused = await stranger.get(f"/media/{message.ticket_id}/{message.message_id}/{picture.media_id}")
    borrowed = await own.get(f"/media/{bare.ticket_id}/{bare.message_id}/{picture.media_id}")

    assert (refused.status, borrowed.status) == (404, 404)
