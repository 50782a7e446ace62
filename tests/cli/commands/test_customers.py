"""`keva customers update`, and `forget`, which asks first, waits until all is erased, and says what stays."""

import json
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from keva.ticket.v1 import actor_pb2, customer_note_pb2, message_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit import errors

KNOWN = pb.Customer(customer_id="cus_1", address="+15551234567", display_name="Eve")
FORGOTTEN = pb.Customer(
    customer_id="cus_1",
    address="forgotten:cus_1",
    display_name="Forgotten customer",
    forget_time=Timestamp(seconds=1_800_000_000),
)
ERASED = pb.Customer(**{field.name: value for field, value in FORGOTTEN.ListFields()})
ERASED.erase_time.seconds = 1_800_000_060


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """A customer whose erasing takes a while."""
    states = iter([FORGOTTEN, ERASED])
    keva.ticket_service.answers.update(
        ListCustomers=pb.ListCustomersResponse(customers=[KNOWN]),
        ForgetCustomer=pb.ForgetCustomerResponse(customer=FORGOTTEN),
        ListCustomerNotes=customer_note_pb2.ListCustomerNotesResponse(),
        ListTextsWithoutTicket=pb.ListTextsWithoutTicketResponse(),
        GetCustomer=lambda _: pb.GetCustomerResponse(customer=next(states)),
    )


async def test_customers_update_finds_the_customer_by_number(keva: Any) -> None:
    customer = pb.Customer(customer_id="cus_1", address="+15551234567", display_name="Eve")
    keva.ticket_service.answers["ListCustomers"] = pb.ListCustomersResponse(customers=[customer])
    keva.ticket_service.answers["UpdateCustomer"] = pb.UpdateCustomerResponse(customer=customer)

    result = await keva("customers", "update", "(555) 123-4567", "--name", "Eve", "--zip", "")

    assert result.status == 0
    assert "+15551234567" in result.output
    request = keva.ticket_service.last()
    assert (request.customer.customer_id, request.customer.display_name) == ("cus_1", "Eve")
    assert list(request.update_mask.paths) == ["display_name", "zip"]


def _asked(keva: Any) -> list[str]:
    return [type(request).__name__ for request in keva.ticket_service.requests]


async def test_forget_waits_until_all_is_erased(keva: Any) -> None:
    result = await keva("customers", "forget", "(555) 123-4567", "--yes")

    assert result.status == 0
    assert "Erased: cus_1" in result.output
    assert _asked(keva) == ["ListCustomersRequest", "ForgetCustomerRequest", "GetCustomerRequest", "GetCustomerRequest"]
    assert keva.ticket_service.requests[1] == pb.ForgetCustomerRequest(workspace_id="default", customer_id="cus_1")


async def test_forget_says_what_it_leaves(keva: Any) -> None:
    result = await keva("customers", "forget", "(555) 123-4567", "--yes")

    assert "Twilio's own log" in result.error
    assert "backups" in result.error


async def test_forget_without_a_terminal_asks_for_yes(keva: Any) -> None:
    result = await keva("customers", "forget", "(555) 123-4567")

    assert result.status == 2
    assert "--yes" in result.error
    assert _asked(keva) == ["ListCustomersRequest"]


async def test_forget_as_json_has_both_times(keva: Any) -> None:
    result = await keva("customers", "forget", "(555) 123-4567", "--yes", "--json")

    customer = json.loads(result.output)
    assert customer["forget_time"]
    assert customer["erase_time"]


async def test_forget_of_somebody_unknown_fails(keva: Any) -> None:
    keva.ticket_service.answers["GetCustomer"] = errors.NotFound("CUSTOMER_NOT_FOUND", "no such customer")

    result = await keva("customers", "forget", "cus_9", "--yes")

    assert result.status != 0
    assert _asked(keva) == ["GetCustomerRequest"]


NOTED = pb.Customer(
    customer_id="cus_1",
    address="+15551234567",
    no_texts_reason="told us on the phone",
    no_texts_time=Timestamp(seconds=1_800_000_000),
)


@pytest.mark.parametrize(
    ("arguments", "no_texts", "reason", "answer", "shown"),
    [
        pytest.param(
            ["no-texts", "told us on the phone"], True, "told us on the phone", NOTED, "wants no texts", id="no"
        ),
        pytest.param(["allow-texts"], False, "", KNOWN, "no", id="yes"),
    ],
)
async def test_consent_is_set_by_number(
    keva: Any, arguments: list[str], no_texts: bool, reason: str, answer: pb.Customer, shown: str
) -> None:
    keva.ticket_service.answers["SetConsent"] = pb.SetConsentResponse(customer=answer)
    command, *rest = arguments

    result = await keva("customers", command, "(555) 123-4567", *rest)

    assert result.status == 0
    assert shown in result.output
    wanted = pb.SetConsentRequest(workspace_id="default", customer_id="cus_1", no_texts=no_texts, reason=reason)
    assert keva.ticket_service.last() == wanted


async def test_list_says_which_numbers_they_opted_out_of(keva: Any) -> None:
    out = [pb.Consent(channel_address="+12065550100", opted_out=True), pb.Consent(channel_address="+12065550200")]
    keva.ticket_service.answers["ListCustomers"] = pb.ListCustomersResponse(
        customers=[pb.Customer(customer_id="cus_1", address="+15551234567", opted_out=True, consents=out)]
    )

    result = await keva("customers", "list")

    assert "+12065550100" in result.output
    assert "+12065550200" not in result.output


