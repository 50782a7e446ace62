"""The search."""

from google.protobuf.field_mask_pb2 import FieldMask

from dev.local_stack.desk import Desk, new_number
from keva.ticket.v1 import agent_service_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from tests.e2e.console.conftest import SignIn


async def test_texts_are_found_with_their_words_marked(desk: Desk, sign_in: SignIn) -> None:
    viewer = await sign_in("vera", agent_service_pb2.AGENT_ROLE_VIEWER)
    await desk.text("Is the zanzibarquark <script>alert(1)</script> cake still there?")
    await desk.text("Hello?")
    ticket = await desk.ticket()

    page = await viewer.get("/search?q=zanzibar+CAK")

    found = page.one(".found-said")
    assert found.get_text() == "Is the zanzibarquark <script>alert(1)</script> cake still there?"
    assert [mark.get_text() for mark in found.select("mark")] == ["zanzibar", "cak"]
    assert page.one(".found-link")["href"] == f"/t/{ticket.number}"


async def test_customers_and_tickets_are_found_by_name_and_number(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    ticket = await desk.ticket()
    name = '"><img src=x onerror=alert(1)> Quetzal'
    await desk.clients.tickets.UpdateCustomer(
        pb.UpdateCustomerRequest(
            workspace_id=ticket.workspace_id,
            customer=pb.Customer(customer_id=ticket.customer_id, display_name=name),
            update_mask=FieldMask(paths=["display_name"]),
        )
    )

    by_name = await dana.get("/search?q=quetzal")
    by_phone = await dana.get("/search", params={"q": desk.customer[5:]})
    by_number = await dana.get("/search", params={"q": f"#{ticket.number}"})

    assert by_name.one(f'a[href="/c/{ticket.customer_id}"] .found-name').get_text() == name
    assert not by_name.all("img")
    for page in (by_name, by_phone, by_number):
        assert page.all(f'a[href="/t/{ticket.number}"]'), page.url


async def test_a_number_finds_its_ticket_first_and_once(desk: Desk, sign_in: SignIn) -> None:
    dana, customer = await sign_in("dana"), new_number()
    await desk.text("hello")
    number = (await desk.ticket(desk.customer)).number
    await desk.text(f"My order is {number}")
    await desk.text(f"Are there {number} or {number}999 of them?", customer)
    other = (await desk.ticket(customer)).number

    anywhere = await dana.get(f"/search?q={number}")
    alone = await dana.get("/search", params={"q": f"#{number}"})
    nowhere = await dana.get("/search", params={"q": "#987654321"})

    headings = [heading.get_text() for heading in anywhere.all("#main h2")]
    links = [link["href"] for link in anywhere.all("#main .found-link")]
    assert (headings[0], links[0]) == (f"Ticket #{number}", f"/t/{number}")
    assert links.count(f"/t/{number}") == 1
    assert f"/t/{other}" in links
    assert [link["href"] for link in alone.all("#main .found-link")] == [f"/t/{number}"]
    assert [heading.get_text() for heading in alone.all("#main h2")] == [f"Ticket #{number}"]
    assert "There is no ticket #987654321" in nowhere.text
    assert nowhere.one('#main a[href="/search?q=987654321"]')


async def test_nothing_and_nonsense_are_answered_in_words(sign_in: SignIn) -> None:
    dana = await sign_in("dana")

    empty = await dana.get("/search")
    nothing = await dana.get("/search?q=xyzzyplugh")
    nonsense = await dana.get("/search?q=%21%3F")
    script = await dana.get("/search", params={"q": "<script>alert(1)</script>"})
    long = await dana.get("/search", params={"q": "x" * 1001})

    assert "Look for anything" in empty.text
    assert "Nothing is found" in nothing.text
    assert nonsense.status == 422
    assert nonsense.one("#search-error")
    assert script.one("#search-field")["value"] == "<script>alert(1)</script>"
    assert not script.all("script:not([src])")
    assert long.status == 422
