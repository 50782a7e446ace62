"""What is done to several tickets at once, and taken back."""

import asyncio
from collections.abc import Iterable

from client.words.actors import assignee_from_text
from dev.local_stack.desk import Desk, RunningStack, new_number
from keva.ticket.v1 import agent_service_pb2, routing_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.person import Page, Person


async def _tickets(desk: Desk, count: int = 2) -> list[pb.Ticket]:
    for i in range(count):
        await desk.text(f"text {i}", new_number())
    return await desk.tickets()


async def _do(person: Person, desk: Desk, tickets: Iterable[pb.Ticket], do: str, **fields: str) -> Page:
    page = await person.get(f"/inbox/all?channel={desk.channel.channel_id}")
    form = page.one("#several")
    return await person.post(str(form["action"]), {"ticket": [t.ticket_id for t in tickets], "do": do, **fields})


async def test_several_are_resolved_and_that_is_taken_back(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    first, second = tickets = await _tickets(desk)
    await desk.reply(second, "We are on it.")
    before = await desk.tickets()

    done = await _do(dana, desk, tickets, "resolve")
    resolved = [ticket.state for ticket in await desk.tickets()]
    undone = await dana.submit(done, ".toast form")
    again = await dana.submit(done, ".toast form")

    assert "2 tickets resolved." in done.text
    assert done.url == f"/inbox/all?channel={desk.channel.channel_id}"
    assert resolved == [pb.TICKET_STATE_RESOLVED] * 2
    assert "Taken back." in undone.text
    assert "cannot be taken back any more" in again.text
    assert [ticket.waiting_since for ticket in await desk.tickets()] == [ticket.waiting_since for ticket in before]
    now = {ticket.ticket_id: ticket.state for ticket in await desk.tickets()}
    assert now == {first.ticket_id: pb.TICKET_STATE_OPEN, second.ticket_id: pb.TICKET_STATE_PENDING}


async def test_what_could_not_be_taken_back_now_can_be_later(
    running: RunningStack, desk: Desk, sign_in: SignIn
) -> None:
    dana = await sign_in("dana")
    done = await _do(dana, desk, await _tickets(desk), "assign", assignee="me")
    await running.stack.kill("ticket_service")
    failed = await dana.submit(done, ".toast form")
    await running.stack.restart("ticket_service")
    async with asyncio.timeout(60):
        while (undone := await dana.submit(done, ".toast form")).status == 503:  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    assert failed.status == 503
    assert "Taken back." in undone.text
    assert [ticket.assignee.agent_id for ticket in await desk.tickets()] == ["", ""]


async def test_whoever_loads_the_answer_to_a_form_again_sees_the_page_of_the_form(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    channel = f"/settings/channels/{desk.channel.channel_id}"
    person = f"/settings/people/{dana.agent.agent_id}"

    shown = {
        path: await dana.get(path)
        for path in ("/inbox/all/several?state=open", "/me/password", f"{person}/link", f"{channel}/wire")
    }

    assert [page.status for page in shown.values()] == [200] * 4
    assert [page.url for page in shown.values()] == ["/inbox/all?state=open", "/me", person, channel]
    assert (await dana.get("/sign-out")).status == 405


async def test_each_ticket_gets_back_what_it_had(desk: Desk, sign_in: SignIn) -> None:
    dana, eli = await sign_in("dana"), await sign_in("eli")
    first, second = tickets = await _tickets(desk)
    given = assignee_from_text(eli.agent.agent_id)
    await desk.clients.tickets.AssignTicket(
        pb.AssignTicketRequest(workspace_id=first.workspace_id, ticket_id=first.ticket_id, assignee=given)
    )
    await desk.clients.tickets.AddTags(
        pb.AddTagsRequest(workspace_id=first.workspace_id, ticket_id=first.ticket_id, tags=["cake"])
    )
    before = {ticket.ticket_id: ticket for ticket in await desk.tickets()}

    for do, fields in {
        "assign": {"assignee": "me"},
        "tag": {"tag": " cake "},
        "priority": {"priority": "urgent"},
        "snooze": {"until": "tomorrow"},
    }.items():
        done = await _do(dana, desk, tickets, do, **fields)
        changed = {ticket.ticket_id: ticket for ticket in await desk.tickets()}
        undone = await dana.submit(done, ".toast form")
        after = {ticket.ticket_id: ticket for ticket in await desk.tickets()}

        assert "Taken back." in undone.text, do
        for ticket_id, was in before.items():
            assert _kept(after[ticket_id]) == _kept(was), do
        assert any(_kept(changed[ticket_id]) != _kept(was) for ticket_id, was in before.items()), do
    assert before[second.ticket_id].assignee.kind == routing_pb2.ASSIGNEE_KIND_NOBODY


def _kept(ticket: pb.Ticket) -> tuple[object, ...]:
    return (ticket.assignee, tuple(ticket.tags), ticket.priority, ticket.snoozed, ticket.state)


async def test_what_failed_is_said_for_each_ticket(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    open_, closed = await _tickets(desk)
    await desk.clients.tickets.CloseTicket(
        pb.CloseTicketRequest(workspace_id=closed.workspace_id, ticket_id=closed.ticket_id)
    )

    page = await _do(dana, desk, (open_, closed), "tag", tag="cake")

    problems = page.one(".list-problems").get_text(" ")
    assert "1 of 2 tickets tagged." in problems
    assert f"#{closed.number}" in problems
    assert "closed" in problems
    undone = await dana.submit(page, ".list-problems form")
    assert "Taken back." in undone.text
    assert [list(ticket.tags) for ticket in await desk.tickets()] == [[], []]


async def test_several_are_marked_as_read_and_that_is_taken_back(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    tickets = await _tickets(desk)

    done = await _do(dana, desk, tickets, "read")

    assert "2 tickets marked as read." in done.text
    assert not done.all(".row-unread")
    assert len((await dana.submit(done, ".toast form")).all(".row-unread")) == 2


async def test_nothing_is_done_without_a_selection_or_to_what_is_no_change(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    tickets = await _tickets(desk, 1)

    nothing = await _do(dana, desk, (), "resolve")
    unknown = await _do(dana, desk, tickets, "erase")
    wrong_time = await _do(dana, desk, tickets, "snooze", until="time", time="soon")
    no_tag = await _do(dana, desk, tickets, "tag")
    nobody = await _do(dana, desk, tickets, "assign", assignee="somebody")

    assert "Select tickets first." in nothing.text
    assert [page.status for page in (unknown, wrong_time, no_tag, nobody)] == [422] * 4
    assert (await desk.ticket()).state == pb.TICKET_STATE_OPEN


async def test_nobody_takes_back_what_somebody_else_did(desk: Desk, sign_in: SignIn) -> None:
    dana, eli = await sign_in("dana"), await sign_in("eli")
    done = await _do(dana, desk, await _tickets(desk, 1), "resolve")
    batch = str(done.one(".toast input[name=batch]")["value"])

    tried = await eli.post("/inbox/all/undo", {"batch": batch})

    assert "cannot be taken back" in tried.text
    assert (await desk.ticket()).state == pb.TICKET_STATE_RESOLVED
    assert "Taken back." in (await dana.submit(done, ".toast form")).text


async def test_a_viewer_changes_nothing(desk: Desk, sign_in: SignIn) -> None:
    viewer = await sign_in("vera", agent_service_pb2.AGENT_ROLE_VIEWER)
    ticket = (await _tickets(desk, 1))[0]

    tried = [
        await viewer.post("/inbox/all/several", {"ticket": ticket.ticket_id, "do": do}) for do in ("resolve", "read")
    ]

    assert [page.status for page in tried] == [403, 403]
    assert (await desk.ticket()).state == pb.TICKET_STATE_OPEN


async def test_a_tag_and_a_name_are_no_markup(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    tickets = await _tickets(desk, 1)
    tag = '"><img src=x onerror=alert(1)>'

    done = await _do(dana, desk, tickets, "tag", tag=tag)
    filtered = await dana.get("/inbox/all", params={"channel": desk.channel.channel_id, "tag": tag})

    assert "1 ticket tagged." in done.text
    assert filtered.one(".filters input[name=tag]")["value"] == tag
    assert not filtered.all("img, script:not([src])")
    assert len(filtered.all(".row")) == 1
