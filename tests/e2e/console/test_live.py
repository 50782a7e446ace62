"""What browsers are sent while pages are open."""

import asyncio
from typing import Any

import aiohttp
from google.protobuf.field_mask_pb2 import FieldMask

from dev.local_stack.accounts import OPERATOR, ORGANIZATION
from dev.local_stack.desk import Desk, RunningStack
from keva.ticket.v1 import agent_service_pb2, workspace_service_pb2
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.person import Person
from tests.e2e.console.streams import Stream, listening

_EVIL = '<script>alert(1)</script>"><img onerror=x>'
VIEWER, AGENT = agent_service_pb2.AGENT_ROLE_VIEWER, agent_service_pb2.AGENT_ROLE_AGENT


async def _update(running: RunningStack, person: Person, **fields: Any) -> None:
    request = agent_service_pb2.UpdateAgentRequest(
        organization_id=person.session.organization_id,
        agent=agent_service_pb2.Agent(agent_id=person.agent.agent_id, **fields),
        update_mask=FieldMask(paths=list(fields)),
    )
    await running.clients.agents.UpdateAgent(request, metadata=OPERATOR)


async def test_a_text_comes_to_every_browser_that_is_open(desk: Desk, sign_in: SignIn) -> None:
    dana, sam = await sign_in("dana"), await sign_in("sam", VIEWER)
    async with listening(dana) as at_dana, listening(sam) as at_sam:
        await desk.text("hello")
        ticket = await desk.ticket()
        await asyncio.gather(*(at.until(lambda at=at: at.texts(ticket.ticket_id)) for at in (at_dana, at_sam)))

    texts_at_dana = [event for event in at_dana.events.values() if event["type"] == "message.received"]
    [received] = [event for event in texts_at_dana if event["ticket_id"] == ticket.ticket_id]
    assert received["ticket_number"] == ticket.number
    told = {"kind": "text on unassigned", "customer": ticket.customer_display_name}
    assert received["notice"] == {**told, "sound": True, "desktop": True}
    assert "hello" not in str(at_dana.events)


