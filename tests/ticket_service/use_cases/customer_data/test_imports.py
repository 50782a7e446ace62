"""Lists of customers: one outcome per row, and nothing twice."""

import asyncio
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from keva.ticket.v1 import customer_import_pb2 as pb
from keva.ticket.v1 import error_reason_pb2, ticket_service_pb2
from tests.mongo_clients import mongo_client
from tests.ticket_service.desk import AGENT, WORKSPACE, Desk, error_of, fresh_address

Result = pb.CustomerRowResult


async def _import(desk: Desk, *rows: dict[str, str], **options: Any) -> list[pb.CustomerRowOutcome]:
    request = pb.ImportCustomersRequest(workspace_id=WORKSPACE, rows=[pb.CustomerRow(**row) for row in rows], **options)
    return list((await desk.tickets.ImportCustomers(request, metadata=AGENT)).outcomes)


def _results(outcomes: list[pb.CustomerRowOutcome]) -> list[str]:
    return [Result.Name(one.result).removeprefix("CUSTOMER_ROW_RESULT_") for one in outcomes]


async def test_rows_make_customers_once_and_texts_find_them(shared_desk: Desk) -> None:
    desk, number = shared_desk, fresh_address()
    row = {"address": number, "display_name": "Zoë Imported", "email": "zoe@example.com", "city": "Bern"}

    (first,) = await _import(desk, row, consent_basis="the spring fair")
    (again,) = await _import(desk, row, consent_basis="the spring fair")
    ticket = await desk.ticket(await desk.new_ticket(customer_address=number))

    assert _results([first, again]) == ["CREATED", "UNCHANGED"]
    assert first.customer_id == again.customer_id == ticket.customer_id
    assert ticket.customer_display_name == "Zoë Imported"
    customer = await desk.customer(ticket.customer_id)
    assert (customer.city, customer.consents[0].reason) == ("Bern", "the spring fair")
    assert customer.consents[0].source == ticket_service_pb2.CONSENT_SOURCE_IMPORT
    records = await desk.records(action="customer.created")
    assert [dict(r.details) for r in records if r.subject_id == first.customer_id] == [
        {"fields": "city, consents, display_name, email", "imported": "true"}
    ]


async def test_bad_rows_stop_no_others(shared_desk: Desk) -> None:
    number, other = fresh_address(), fresh_address()

    outcomes = await _import(
        shared_desk,
        {"address": number, "display_name": "first"},
        {"address": ""},
        {"address": "Smith"},
        {"address": "1.5551E+10"},
        {"address": other, "email": "not one"},
        {"address": other, "display_name": "x" * 201},
        {"address": f" {number} ", "display_name": "second"},
        {"address": "020 7946 0018", "display_name": "=1+1"},
        region="gb",
    )

    assert _results(outcomes) == ["REPLACED", *["FAILED"] * 5, "CREATED", "CREATED"]
    assert (outcomes[0].replaced_by, outcomes[7].address) == (6, "+442079460018")
    assert all(one.message and one.reason for one in outcomes[1:6])
    assert (await shared_desk.customer(outcomes[6].customer_id)).display_name == "second"
    assert (await shared_desk.customer(outcomes[7].customer_id)).display_name == "=1+1"


@pytest.mark.parametrize("validate_only", [False, True])
async def test_row_whose_customer_cannot_be_read_stops_no_others(shared_desk: Desk, validate_only: bool) -> None:
    desk, numbers = shared_desk, [fresh_address() for _ in range(3)]
    first = await _import(desk, *({"address": number, "city": "Bern"} for number in numbers))
    poisoned = {"_id": first[1].customer_id}
    with mongo_client(desk.database[0]) as client:
        customers = client[desk.database[1]].customers
        customers.update_one(poisoned, {"$set": {"consents": "no"}})
        before = customers.find_one(poisoned)

        rows = [{"address": number, "city": "Basel"} for number in (*numbers, fresh_address())]
        outcomes = await _import(desk, *rows, validate_only=validate_only)

        after = customers.find_one(poisoned)
    assert _results(outcomes) == ["UPDATED", "FAILED", "UPDATED", "CREATED"]
    assert (outcomes[1].reason, outcomes[1].address) == (error_reason_pb2.ERROR_REASON_INTERNAL, numbers[1])
    assert "log" in outcomes[1].message
    assert before == after
    city = (await desk.customer(outcomes[2].customer_id)).city
    assert city == ("Bern" if validate_only else "Basel")


