"""A phone whose number is written in two ways is one customer, on one ticket."""

import asyncio

import pytest

from keva.ticket.v1 import customer_import_pb2, ticket_service_pb2
from tests.ticket_service.desk import AGENT, WORKSPACE, Desk, inbound

FORMS = [
    pytest.param("+5215512345678", "+525512345678", id="Mexico"),
    pytest.param("+541123456789", "+5491123456789", id="Argentina"),
    pytest.param("+551187654321", "+5511987654321", id="Brazil"),
    pytest.param("+22997123456", "+2290197123456", id="Benin"),
    pytest.param("+22559005608", "+2250759005608", id="Côte d'Ivoire"),
    pytest.param("whatsapp:+5215512345678", "whatsapp:+525512345678", id="WhatsApp"),
]


async def _customers(desk: Desk, address: str = "") -> list[ticket_service_pb2.Customer]:
    request = ticket_service_pb2.ListCustomersRequest(workspace_id=WORKSPACE, address=address)
    return list((await desk.tickets.ListCustomers(request)).customers)


@pytest.mark.parametrize(("old", "new"), FORMS)
@pytest.mark.parametrize("turned", [False, True], ids=["old form first", "new form first"])
async def test_both_forms_are_one_customer_on_one_ticket(desk: Desk, old: str, new: str, turned: bool) -> None:
    first, second = (new, old) if turned else (old, new)
    await desk.subscribe()

    stored = [(await desk.text(customer_address=form)).stored for form in (first, second, first)]

    assert [one.ticket_created for one in stored] == [True, False, False]
    ticket = await desk.ticket(stored[0].ticket_id)
    assert {one.ticket_id for one in stored} == {ticket.ticket_id}
    # As it came first: that is where answers go.
    assert (ticket.customer_address, ticket.message_count) == (first, 3)
    (customer,) = await _customers(desk)
    for form in (first, second):
        assert [one.ticket_id for one in await desk.all_tickets(customer=form)] == [ticket.ticket_id]
        assert await _customers(desk, form) == [customer]


TYPED = [
    pytest.param("+52 1 55 1234 5678", "+525512345678", id="Mexico"),
    pytest.param("\u202a+52 (1) 55-1234-5678\u202c", "+525512345678", id="Mexico, copied"),
    pytest.param("+54 11 2345-6789", "+5491123456789", id="Argentina"),
    pytest.param("+55 (11) 8765-4321", "+5511987654321", id="Brazil"),
    pytest.param("+229 97 12 34 56", "+2290197123456", id="Benin"),
    pytest.param("+225 59.00.56.08", "+2250759005608", id="Côte d'Ivoire"),
    pytest.param("whatsapp:+52 1 55 1234 5678", "whatsapp:+525512345678", id="WhatsApp"),
]


@pytest.mark.parametrize(("typed", "new"), TYPED)
async def test_an_old_form_is_found_as_people_type_it(desk: Desk, typed: str, new: str) -> None:
    await desk.subscribe()
    ticket_id = (await desk.text(customer_address=new)).stored.ticket_id

    assert [customer.address for customer in await _customers(desk, typed)] == [new]
    assert [one.ticket_id for one in await desk.all_tickets(customer=typed)] == [ticket_id]


@pytest.mark.parametrize(("typed", "new"), TYPED[:-1])
async def test_an_old_form_is_texted_and_listed_as_people_type_it(desk: Desk, typed: str, new: str) -> None:
    channel = await desk.subscribe()
    ticket_id = (await desk.text(customer_address=new)).stored.ticket_id
    first = ticket_service_pb2.StartConversationRequest(
        workspace_id=WORKSPACE, channel_id=channel.channel_id, address=typed, text="hello"
    )
    rows = customer_import_pb2.ImportCustomersRequest(
        workspace_id=WORKSPACE, rows=[customer_import_pb2.CustomerRow(address=typed, display_name="Ada")]
    )

    started = await desk.tickets.StartConversation(first, metadata=AGENT)
    (outcome,) = (await desk.tickets.ImportCustomers(rows, metadata=AGENT)).outcomes

    assert (started.ticket.ticket_id, started.ticket.customer_address) == (ticket_id, new)
    assert outcome.result == customer_import_pb2.CUSTOMER_ROW_RESULT_UPDATED
    assert [customer.display_name for customer in await _customers(desk)] == ["Ada"]


async def test_both_forms_in_one_call(desk: Desk) -> None:
    await desk.subscribe()
    forms = ("+5215512345678", "+525512345678") * 10

    outcomes = await desk.texts(*(inbound(customer_address=form) for form in forms))

    assert len({outcome.stored.ticket_id for outcome in outcomes}) == 1
    assert len(await _customers(desk)) == 1


async def test_both_forms_at_once(desk: Desk) -> None:
    await desk.subscribe()

    outcomes = await asyncio.gather(
        *(desk.text(customer_address=f"+52{one}5512345678") for one in ("1", "") for _ in range(10))
    )

    assert len({outcome.stored.ticket_id for outcome in outcomes}) == 1
    assert len(await _customers(desk)) == 1


async def test_next_ticket_is_the_same_customers(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket("CLOSED", customer_address="+5215512345678")

    stored = (await desk.text(customer_address="+525512345678")).stored

    assert stored.ticket_created
    assert (await desk.ticket(stored.ticket_id)).customer_id == (await desk.ticket(ticket_id)).customer_id


async def test_forgotten_phone_is_a_new_customer_in_either_form(desk: Desk) -> None:
    await desk.subscribe()
    ticket = await desk.ticket(await desk.new_ticket(customer_address="+5215512345678"))
    request = ticket_service_pb2.ForgetCustomerRequest(workspace_id=WORKSPACE, customer_id=ticket.customer_id)
    await desk.tickets.ForgetCustomer(request)

    stored = [(await desk.text(customer_address=f"+52{one}5512345678")).stored for one in ("", "1")]

    assert stored[0].ticket_created
    assert stored[1].ticket_id == stored[0].ticket_id
    assert (await desk.ticket(stored[0].ticket_id)).customer_id != ticket.customer_id