async def test_a_page_names_the_moment_from_which_on_it_is_kept_up_to_date(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    async with listening(dana):
        after = str((await dana.get("/me/notifications")).one("body")["data-live-after"])
    await desk.text("between the page and its stream")
    ticket = await desk.ticket()

    async with listening(dana, after) as stream:
        await stream.until(lambda: stream.texts(ticket.ticket_id))


async def test_a_browser_that_reads_nothing_for_50_texts_then_sees_all(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("first")
    ticket = await desk.ticket()
    async with listening(dana) as stream:
        frozen = stream.token
        stream.freeze()
        await asyncio.gather(*(desk.text(f"text {number}") for number in range(50)))
    # The laptop wakes up, and finds the connection dead.
    async with listening(dana, frozen) as stream:
        await stream.until(lambda: stream.texts(ticket.ticket_id) == 50)

    of_ticket = [e["sequence"] for e in stream.events.values() if e["ticket_id"] == ticket.ticket_id]
    assert of_ticket == sorted(of_ticket)
    assert of_ticket == list(range(of_ticket[0], of_ticket[0] + len(of_ticket)))


async def test_a_place_that_was_never_given_makes_the_page_load_again(sign_in: SignIn) -> None:
    async with listening(await sign_in("dana"), "forged") as stream:
        await stream.until(lambda: stream.is_over)

    assert (stream.reloads, stream.events) == (1, {})


async def test_a_workspace_that_one_may_not_enter_is_not_there(running: RunningStack, sign_in: SignIn) -> None:
    request = workspace_service_pb2.CreateWorkspaceRequest(organization_id=ORGANIZATION, display_name="Sales")
    sales = (await running.clients.workspaces.CreateWorkspace(request, metadata=OPERATOR)).workspace.workspace_id
    inside, outside = await sign_in("ida", AGENT, workspaces=(sales,)), await sign_in("otto", AGENT)
    desk, elsewhere = await running.open_desk(workspace_id=sales), await running.open_desk()

    refused = await outside.get("/live", params={"workspace": sales})
    async with listening(inside) as at_inside, listening(outside) as at_outside:
        await desk.text("for sales")
        await elsewhere.text("for support")
        [of_sales], of_support = await desk.tickets(), await elsewhere.ticket()
        await at_inside.until(lambda: at_inside.texts(of_sales.ticket_id))
        await at_outside.until(lambda: at_outside.texts(of_support.ticket_id))

    assert refused.status == 404
    assert {e["workspace_id"] for e in at_inside.events.values()} - {sales, ""} == set()
    assert sales not in {e["workspace_id"] for e in at_outside.events.values()}


async def test_a_stream_of_another_organization_tells_nothing(
    running: RunningStack, desk: Desk, sign_in: SignIn
) -> None:
    dana, stranger = await sign_in("dana"), await sign_in("gus", organization_id="globex", workspaces=())
    async with listening(dana) as at_dana, listening(stranger) as at_stranger:
        await desk.text("not for globex")
        ticket = await desk.ticket()
        await at_dana.until(lambda: at_dana.texts(ticket.ticket_id))
        await _update(running, stranger, display_name="Gustav")
        await at_stranger.until_types("agent.updated")
        token = at_dana.token
    async with listening(stranger, token) as with_danas_token:
        await with_danas_token.until(lambda: with_danas_token.is_over)

    assert {event["workspace_id"] for event in at_stranger.events.values()} == {""}
    assert (with_danas_token.reloads, with_danas_token.events) == (1, {})


async def _until_over(person: Person, stream: Stream) -> int:
    """The status that a browser gets that comes back."""
    await stream.until(lambda: stream.is_over)
    async with person.stream("/live/check", {}, headers={"HX-Request": "true"}) as response:
        return response.status


async def test_a_stream_ends_when_its_agent_is_deactivated(running: RunningStack, sign_in: SignIn) -> None:
    otto = await sign_in("otto", AGENT)
    async with listening(otto) as stream:
        request = agent_service_pb2.DeactivateAgentRequest(organization_id=ORGANIZATION, agent_id=otto.agent.agent_id)
        await running.clients.agents.DeactivateAgent(request, metadata=OPERATOR)

        assert await _until_over(otto, stream) == 401


async def test_a_stream_ends_with_its_session(sign_in: SignIn) -> None:
    otto = await sign_in("otto", AGENT)
    async with listening(otto) as stream:
        await otto.post("/me/sessions/end", {"session_id": otto.session.session_id})
        await otto.post("/sign-out")

        assert await _until_over(otto, stream) == 401


async def test_a_stream_begins_again_as_what_one_may_see_now(running: RunningStack, sign_in: SignIn) -> None:
    otto = await sign_in("otto", AGENT)
    async with listening(otto) as stream:
        await _update(running, otto, role=VIEWER)

        assert await _until_over(otto, stream) == 204
    assert "agent.updated" in stream.types


async def test_nobody_gets_a_stream_without_a_session(running: RunningStack) -> None:
    async with (
        aiohttp.ClientSession() as browser,
        browser.get(running.stack.console_url + "/live", allow_redirects=False) as response,
    ):
        assert response.status == 401


async def test_colleagues_see_who_is_at_a_ticket_and_who_writes(desk: Desk, sign_in: SignIn) -> None:
    dana, sam = await sign_in("dana", AGENT), await sign_in("sam", VIEWER)
    await desk.text("hello")
    ticket_id = (await desk.ticket()).ticket_id
    async with listening(dana) as stream:
        await sam.post("/live/presence", {"ticket_id": ticket_id, "writing": "1"})
        await stream.until(lambda: stream.presence.get(ticket_id))
        # A viewer cannot write.
        assert stream.presence[ticket_id] == [{"agent_id": sam.agent.agent_id, "name": "Sam", "writing": False}]
        await dana.post("/live/presence", {"ticket_id": ticket_id, "writing": "1"})
        await stream.until(lambda: len(stream.presence[ticket_id]) == 2)
        at_sam = await sam.get("/live/presence", params={"ticket_id": ticket_id})
        await sam.post("/live/presence", {"ticket_id": ticket_id, "left": "1"})
        await stream.until(lambda: len(stream.presence[ticket_id]) == 1)

    assert at_sam.text == "D Dana is writing"


async def test_presence_is_told_of_tickets_alone_and_of_names_as_they_are(sign_in: SignIn, desk: Desk) -> None:
    evil, sam = await sign_in("evil", AGENT, display_name=_EVIL), await sign_in("sam")
    await desk.text("hello")
    ticket_id = (await desk.ticket()).ticket_id

    wrong = await evil.post("/live/presence", {"ticket_id": '"><script>'})
    forged = await evil.post("/live/presence", {"ticket_id": ticket_id, "csrf": "forged"})
    await evil.post("/live/presence", {"ticket_id": ticket_id})
    seen = await sam.get("/live/presence", params={"ticket_id": ticket_id})

    assert (wrong.status, forged.status) == (422, 409)
    assert "<script" not in seen.html
    assert "<img" not in seen.html
    assert "is here" in seen.text


async def test_what_one_wants_to_hear_of_is_kept(sign_in: SignIn) -> None:
    sam = await sign_in("sam", VIEWER)

    before = await sam.get("/me/notifications")
    after = await sam.submit(before, "main form", {"mine": "1"})
    saved = await sam.post("/me/notifications", {"mine": "1", "mentions": "1"})

    names = ["mine", "unassigned", "mentions", "sound", "desktop", "keys"]
    assert [box["name"] for box in before.all("main input[checked]")] == names
    assert "Saved." in after.text
    assert {box["name"] for box in saved.all("main input[checked]")} == {"mine", "mentions"}
    assert saved.one("#go-to")["data-keys"] == "off"
