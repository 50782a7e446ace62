"""The inbox: views with counts, rows, and what an address says."""

from google.protobuf.field_mask_pb2 import FieldMask

from client.words.actors import assignee_from_text
from console.words.phone_numbers import international
from dev.local_stack.accounts import OPERATOR, ORGANIZATION, WORKSPACE
from dev.local_stack.desk import Desk, RunningStack
from keva.ticket.v1 import agent_service_pb2, routing_pb2, ticket_service_pb2, workspace_service_pb2
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.person import Page, Person

_THE_AI = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)


def _row(page: Page, ticket: ticket_service_pb2.Ticket) -> str:
    return " ".join(page.one(f"#row-{ticket.ticket_id}").get_text(" ").split())


async def _assign(desk: Desk, ticket: ticket_service_pb2.Ticket, assignee: routing_pb2.Assignee) -> None:
    request = ticket_service_pb2.AssignTicketRequest(
        workspace_id=ticket.workspace_id, ticket_id=ticket.ticket_id, assignee=assignee
    )
    await desk.clients.tickets.AssignTicket(request)


async def test_a_row_says_who_texted_what_and_that_they_wait(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("Is my <b>cake</b> ready?")
    ticket = await desk.ticket()

    page = await dana.get(f"/inbox/unassigned?channel={desk.channel.channel_id}")

    row = _row(page, ticket)
    assert "Is my <b>cake</b> ready?" in row
    assert "waiting 1 min" in row
    assert desk.channel.display_name in row
    assert page.one(f"#row-{ticket.ticket_id} a")["href"] == (
        f"/t/{ticket.number}?view=unassigned&channel={desk.channel.channel_id}"
    )


async def test_a_view_shows_what_it_counts(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    ticket = await desk.ticket()
    before = await dana.get("/inbox/mine")

    await _assign(desk, ticket, assignee_from_text(dana.agent.agent_id))
    after = await dana.get("/inbox/mine")

    assert "Nothing waits for you" in before.text
    assert "Mine" in before.one("#view-mine").get_text()
    assert after.one("#view-mine .view-count").get_text() == "1"
    assert [row["data-ticket"] for row in after.all(".row")] == [ticket.ticket_id]


async def _said(person: Person, ticket: ticket_service_pb2.Ticket) -> str:
    """What that person's inbox says was said last."""
    page = await person.get(f"/inbox/all?channel={ticket.channel_id}")
    assert "waiting" not in _row(page, ticket)
    return " ".join(page.one(f"#row-{ticket.ticket_id} .row-text").get_text().split())


async def test_a_row_says_who_of_us_wrote_last_whoever_has_the_ticket(desk: Desk, sign_in: SignIn) -> None:
    ina, eli = await sign_in("ina", display_name="Ina <b>"), await sign_in("eli")
    await desk.text("hello")
    ticket = await desk.ticket()
    await _assign(desk, ticket, assignee_from_text(eli.agent.agent_id))

    await ina.post(f"/t/{ticket.number}/reply", {"text": "Hello from us", "request_id": f"{ticket.ticket_id}-1"})
    assert (await _said(ina, ticket), await _said(eli, ticket)) == ("You: Hello from us", "Ina <b>: Hello from us")
    # Whoever runs Keva is nobody's colleague.
    request = ticket_service_pb2.ReplyToTicketRequest(
        workspace_id=ticket.workspace_id,
        ticket_id=ticket.ticket_id,
        text="From the shell",
        request_id=f"{ticket.ticket_id}-2",
    )
    await desk.clients.tickets.ReplyToTicket(request, metadata=OPERATOR)
    assert await _said(eli, ticket) == "Us: From the shell"


async def test_a_row_says_what_the_ai_wrote(running: RunningStack, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    desk = await running.open_desk(auto_assign=_THE_AI)
    await desk.text("Do you ship to Canada?")
    await desk.sent(1)
    ticket = await desk.ticket()
    await _assign(desk, ticket, assignee_from_text(dana.agent.agent_id))

    assert (await _said(dana, ticket)).startswith("AI: ")
    await desk.close()


async def test_what_the_ai_left_shows_what_was_asked_until_somebody_has_answered(
    running: RunningStack, sign_in: SignIn
) -> None:
    dana = await sign_in("dana")
    desk = await running.open_desk(auto_assign=_THE_AI)
    asked = "I want to talk to a person about zyxquv"
    await desk.text(asked)
    (notice,) = await desk.sent(1)
    ticket = await desk.ticket()
    path = f"/inbox/handed-off?channel={desk.channel.channel_id}"

    page = await dana.get(path)
    search = await dana.get(f"/search?q=%23{ticket.number}")
    assert asked in _row(page, ticket)
    assert "waiting" in _row(page, ticket)
    assert "Left by the AI" in _row(page, ticket)
    assert notice.body not in page.text
    assert asked in search.text
    assert notice.body not in search.text
    counted = page.one("#view-handed-off .view-count").get_text()

    await desk.reply(ticket, "A person here.")

    page, everything = await dana.get(path), await dana.get(f"/inbox/all?channel={desk.channel.channel_id}")
    assert page.all(".row") == []
    left = page.all("#view-handed-off .view-count")
    assert int(left[0].get_text() if left else 0) == int(counted) - 1
    assert "Left by the AI" not in _row(everything, ticket)
    await desk.close()


async def test_who_has_no_name_is_called_by_their_number(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello", params={"FromCity": "SEATTLE", "FromState": "WA", "FromCountry": "US"})
    ticket = await desk.ticket()
    number = international(ticket.customer_address)

    async def called() -> tuple[str, str]:
        page = await dana.get(f"/inbox/all?channel={desk.channel.channel_id}")
        name, beside = (
            page.one(f"#row-{ticket.ticket_id} {place}").get_text() for place in (".row-name", ".row-beside")
        )
        return name, beside

    assert await called() == (number, "Seattle, WA")
    named = ticket_service_pb2.UpdateCustomerRequest(
        workspace_id=ticket.workspace_id,
        customer=ticket_service_pb2.Customer(customer_id=ticket.customer_id, display_name="Ada"),
        update_mask=FieldMask(paths=["display_name"]),
    )
    await desk.clients.tickets.UpdateCustomer(named, metadata=await desk.clients.as_agent("dana"))
    assert await called() == ("Ada", number)


async def test_the_list_alone_is_given_to_who_asks_for_it(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    ticket = await desk.ticket()

    part = await dana.get(f"/inbox/all?selected={ticket.number}", headers={"HX-Target": "ticket-list"})
    counts = await dana.get("/inbox/all", headers={"HX-Target": "inbox-views"})

    assert part.one(f"#row-{ticket.ticket_id} a[aria-current]")
    assert not part.all("html, #inbox-views")
    assert not counts.all("html, #ticket-list")
    assert counts.one("#view-all .view-count")


async def test_filters_narrow_a_view(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    ticket = await desk.ticket()
    here = f"channel={desk.channel.channel_id}"

    async def shown(query: str) -> list[str]:
        return [str(row["data-ticket"]) for row in (await dana.get(f"/inbox/all?{here}&{query}")).all(".row")]

    assert await shown("state=open&priority=high&unread=1&assignee=nobody&order=waiting") == [ticket.ticket_id]
    for query in ("state=closed", "priority=low", "assignee=me", "tag=nowhere", "assignee=ai"):
        assert await shown(query) == [], query
    assert await shown("state=nonsense&priority=&assignee=x@y&rows=abc") == [ticket.ticket_id]


async def test_a_viewer_reads_and_selects_nothing(desk: Desk, sign_in: SignIn) -> None:
    viewer = await sign_in("vera", agent_service_pb2.AGENT_ROLE_VIEWER)
    await desk.text("hello")

    page = await viewer.get(f"/inbox/all?channel={desk.channel.channel_id}")

    assert len(page.all(".row")) == 1, page.text
    assert not page.all("input[type=checkbox][name=ticket]")


async def test_there_is_no_other_view(sign_in: SignIn) -> None:
    dana: Person = await sign_in("dana")

    assert (await dana.get("/inbox/elsewhere")).status == 404


async def test_a_draft_and_a_colleague_at_work_are_seen(desk: Desk, sign_in: SignIn) -> None:
    dana, eli = await sign_in("dana"), await sign_in("eli")
    await desk.text("hello")
    ticket = await desk.ticket()

    await dana.post(f"/t/{ticket.number}/draft", {"kind": "reply", "text": "<i>Nearly</i> done", "by_script": "1"})
    await eli.post("/live/presence", {"ticket_id": ticket.ticket_id, "writing": "1"})
    page = await dana.get(f"/inbox/all?channel={desk.channel.channel_id}")
    others = await eli.get(f"/inbox/all?channel={desk.channel.channel_id}")

    assert "Draft: <i>Nearly</i> done" in _row(page, ticket)
    assert "Eli is writing" in _row(page, ticket)
    assert "Draft" not in _row(others, ticket)
    assert "is writing" not in _row(others, ticket)


async def test_whoever_may_enter_several_workspaces_goes_from_one_to_the_other(desk: Desk, sign_in: SignIn) -> None:
    made = workspace_service_pb2.CreateWorkspaceRequest(organization_id=ORGANIZATION, display_name="Wholesale")
    other = (await desk.clients.workspaces.CreateWorkspace(made, metadata=OPERATOR)).workspace.workspace_id
    agent = agent_service_pb2.AGENT_ROLE_AGENT
    both = await sign_in("both", agent, workspaces=(WORKSPACE, other))
    one = await sign_in("one", agent)

    here = await both.get("/inbox/all")
    there = await both.get(str(here.one(f"#menu-workspaces a[href*={other}]")["href"]))

    assert "Wholesale" in there.one("#menu-workspaces summary").text
    assert there.one("#menu-workspaces a[aria-current]")["href"] == f"/inbox/mine?workspace={other}"
    assert there.one("#menu-workspaces a:not([aria-current])")["href"] == "/inbox/mine"
    assert (await one.get("/inbox/all")).all("#menu-workspaces") == []