BLOCKED = pb.Customer(
    customer_id="cus_1",
    address="+15551234567",
    display_name="Eve",
    blocked_time=Timestamp(seconds=1_800_000_000),
    block_reason="spam",
    blocked_by=actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_AGENT, id="dana"),
    consents=[
        pb.Consent(channel_address="+12065550100", opted_out=True, source=pb.CONSENT_SOURCE_KEYWORD),
        pb.Consent(
            source=pb.CONSENT_SOURCE_AGENT,
            reason="signed a form",
            actor=actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_AGENT, id="anna"),
        ),
        pb.Consent(source=pb.CONSENT_SOURCE_IMPORT, reason="spring fair", set_aside=True),
    ],
)


async def test_block_and_unblock_by_number(keva: Any) -> None:
    keva.ticket_service.answers["BlockCustomer"] = pb.BlockCustomerResponse(customer=BLOCKED)
    keva.ticket_service.answers["UnblockCustomer"] = pb.UnblockCustomerResponse(customer=KNOWN)

    blocked = await keva("customers", "block", "(555) 123-4567", "spam")
    asked_to_block = keva.ticket_service.last()
    freed = await keva("customers", "unblock", "(555) 123-4567", "--json")

    assert (blocked.status, freed.status) == (0, 0)
    assert "blocked" in blocked.output
    assert asked_to_block == pb.BlockCustomerRequest(workspace_id="default", customer_id="cus_1", reason="spam")
    assert keva.ticket_service.last() == pb.UnblockCustomerRequest(workspace_id="default", customer_id="cus_1")
    await keva("customers", "unblock", "(555) 123-4567", "--as-before")
    assert keva.ticket_service.last().as_before
    assert json.loads(freed.output)["customer_id"] == "cus_1"


async def test_show_says_where_consents_came_from_and_who_blocked(keva: Any) -> None:
    keva.ticket_service.answers["ListCustomers"] = pb.ListCustomersResponse(customers=[BLOCKED])

    result = await keva("customers", "show", "(555) 123-4567")

    assert result.status == 0
    assert "no texts from +12065550100 (the customer texted it)" in result.output
    assert 'takes texts from all numbers (noted by agent:anna: "signed a form")' in result.output
    assert 'took texts from all numbers (came with an imported list: "spring fair")' in result.output
    assert 'by agent:dana: "spam"' in result.output


async def test_what_is_on_no_ticket_is_shown(keva: Any) -> None:
    texts = [
        message_pb2.Message(text="let me in\nplease", message_time=Timestamp(seconds=1_800_000_000)),
        message_pb2.Message(media=[message_pb2.MediaItem()]),
    ]
    keva.ticket_service.answers["ListTextsWithoutTicket"] = pb.ListTextsWithoutTicketResponse(
        messages=[*texts, *texts * 10], next_page_token="more"
    )

    shown = await keva("customers", "show", "(555) 123-4567")
    as_json = await keva("customers", "show", "(555) 123-4567", "--json")

    request = keva.ticket_service.last()
    assert (request.workspace_id, request.customer_id, request.page_size) == ("default", "cus_1", 20)
    assert [one.status for one in (shown, as_json)] == [0, 0]
    assert "Text on no ticket  2027-01-15" in shown.output
    assert "    let me in\n    please\n" in shown.output
    assert "(1 attachment)" in shown.output
    assert "Older texts on no ticket are left out." in shown.output
    assert json.loads(as_json.output)["texts_without_ticket"][0]["text"] == "let me in\nplease"


async def test_note_is_written_once_shown_and_removed(keva: Any) -> None:
    note = customer_note_pb2.CustomerNote(
        customer_note_id="cno_1",
        text="speaks French",
        actor=actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_AGENT, id="dana"),
    )
    keva.ticket_service.answers.update(
        AddCustomerNote=customer_note_pb2.AddCustomerNoteResponse(note=note),
        ListCustomerNotes=customer_note_pb2.ListCustomerNotesResponse(notes=[note]),
        DeleteCustomerNote=customer_note_pb2.DeleteCustomerNoteResponse(),
    )

    written = await keva("customers", "note", "(555) 123-4567", "speaks French", "--request-id", "one")
    request = keva.ticket_service.last()
    shown = await keva("customers", "show", "(555) 123-4567")
    as_json = await keva("customers", "show", "(555) 123-4567", "--json")
    removed = await keva("customers", "delete-note", "cno_1")

    assert [one.status for one in (written, shown, as_json, removed)] == [0] * 4
    assert (request.customer_id, request.text, request.request_id) == ("cus_1", "speaks French", "one")
    assert "cno_1" in written.output
    assert "speaks French" in shown.output
    assert "agent:dana" in shown.output
    assert [one["text"] for one in json.loads(as_json.output)["notes"]] == ["speaks French"]
    assert keva.ticket_service.last().customer_note_id == "cno_1"


async def test_list_by_words_and_of_who_is_blocked(keva: Any) -> None:
    await keva("customers", "list", "--text", "eve 4567", "--blocked")

    request = keva.ticket_service.last()
    assert (request.text, request.blocked) == ("eve 4567", True)
