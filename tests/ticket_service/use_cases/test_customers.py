"""Customers get names from what Twilio tells, until a person edits them."""

from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import actor_pb2, ticket_service_pb2
from tests.ticket_service.desk import AGENT, CUSTOMER, WORKSPACE, Desk, error_of, fresh_address
from tests.ticket_service.raw_documents import changed


@pytest.mark.parametrize(
    ("address", "email"),
    [
        pytest.param("+15551234567", "+15551234567@sms.keva.local", id="number"),
        pytest.param("12345", "12345@sms.keva.local", id="short code"),
        pytest.param("whatsapp:+15551234567", "whatsapp.+15551234567@sms.keva.local", id="WhatsApp"),
        pytest.param("KEVA Shop & Co", "KEVA.Shop...Co@sms.keva.local", id="sender name"),
    ],
)
async def test_generated_email(shared_desk: Desk, address: str, email: str) -> None:
    ticket = await shared_desk.ticket(await shared_desk.new_ticket(customer_address=address))

    assert (await shared_desk.customer(ticket.customer_id)).email == email


async def _customer(desk: Desk, address: str) -> ticket_service_pb2.Customer:
    request = ticket_service_pb2.ListCustomersRequest(workspace_id=WORKSPACE, address=address)
    (customer,) = (await desk.tickets.ListCustomers(request)).customers
    return customer


async def _update(
    desk: Desk, customer_id: str, paths: list[str], workspace_id: str = WORKSPACE, **values: Any
) -> ticket_service_pb2.Customer:
    request = ticket_service_pb2.UpdateCustomerRequest(
        workspace_id=workspace_id,
        customer=ticket_service_pb2.Customer(customer_id=customer_id, **values),
        update_mask=FieldMask(paths=paths),
    )
    return (await desk.tickets.UpdateCustomer(request, metadata=AGENT)).customer


async def test_later_text_fills_in_what_was_missing(shared_desk: Desk) -> None:
    address = fresh_address()

    names = []
    for location in ({}, {"country": "US"}, {"city": "SEATTLE", "state": "WA"}, {"city": "PORTLAND", "zip": "98101"}):
        await shared_desk.text(customer_address=address, **location)
        names.append((await _customer(shared_desk, address)).display_name)

    assert names == [f"SMS from {address}", "SMS from US", "SMS from Seattle, WA", "SMS from Seattle, WA"]
    customer = await _customer(shared_desk, address)
    assert (customer.city, customer.state, customer.country, customer.zip) == ("SEATTLE", "WA", "US", "98101")


async def test_later_text_never_wipes_what_a_person_edited(shared_desk: Desk) -> None:
    address = fresh_address()
    await shared_desk.text(customer_address=address)
    customer_id = (await _customer(shared_desk, address)).customer_id
    paths = ["display_name", "email", "city", "zip"]

    edited = await _update(
        shared_desk, customer_id, paths, display_name="Ann", email="ann@example.com", city="", zip="1"
    )
    await shared_desk.text(customer_address=address, city="SEATTLE", state="WA", country="US", zip="98101")

    known = await shared_desk.customer(customer_id)
    assert (known.display_name, known.email, known.city, known.zip) == ("Ann", "ann@example.com", "", "1")
    assert (known.state, known.country) == ("WA", "US")
    assert known.update_time.ToDatetime() >= edited.update_time.ToDatetime()


async def test_edit_to_empty_holds(shared_desk: Desk) -> None:
    address = fresh_address()
    await shared_desk.text(customer_address=address, city="SEATTLE", state="WA", country="US")
    customer_id = (await _customer(shared_desk, address)).customer_id

    await _update(shared_desk, customer_id, ["city", "state", "email"])
    await shared_desk.text(customer_address=address, city="SEATTLE", state="WA", country="US", zip="98101")

    known = await shared_desk.customer(customer_id)
    assert (known.city, known.state, known.country, known.zip, known.email) == ("", "", "US", "98101", "")


