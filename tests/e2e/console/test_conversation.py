"""A new conversation, as one begins it in the console."""

from datetime import timedelta
from typing import Any

import pytest

from dev.local_stack.desk import Desk, new_number
from keva.ticket.v1 import agent_service_pb2, ticket_service_pb2
from servicekit.clock import utc_now
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.person import Page, Person


async def _send(person: Person, desk: Desk, to: str, do: str = "now", **fields: str) -> Page:
    page = await person.get("/new")
    given = {"to": to, "channel": desk.channel.channel_id, "text": "Your cake is ready.", **fields}
    return await person.submit(page, "#first-text", {**given, "do": do})


def _number(address: str) -> str:
    """As people of the country write it."""
    return f"({address[2:5]}) {address[5:8]}-{address[8:]}"


async def test_a_first_text_lands_on_its_ticket(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")

    page = await _send(dana, desk, _number(desk.customer), name="Ann O'Hara", consent_basis="asked on the phone")

    ticket = await desk.ticket()
    assert page.url == f"/t/{ticket.number}"
    assert "Your cake is ready." in page.text
    assert "Sent." in page.text
    assert (await desk.messages(ticket))[0].consent_basis == "asked on the phone"
    assert (await desk.ticket()).customer_display_name == "Ann O'Hara"


async def test_the_form_sent_twice_texts_once(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    page = await dana.get(f"/new?to={desk.customer.removeprefix('+')}")
    fields = {"to": desk.customer, "channel": desk.channel.channel_id, "text": "Hello", "do": "now"}

    await dana.submit(page, "#first-text", fields)
    again = await dana.submit(page, "#first-text", fields)

    assert again.status == 200
    assert len(await desk.messages(await desk.ticket())) == 1


async def test_an_address_fills_in_whom_to_text(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")

    page = await dana.get("/new?to=%2B1%20206%20555%200142%22%3E%3Cscript%3E")

    assert page.one("#field-to")["value"] == '+1 206 555 0142"><script>'
    assert not page.all("#first-text script")


@pytest.mark.parametrize(
    ("to", "said"),
    [
        pytest.param("hello", "hone number", id="no-number"),
        pytest.param("12", "number", id="too-short"),
    ],
)
async def test_what_is_no_number_is_said_beside_it(desk: Desk, sign_in: SignIn, to: str, said: str) -> None:
    dana = await sign_in("dana")

    page = await _send(dana, desk, to)

    assert page.status == 422
    assert said in page.one("#error-to").get_text()
    assert page.one("#field-to")["value"] == to
    assert "Your cake is ready." in page.one("#field-text").get_text()


async def test_who_wants_no_texts_or_is_blocked_is_not_texted(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    ticket, tickets = await desk.ticket(), desk.clients.tickets
    known: Any = {"workspace_id": ticket.workspace_id, "customer_id": ticket.customer_id}

    await tickets.SetConsent(ticket_service_pb2.SetConsentRequest(**known, no_texts=True, reason="said so"))
    unwanted = await _send(dana, desk, desk.customer)
    await tickets.SetConsent(ticket_service_pb2.SetConsentRequest(**known, no_texts=False))
    await tickets.BlockCustomer(ticket_service_pb2.BlockCustomerRequest(**known))
    blocked = await _send(dana, desk, desk.customer)
    await tickets.UnblockCustomer(ticket_service_pb2.UnblockCustomerRequest(**known))
    await desk.text("STOP")
    opted_out = await _send(dana, desk, desk.customer)

    assert [page.status for page in (unwanted, blocked, opted_out)] == [422] * 3
    assert "texts" in unwanted.one("#error-to").get_text()
    assert "lock" in blocked.one("#error-to").get_text()
    assert "START" in opted_out.one("#error-to").get_text()
    assert len(await desk.messages(ticket)) == 2


async def test_what_leaves_is_shown_before(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")

    short = await _send(dana, desk, desk.customer, do="look")
    long = await _send(dana, desk, desk.customer, do="look", text="A long text. " * 200)
    too_long = await _send(dana, desk, desk.customer, text="A long text. " * 200)
    sent = await dana.submit(long, "#first-text", {"do": "now"})

    assert "1 segment" in short.one(".notice").get_text()
    assert "it leaves as 2 texts" in long.text
    assert too_long.one("#error-text")
    assert sent.url.startswith("/t/")
    assert len(await desk.messages(await desk.ticket())) == 2


async def test_a_first_text_waits_for_its_time(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")

    no_time = await _send(dana, desk, desk.customer, do="later")
    past = await _send(dana, desk, desk.customer, do="later", send_time="2020-01-01T10:00")
    later = await _send(
        dana, desk, desk.customer, do="later", send_time=f"{utc_now() + timedelta(days=7):%Y-%m-%dT%H:%M}"
    )

    assert "Choose a day and a time" in no_time.one("#error-send_time").get_text()
    assert past.one("#error-send_time")
    assert later.url.startswith("/t/")
    assert (await desk.ticket()).scheduled_count == 1


async def test_a_viewer_begins_no_conversation(desk: Desk, sign_in: SignIn) -> None:
    viewer = await sign_in("vera", agent_service_pb2.AGENT_ROLE_VIEWER)

    page = await viewer.get("/new")
    forged = await viewer.post(
        "/new", {"to": new_number(), "channel": desk.channel.channel_id, "text": "hello", "do": "now"}
    )

    assert "You read here" in page.text
    assert not page.all("#first-text")
    assert forged.status == 403
    assert await desk.tickets() == []