async def test_dry_run_says_the_same_and_writes_nothing(shared_desk: Desk) -> None:
    desk, number = shared_desk, fresh_address()
    before = len(await desk.records(action="customer.created"))

    (outcome,) = await _import(desk, {"address": number}, validate_only=True)

    assert _results([outcome]) == ["CREATED"]
    assert (outcome.customer_id, outcome.address) == ("", number)
    assert len(await desk.records(action="customer.created")) == before
    assert _results(await _import(desk, {"address": number})) == ["CREATED"]


async def test_edited_name_stays_and_a_new_one_is_on_the_tickets(shared_desk: Desk) -> None:
    desk, number = shared_desk, fresh_address()
    ticket_id = await desk.new_ticket(customer_address=number)
    customer_id = (await desk.ticket(ticket_id)).customer_id
    edited = ticket_service_pb2.Customer(customer_id=customer_id, display_name="By hand")
    update = ticket_service_pb2.UpdateCustomerRequest(
        workspace_id=WORKSPACE, customer=edited, update_mask=FieldMask(paths=["display_name"])
    )
    await desk.tickets.UpdateCustomer(update, metadata=AGENT)

    (kept,) = await _import(desk, {"address": number, "display_name": "By list"})
    assert (_results([kept]), list(kept.kept_fields)) == (["UNCHANGED"], ["display_name"])
    (taken,) = await _import(desk, {"address": number, "display_name": "By list"}, overwrite=True)

    assert (_results([taken]), list(taken.changed_fields)) == (["UPDATED"], ["display_name"])
    assert (await desk.ticket(ticket_id)).customer_display_name == "By list"


async def test_old_and_new_form_of_a_number_are_one_customer(shared_desk: Desk) -> None:
    digits = fresh_address()[2:]

    (first,) = await _import(shared_desk, {"address": f"+521{digits}"})
    (second,) = await _import(shared_desk, {"address": f"+52{digits}", "city": "Puebla"})

    assert (_results([first, second]), first.customer_id) == (["CREATED", "UPDATED"], second.customer_id)


async def test_lists_and_texts_at_the_same_moment_make_each_customer_once(shared_desk: Desk) -> None:
    desk, numbers = shared_desk, [fresh_address() for _ in range(120)]
    rows = [{"address": number, "display_name": f"Customer {place}"} for place, number in enumerate(numbers)]

    async def text(number: str) -> str:
        return (await desk.text("hello", customer_address=number)).stored.ticket_id

    (one, two), tickets = await asyncio.gather(
        asyncio.gather(_import(desk, *rows), _import(desk, *rows)), asyncio.gather(*map(text, numbers[:5]))
    )

    assert [a.customer_id for a in one] == [b.customer_id for b in two]
    assert "FAILED" not in _results(one + two)
    of_tickets = [(await desk.ticket(ticket_id)).customer_id for ticket_id in tickets]
    assert of_tickets == [outcome.customer_id for outcome in one[:5]]


@pytest.mark.parametrize(
    ("request_fields", "reason"),
    [
        ({}, "FIELD_REQUIRED"),
        ({"rows": [pb.CustomerRow(address="+15551234567")] * 501}, "FIELD_INVALID"),
        ({"rows": [pb.CustomerRow(address="+15551234567")], "region": "EU"}, "FIELD_INVALID"),
        ({"rows": [pb.CustomerRow(address="+15551234567")], "consent_basis": "x" * 201}, "FIELD_INVALID"),
    ],
    ids=["no rows", "too many rows", "no such region", "long basis"],
)
async def test_list_that_cannot_be_used_is_refused(
    shared_desk: Desk, request_fields: dict[str, Any], reason: str
) -> None:
    request = pb.ImportCustomersRequest(workspace_id=WORKSPACE, **request_fields)

    error = await error_of(shared_desk.tickets.ImportCustomers(request, metadata=AGENT))

    assert error.reason == reason