async def test_location_that_a_text_fills_in_is_recorded_without_what_it_is(shared_desk: Desk) -> None:
    address = fresh_address()
    ticket_id = await shared_desk.new_ticket(customer_address=address, country="US")
    customer = await _customer(shared_desk, address)
    await _update(shared_desk, customer.customer_id, ["display_name", "zip"], display_name="Ann", zip="1")

    for location in ({}, {"country": "CA"}, {"city": "SEATTLE", "state": "WA", "zip": "98101"}, {"city": "TACOMA"}):
        await shared_desk.text(customer_address=address, **location)

    (record,) = await shared_desk.records(ticket_id=ticket_id, action="customer.located")
    assert (record.subject_id, record.actor.kind, record.actor.id) == (
        customer.customer_id,
        actor_pb2.ACTOR_KIND_CUSTOMER,
        customer.customer_id,
    )
    assert dict(record.details) == {"fields": "city, state"}


async def test_name_that_comes_with_the_location_is_recorded_too(shared_desk: Desk) -> None:
    address = fresh_address()
    await shared_desk.text("STOP", customer_address=address)
    await shared_desk.text("STOP", customer_address=address, city="SEATTLE")

    customer_id = (await _customer(shared_desk, address)).customer_id
    (record,) = [r for r in await shared_desk.records(action="customer.located") if r.subject_id == customer_id]
    assert dict(record.details) == {"fields": "display_name, city"}
    assert not record.ticket_id


async def test_update_changes_what_the_mask_names_once(shared_desk: Desk) -> None:
    address = fresh_address()
    await shared_desk.text(customer_address=address, city="SEATTLE")
    customer_id = (await _customer(shared_desk, address)).customer_id

    first = await _update(shared_desk, customer_id, ["display_name"], display_name="Ann", city="not named")
    again = await _update(shared_desk, customer_id, ["display_name"], display_name="Ann")

    assert again == first
    assert (first.display_name, first.city) == ("Ann", "SEATTLE")
    (record,) = [r for r in await shared_desk.records(action="customer.updated") if r.subject_id == customer_id]
    assert (dict(record.details), record.actor.id) == ({"fields": "display_name"}, "dana")
    assert "Ann" not in str(record)


@pytest.mark.parametrize(
    ("paths", "values", "reason", "field"),
    [
        pytest.param([], {"city": "x"}, "FIELD_REQUIRED", "update_mask", id="no mask"),
        pytest.param(["address"], {"address": "+1"}, "FIELD_INVALID", "update_mask", id="the address stays"),
        pytest.param(
            ["opted_out"], {"opted_out": False}, "FIELD_INVALID", "update_mask", id="consent is the customer's"
        ),
        pytest.param(
            ["display_name"], {"display_name": " "}, "FIELD_REQUIRED", "customer.display_name", id="blank name"
        ),
        pytest.param(["email"], {"email": "x" * 201}, "FIELD_INVALID", "customer.email", id="201 characters"),
    ],
)
async def test_update_that_is_refused(
    shared_desk: Desk, paths: list[str], values: dict[str, Any], reason: str, field: str
) -> None:
    address = fresh_address()
    await shared_desk.text(customer_address=address)
    before = await _customer(shared_desk, address)

    error = await error_of(_update(shared_desk, before.customer_id, paths, **values))

    assert (error.reason, error.metadata["field"]) == (reason, field)
    assert await _customer(shared_desk, address) == before


async def test_customer_of_another_workspace_is_not_found(shared_desk: Desk) -> None:
    address = fresh_address()
    await shared_desk.text(customer_address=address)
    customer_id = (await _customer(shared_desk, address)).customer_id
    elsewhere = await shared_desk.new_workspace()

    get = ticket_service_pb2.GetCustomerRequest(workspace_id=elsewhere, customer_id=customer_id)
    for call in (
        shared_desk.tickets.GetCustomer(get),
        _update(shared_desk, customer_id, ["city"], workspace_id=elsewhere),
        shared_desk.customer("cus_unknown"),
    ):
        assert (await error_of(call)).reason == "CUSTOMER_NOT_FOUND"
    listed = ticket_service_pb2.ListCustomersRequest(workspace_id=elsewhere)
    assert not (await shared_desk.tickets.ListCustomers(listed)).customers


async def _listed(desk: Desk, page_size: int, **fields: Any) -> list[str]:
    addresses: list[str] = []
    token = ""
    while True:
        request = ticket_service_pb2.ListCustomersRequest(
            workspace_id=WORKSPACE, page_size=page_size, page_token=token, **fields
        )
        page = await desk.tickets.ListCustomers(request)
        assert len(page.customers) <= page_size
        addresses += [customer.address for customer in page.customers]
        if not (token := page.next_page_token):
            return addresses


