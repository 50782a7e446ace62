"""Notes about customers: written once, newest first, and gone with the customer."""

import asyncio
from typing import Any

from keva.ticket.v1 import customer_note_pb2 as pb
from keva.ticket.v1 import ticket_service_pb2
from tests.ticket_service.desk import AGENT, WORKSPACE, Desk, error_of, fresh_address

SECRET = "allergictopenicillin"


async def _customer(desk: Desk) -> str:
    return (await desk.ticket(await desk.new_ticket(customer_address=fresh_address()))).customer_id


async def _add(desk: Desk, customer_id: str, text: str, **fields: str) -> pb.CustomerNote:
    request = pb.AddCustomerNoteRequest(
        **{"workspace_id": WORKSPACE, "customer_id": customer_id, "text": text, **fields}
    )
    return (await desk.tickets.AddCustomerNote(request, metadata=AGENT)).note


async def _page(desk: Desk, customer_id: str, **fields: Any) -> pb.ListCustomerNotesResponse:
    request = pb.ListCustomerNotesRequest(workspace_id=WORKSPACE, customer_id=customer_id, **fields)
    answer: pb.ListCustomerNotesResponse = await desk.tickets.ListCustomerNotes(request, metadata=AGENT)
    return answer


async def _delete(desk: Desk, note_id: str) -> None:
    request = pb.DeleteCustomerNoteRequest(workspace_id=WORKSPACE, customer_note_id=note_id)
    await desk.tickets.DeleteCustomerNote(request, metadata=AGENT)


async def _forget(desk: Desk, customer_id: str) -> None:
    request = ticket_service_pb2.ForgetCustomerRequest(workspace_id=WORKSPACE, customer_id=customer_id)
    await desk.tickets.ForgetCustomer(request, metadata=AGENT)


async def test_notes_are_listed_newest_first_page_by_page(shared_desk: Desk) -> None:
    customer_id = await _customer(shared_desk)
    written = [await _add(shared_desk, customer_id, f"note {number}") for number in range(3)]

    first = await _page(shared_desk, customer_id, page_size=2)
    rest = await _page(shared_desk, customer_id, page_size=2, page_token=first.next_page_token)

    assert [note.text for note in (*first.notes, *rest.notes)] == ["note 2", "note 1", "note 0"]
    assert rest.next_page_token == ""
    assert (first.notes[0], first.notes[0].actor.id) == (written[2], "dana")


async def test_same_request_id_writes_nothing_twice(shared_desk: Desk) -> None:
    customer_id = await _customer(shared_desk)

    notes = await asyncio.gather(*(_add(shared_desk, customer_id, "once", request_id=customer_id) for _ in range(4)))
    error = await error_of(_add(shared_desk, customer_id, "another", request_id=customer_id))

    assert len({note.customer_note_id for note in notes}) == 1
    assert len((await _page(shared_desk, customer_id)).notes) == 1
    assert error.reason == "REQUEST_ID_REUSED"


async def test_note_is_removed_once_and_the_trail_never_quotes_it(shared_desk: Desk) -> None:
    desk = shared_desk
    customer_id = await _customer(desk)
    note = await _add(desk, customer_id, SECRET)

    await _delete(desk, note.customer_note_id)
    again = await error_of(_delete(desk, note.customer_note_id))

    assert again.reason == "CUSTOMER_NOTE_NOT_FOUND"
    assert list((await _page(desk, customer_id)).notes) == []
    for action in ("customer.note_added", "customer.note_deleted"):
        records = [one for one in await desk.records(action=action) if one.subject_id == customer_id]
        assert [dict(one.details) for one in records] == [{"note": note.customer_note_id}]


async def test_note_that_cannot_be_kept_is_refused(shared_desk: Desk) -> None:
    customer_id = await _customer(shared_desk)

    assert len((await _add(shared_desk, customer_id, "x" * 10_000)).text) == 10_000
    for given, reason in (
        ({"text": " "}, "FIELD_REQUIRED"),
        ({"text": "x" * 10_001}, "FIELD_INVALID"),
        ({"text": "x", "request_id": "x" * 129}, "FIELD_INVALID"),
        ({"text": "x", "customer_id": "cus_none"}, "CUSTOMER_NOT_FOUND"),
    ):
        error = await error_of(_add(shared_desk, **{"customer_id": customer_id, **given}))
        assert error.reason == reason, given


async def test_no_note_outlives_the_customer(shared_desk: Desk) -> None:
    desk = shared_desk
    customer_id = await _customer(desk)
    await _add(desk, customer_id, SECRET)

    async def try_to_add(number: int) -> str:
        try:
            return (await _add(desk, customer_id, f"{SECRET} {number}")).customer_note_id
        except Exception as error:
            return str(error)

    await asyncio.gather(*map(try_to_add, range(5)), _forget(desk, customer_id), *map(try_to_add, range(5)))

    assert list((await _page(desk, customer_id)).notes) == []
    assert (await error_of(_add(desk, customer_id, "late"))).reason == "CUSTOMER_FORGOTTEN"
