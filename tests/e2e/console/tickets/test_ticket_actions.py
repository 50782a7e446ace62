"""What is done with a ticket by a click, and how it is taken back."""

from collections.abc import Mapping

import pytest

from dev.local_stack.desk import Desk
from keva.ticket.v1 import agent_service_pb2, routing_pb2, ticket_service_pb2
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.person import Page, Person

OPEN, PENDING, RESOLVED, CLOSED = (
    ticket_service_pb2.TICKET_STATE_OPEN,
    ticket_service_pb2.TICKET_STATE_PENDING,
    ticket_service_pb2.TICKET_STATE_RESOLVED,
    ticket_service_pb2.TICKET_STATE_CLOSED,
)


async def _undo(person: Person, page: Page) -> Page:
    return await person.submit(page, "#toast form")


async def test_what_was_done_is_undone(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    path = f"/t/{(await desk.ticket()).number}"

    assigned = await dana.post(f"{path}/assign", {"assignee": "me"})
    assert "It is yours." in assigned.one("#toast").text
    assert (await desk.ticket()).assignee.agent_id == dana.agent.agent_id
    await _undo(dana, assigned)
    assert (await desk.ticket()).assignee.kind == routing_pb2.ASSIGNEE_KIND_NOBODY

    waiting = await desk.ticket()
    resolved = await dana.post(f"{path}/resolve")
    assert (await desk.ticket()).state == RESOLVED
    await _undo(dana, resolved)
    assert (await desk.ticket()).state == OPEN
    assert (await desk.ticket()).waiting_since == waiting.waiting_since

    await desk.reply(await desk.ticket(), "Hello, too")
    await _undo(dana, await dana.post(f"{path}/resolve"))
    assert (await desk.ticket()).state == PENDING

    snoozed = await dana.post(f"{path}/snooze", {"until": "tomorrow"})
    assert (await desk.ticket()).HasField("snooze_until")
    await _undo(dana, await dana.post(f"{path}/resolve"))
    assert (await desk.ticket()).snoozed
    await _undo(dana, await dana.post(f"{path}/snooze", {"until": "next-text"}))
    assert (await desk.ticket()).HasField("snooze_until")
    await _undo(dana, snoozed)
    assert not (await desk.ticket()).snoozed

    tagged = await dana.post(f"{path}/tags", {"add": "refund, urgent case"})
    assert list((await desk.ticket()).tags) == ["refund", "urgent case"]
    again = await dana.post(f"{path}/tags", {"add": "Refund"})
    assert "It has these tags already." in again.text
    both = await dana.post(f"{path}/tags", {"add": "REFUND,late", "remove": "Urgent Case"})
    await _undo(dana, both)
    assert sorted((await desk.ticket()).tags) == ["refund", "urgent case"]
    await _undo(dana, tagged)
    assert not (await desk.ticket()).tags

    raised = await dana.post(f"{path}/priority", {"priority": "urgent"})
    assert (await desk.ticket()).priority == routing_pb2.PRIORITY_URGENT
    await _undo(dana, raised)
    assert (await desk.ticket()).priority == routing_pb2.PRIORITY_HIGH


async def test_closing_is_asked_about(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    page = await dana.get(f"/t/{(await desk.ticket()).number}")
    (link,) = [link for link in page.all("a.button-danger")]

    asked = await dana.get(str(link["href"]))
    closed = await dana.submit(asked, "main form")

    assert "ends for good" in asked.text
    assert (await desk.ticket()).state == CLOSED
    assert "This ticket is closed." in closed.text


async def test_a_time_of_ones_own_is_in_ones_own_zone(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    path = f"/t/{(await desk.ticket()).number}"

    here = {"Cookie": "keva-zone=Asia/Tokyo"}
    await dana.post(
        f"{path}/snooze", {"until": "time", "time": "2031-01-02T09:00"}, cookies={"keva-zone": "Asia/Tokyo"}
    )
    wrong = await dana.post(f"{path}/snooze", {"until": "time", "time": "soon"}, headers=here)
    never = {"until": "time", "time": "9999-12-31T23:59"}
    too_far = await dana.post(f"{path}/snooze", never, cookies={"keva-zone": "America/New_York"})

    assert (await desk.ticket()).snooze_until.ToJsonString() == "2031-01-02T00:00:00Z"
    assert (wrong.status, too_far.status) == (422, 422)


async def test_a_ticket_is_put_aside_until_the_time_that_its_button_and_the_bar_show(
    desk: Desk, sign_in: SignIn
) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    page = await dana.get(f"/t/{(await desk.ticket()).number}")

    shown = str(page.all('#menu-snooze button[value^="at:"]')[0]["value"])
    in_bar = [option["value"] for option in page.all('select[name="until"] option[value^="at:"]')]
    await dana.submit(page, "#menu-snooze form", {"until": shown})

    assert f"at:{(await desk.ticket()).snooze_until.seconds}" == shown
    assert shown in in_bar


async def test_a_ticket_is_put_back_among_the_unread(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    path = f"/t/{(await desk.ticket()).number}"
    await dana.get(path)

    unread = await dana.post(f"{path}/unread", allow_redirects=False)
    beside = await dana.get("/inbox/all")
    inbox = await dana.get(unread.headers["Location"])

    assert unread.headers["Location"] == "/inbox/mine"
    assert not beside.all(".toast")
    assert "Unread again." in inbox.one("#toast").text
    # It is so already: there is nothing to take back.
    assert not (await dana.post(f"{path}/unread")).all(".toast form")
    await dana.submit(inbox, ".toast form")
    row = f"#row-{(await desk.ticket()).ticket_id}"
    assert "row-unread" not in (await dana.get("/inbox/all")).one(row)["class"]


async def test_whoever_loads_the_page_of_a_form_again_sees_the_ticket(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    path = f"/t/{(await desk.ticket()).number}"

    for name in ("reply", "note", "suggest", "assign"):
        assert (await dana.get(f"{path}/{name}")).url == path


CHANGES: list[tuple[str, Mapping[str, str]]] = [
    ("assign", {"assignee": "me"}),
    ("resolve", {}),
    ("reopen", {}),
    ("snooze", {"until": "hour"}),
    ("unsnooze", {}),
    ("tags", {"add": "a"}),
    ("priority", {"priority": "low"}),
    ("subject", {"subject": "Another"}),
    ("close", {}),
    ("note", {"note": "seen"}),
    ("suggest", {}),
]


async def test_a_viewer_changes_nothing(desk: Desk, sign_in: SignIn) -> None:
    viewer = await sign_in("vera", agent_service_pb2.AGENT_ROLE_VIEWER)
    await desk.text("hello")
    before = await desk.ticket()

    answers = {name: await viewer.post(f"/t/{before.number}/{name}", fields) for name, fields in CHANGES}

    assert {name: page.status for name, page in answers.items() if page.status != 403} in ({}, {"suggest": 200})
    assert (await desk.ticket()).update_time == before.update_time


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("assign", {"assignee": "agt_none"}),
        ("assign", {}),
        ("priority", {"priority": "huge"}),
        ("draft", {"kind": "x"}),
    ],
)
async def test_what_no_form_sends_is_refused(desk: Desk, sign_in: SignIn, name: str, fields: Mapping[str, str]) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")

    page = await dana.post(f"/t/{(await desk.ticket()).number}/{name}", fields)

    assert page.status in (404, 422)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Keva-By-Itself": "1"}, id="the page, by itself"),
        pytest.param({"HX-Request": "true", "HX-Target": "ticket-list"}, id="a part of one"),
    ],
)
async def test_what_is_to_be_said_waits_for_the_page_that_says_it(
    desk: Desk, sign_in: SignIn, headers: Mapping[str, str]
) -> None:
    """An open page may ask between an answer to a form and the page that it leads to."""
    dana = await sign_in("dana")
    await desk.text("hello")
    path = f"/t/{(await desk.ticket()).number}"
    await dana.post(f"{path}/assign", {"assignee": "me"}, allow_redirects=False)

    between = await dana.get("/inbox/all", headers=headers)

    assert "It is yours." not in between.text
    assert "It is yours." in (await dana.get(path)).one("#toast").text