async def test_customers_are_listed_newest_first(desk: Desk) -> None:
    await desk.subscribe()
    addresses = ["+15551234567", "+15557654321", "+33612345678", "12345"]
    for address in addresses:
        await desk.text(customer_address=address)

    for page_size in (1, 2, 4, 200):
        assert await _listed(desk, page_size) == addresses[::-1]
    assert await _listed(desk, 50, address="(555) 765-4321") == ["+15557654321"]
    assert await _listed(desk, 50, address="12345") == ["12345"]
    assert await _listed(desk, 50, address="555 000 0000") == []


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        pytest.param({"address": "?"}, "PHONE_NUMBER_INVALID", id="no address"),
        pytest.param({"text": "?!"}, "FIELD_INVALID", id="a search for nothing"),
        pytest.param({"text": "a" * 201}, "FIELD_INVALID", id="a search of 201 characters"),
        pytest.param({"page_size": -5}, "FIELD_INVALID", id="negative page_size"),
        pytest.param({"page_token": "x"}, "PAGE_TOKEN_INVALID", id="no token"),
        pytest.param({"workspace_id": ""}, "FIELD_REQUIRED", id="no workspace"),
    ],
)
async def test_listing_that_is_refused(shared_desk: Desk, fields: dict[str, Any], reason: str) -> None:
    request = ticket_service_pb2.ListCustomersRequest(**{"workspace_id": WORKSPACE, **fields})

    assert (await error_of(shared_desk.tickets.ListCustomers(request))).reason == reason


async def test_customers_are_found_by_what_is_known_of_them(desk: Desk) -> None:
    await desk.subscribe()
    for address in ("+15551234567", "+15557654321"):
        await desk.text(customer_address=address, city="SEATTLE", state="WA")
    customer_id = (await _customer(desk, "+15551234567")).customer_id
    await _update(desk, customer_id, ["display_name", "email"], display_name="Zoë Müller", email="zoe@example.com")

    for text in ("mül", "MULLER zoe", "zoe@example.com", "(555) 123-45", "4567", "zoe 4567"):
        assert await _listed(desk, 50, text=text) == ["+15551234567"], text
    assert await _listed(desk, 1, text="555") == ["+15557654321", "+15551234567"]
    assert await _listed(desk, 1, text="sms from seattle") == ["+15557654321"]
    assert await _listed(desk, 1, text="nobody") == []


async def test_page_token_holds_for_the_same_search_alone(shared_desk: Desk) -> None:
    for _ in range(2):
        await shared_desk.text(customer_address=fresh_address())
    request = ticket_service_pb2.ListCustomersRequest(workspace_id=WORKSPACE, page_size=1, text="555")
    token = (await shared_desk.tickets.ListCustomers(request)).next_page_token

    for text, blocked in (("5555", False), ("555", True)):
        other = ticket_service_pb2.ListCustomersRequest(
            workspace_id=WORKSPACE, page_token=token, text=text, blocked=blocked
        )
        assert (await error_of(shared_desk.tickets.ListCustomers(other))).reason == "PAGE_TOKEN_INVALID"


@pytest.mark.parametrize("email", ["eve", "eve@", "@example.com", "eve @example.com", "eve@exa\u200bmple.com", "a@b@c"])
async def test_what_is_no_email_address_is_refused(shared_desk: Desk, email: str) -> None:
    address = fresh_address()
    await shared_desk.text(customer_address=address)
    customer = await _customer(shared_desk, address)

    error = await error_of(_update(shared_desk, customer.customer_id, ["email"], email=email))

    assert (error.reason, error.metadata["field"]) == ("FIELD_INVALID", "customer.email")
    assert (await _customer(shared_desk, address)).email == customer.email


async def test_what_was_no_email_address_before_may_stay_or_go(desk: Desk, mongod: Mongod, database: str) -> None:
    await desk.subscribe()
    await desk.text(customer_address=CUSTOMER)
    customer = await _customer(desk, CUSTOMER)
    with changed(mongod, database, "customers") as customers:
        customers.update_one({"_id": customer.customer_id}, {"$set": {"email": "call her"}})

    kept = await _update(desk, customer.customer_id, ["email", "display_name"], email="call her", display_name="M")
    none = await _update(desk, customer.customer_id, ["email"], email="")

    assert (kept.email, kept.display_name, none.email) == ("call her", "M", "")
