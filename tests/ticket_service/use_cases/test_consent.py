"""Who takes texts from which of our numbers: by keywords, by what Twilio says of a reply, and by an agent's note."""

from typing import Any

import pytest

from keva.ticket.v1 import actor_pb2, customer_import_pb2, message_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from tests.ticket_service.desk import AGENT, CUSTOMER, OUR_NUMBER, WORKSPACE, Desk, details, error_of

ANOTHER, TOLL_FREE = "+15550002000", "+18005550142"


async def _two_tickets(desk: Desk, *numbers: str) -> list[str]:
    """The customer's tickets with each of our numbers."""
    desk.peer.sms_capable |= dict.fromkeys(numbers, True)
    for number in numbers:
        await desk.subscribe(phone_number=number)
    return [(await desk.text("hello", channel_address=number)).stored.ticket_id for number in numbers]


async def _customer(desk: Desk) -> pb.Customer:
    [customer] = (await desk.tickets.ListCustomers(pb.ListCustomersRequest(workspace_id=WORKSPACE))).customers
    return customer


async def _set_consent(desk: Desk, no_texts: bool, reason: str = "", customer_id: str = "") -> pb.Customer:
    request = pb.SetConsentRequest(
        workspace_id=WORKSPACE,
        customer_id=customer_id or (await _customer(desk)).customer_id,
        no_texts=no_texts,
        reason=reason,
    )
    return (await desk.tickets.SetConsent(request, metadata=AGENT)).customer


async def _refusal(desk: Desk, ticket_id: str) -> str:
    return (await error_of(desk.reply(ticket_id))).reason


async def test_stop_to_one_number_leaves_the_other_one_free(desk: Desk) -> None:
    mine, another = await _two_tickets(desk, OUR_NUMBER, ANOTHER)

    await desk.text("STOP")
    await desk.text("are you open on sunday?", channel_address=ANOTHER)

    assert await _refusal(desk, mine) == "RECIPIENT_OPTED_OUT"
    await desk.reply(another)
    customer = await _customer(desk)
    assert customer.opted_out
    assert [(c.channel_address, c.opted_out) for c in customer.consents] == [(OUR_NUMBER, True)]
    assert customer.consents[0].consent_time.seconds > 0


async def test_start_to_one_number_frees_no_other_one(desk: Desk) -> None:
    mine, another = await _two_tickets(desk, OUR_NUMBER, ANOTHER)
    await desk.text("STOP")
    await desk.text("STOP", channel_address=ANOTHER)

    await desk.text("START", channel_address=ANOTHER)

    await desk.reply(another)
    assert await _refusal(desk, mine) == "RECIPIENT_OPTED_OUT"
    await desk.text("START")
    await desk.reply(mine)
    assert not (await _customer(desk)).opted_out


async def test_twilios_refusal_of_one_number_leaves_the_other_one_free(desk: Desk) -> None:
    mine, another = await _two_tickets(desk, OUR_NUMBER, ANOTHER)
    reply = await desk.reply(mine)

    await desk.record(reply.message_id, "FAILED", error_code=21610, opted_out=True)

    assert await _refusal(desk, mine) == "RECIPIENT_OPTED_OUT"
    await desk.reply(another)


async def test_start_to_one_number_frees_others_from_which_twilio_has_refused(desk: Desk) -> None:
    """They may be of one Messaging Service, which Twilio frees as a whole."""
    mine, another = await _two_tickets(desk, OUR_NUMBER, ANOTHER)
    channel_id = (await desk.ticket(another)).channel_id
    reply = await desk.reply(mine)
    await desk.record(reply.message_id, "FAILED", error_code=21610, opted_out=True)

    await desk.text("START", channel_address=ANOTHER)
    reply = await desk.reply(mine)

    assert not (await _customer(desk)).opted_out
    (record,) = await desk.records(action="customer.opted_in")
    assert dict(details(record)) == {"by": "keyword", "channel_id": channel_id}
    # At worst Twilio says it once more.
    await desk.record(reply.message_id, "FAILED", error_code=21610, opted_out=True)
    assert await _refusal(desk, mine) == "RECIPIENT_OPTED_OUT"


async def test_trail_says_of_which_channel(desk: Desk) -> None:
    [mine] = await _two_tickets(desk, OUR_NUMBER)
    channel_id = (await desk.ticket(mine)).channel_id
    await desk.text("STOP")
    await desk.text("START")
    reply = await desk.reply(mine)
    await desk.record(reply.message_id, "FAILED", error_code=21610, opted_out=True)

    records = [record for record in await desk.records(ticket_id=mine) if record.action.startswith("customer.opted")]

    assert [(record.action, dict(details(record))) for record in records] == [
        ("customer.opted_out", {"by": "keyword", "channel_id": channel_id}),
        ("customer.opted_in", {"by": "keyword", "channel_id": channel_id}),
        ("customer.opted_out", {"by": "21610", "channel_id": channel_id}),
    ]


@pytest.mark.parametrize("word", ["Cancel", "End", "Quit", "Unsubscribe", "STOPALL"])
async def test_toll_free_number_hears_stop_alone(desk: Desk, word: str) -> None:
    [ticket_id] = await _two_tickets(desk, TOLL_FREE)

    await desk.text(word, channel_address=TOLL_FREE)
    await desk.reply(ticket_id)

    await desk.text("stop", channel_address=TOLL_FREE)
    assert await _refusal(desk, ticket_id) == "RECIPIENT_OPTED_OUT"
    await desk.text("YES", channel_address=TOLL_FREE)
    assert await _refusal(desk, ticket_id) == "RECIPIENT_OPTED_OUT"
    await desk.text("unstop", channel_address=TOLL_FREE)
    await desk.reply(ticket_id)


async def test_note_refuses_replies_from_all_numbers_until_it_is_taken_back(desk: Desk) -> None:
    tickets = await _two_tickets(desk, OUR_NUMBER, ANOTHER)

    noted = await _set_consent(desk, no_texts=True, reason="told us on the phone")

    assert (noted.no_texts_reason, noted.no_texts_time.seconds > 0) == ("told us on the phone", True)
    assert [await _refusal(desk, ticket_id) for ticket_id in tickets] == ["RECIPIENT_WANTS_NO_TEXTS"] * 2
    # They did not opt out at Twilio, nor does a keyword of theirs touch what somebody noted.
    assert not noted.opted_out
    await desk.text("START")
    assert await _refusal(desk, tickets[0]) == "RECIPIENT_WANTS_NO_TEXTS"
    freed = await _set_consent(desk, no_texts=False)
    assert (freed.no_texts_reason, freed.HasField("no_texts_time")) == ("", False)
    for ticket_id in tickets:
        await desk.reply(ticket_id)


async def test_note_that_is_taken_back_leaves_a_stop_alone(desk: Desk) -> None:
    [ticket_id] = await _two_tickets(desk, OUR_NUMBER)
    await desk.text("STOP")
    await _set_consent(desk, no_texts=True, reason="told us on the phone")

    await _set_consent(desk, no_texts=False)

    assert await _refusal(desk, ticket_id) == "RECIPIENT_OPTED_OUT"


async def test_note_is_recorded_once_and_without_its_reason(desk: Desk) -> None:
    await _two_tickets(desk, OUR_NUMBER)
    customer_id = (await _customer(desk)).customer_id

    first = await _set_consent(desk, no_texts=True, reason="told us on the phone")
    assert await _set_consent(desk, no_texts=True, reason="told us on the phone") == first
    await _set_consent(desk, no_texts=False)
    await _set_consent(desk, no_texts=False)

    of_texts = ("customer.no_texts", "customer.takes_texts")
    records = [record for record in await desk.records() if record.action in of_texts]
    assert [record.action for record in records] == list(of_texts)
    assert {(r.subject_id, r.actor.kind, r.actor.id) for r in records} == {
        (customer_id, actor_pb2.ACTOR_KIND_AGENT, "dana")
    }
    assert "phone" not in str(records)


@pytest.mark.parametrize(
    ("no_texts", "reason", "refused"),
    [
        pytest.param(True, "", "FIELD_REQUIRED", id="no reason"),
        pytest.param(True, " \n", "FIELD_REQUIRED", id="a blank one"),
        pytest.param(True, "x" * 201, "FIELD_INVALID", id="a long one"),
    ],
)
async def test_note_that_is_refused(desk: Desk, no_texts: bool, reason: str, refused: str) -> None:
    await _two_tickets(desk, OUR_NUMBER)

    error = await error_of(_set_consent(desk, no_texts, reason))

    assert (error.reason, error.metadata["field"]) == (refused, "reason")


async def test_note_on_somebody_unknown_or_forgotten_is_refused(desk: Desk) -> None:
    await _two_tickets(desk, OUR_NUMBER)
    customer_id = (await _customer(desk)).customer_id
    await _set_consent(desk, no_texts=True, reason=f"{CUSTOMER} is a child's phone")

    assert (await error_of(_set_consent(desk, True, "x", "cus_9"))).reason == "CUSTOMER_NOT_FOUND"
    forget = pb.ForgetCustomerRequest(workspace_id=WORKSPACE, customer_id=customer_id)
    forgotten = (await desk.tickets.ForgetCustomer(forget, metadata=AGENT)).customer
    assert not forgotten.no_texts_reason
    assert (await error_of(_set_consent(desk, True, "x", customer_id))).reason == "CUSTOMER_FORGOTTEN"


async def test_customer_says_where_each_consent_came_from(desk: Desk) -> None:
    mine, another = await _two_tickets(desk, OUR_NUMBER, ANOTHER)
    await desk.text("STOP")
    await desk.text("arrêt", channel_address=ANOTHER, opt_out_type=message_pb2.OPT_OUT_TYPE_STOP)
    assert [(c.channel_address, c.opted_out, c.source) for c in (await _customer(desk)).consents] == [
        (OUR_NUMBER, True, pb.CONSENT_SOURCE_KEYWORD),
        (ANOTHER, True, pb.CONSENT_SOURCE_OPT_OUT_TYPE),
    ]
    await desk.text("START")
    reply = await desk.reply(mine)
    await desk.record(reply.message_id, "FAILED", error_code=21610, opted_out=True)

    await _set_consent(desk, no_texts=True, reason="told us on the phone")

    refused, noted = (await _customer(desk)).consents[1:]
    assert (refused.channel_address, refused.opted_out) == (OUR_NUMBER, True)
    assert refused.source == pb.CONSENT_SOURCE_REFUSED_REPLY
    assert (noted.channel_address, noted.opted_out, noted.source) == ("", True, pb.CONSENT_SOURCE_AGENT)
    assert (noted.reason, noted.actor.id) == ("told us on the phone", "dana")
    assert noted.consent_time.seconds > 0
    details_of = [details(r) for r in await desk.records(ticket_id=another, action="customer.opted_out")]
    assert [known["by"] for known in details_of] == ["opt_out_type"]


async def _listed(desk: Desk) -> list[Any]:
    """The basis of a list for the customer, and what became of the row."""
    row = customer_import_pb2.CustomerRow(address=CUSTOMER)
    request = customer_import_pb2.ImportCustomersRequest(
        workspace_id=WORKSPACE, rows=[row], consent_basis="signed the form of the spring fair"
    )
    (outcome,) = (await desk.tickets.ImportCustomers(request, metadata=AGENT)).outcomes
    return [outcome.result, list(outcome.kept_fields)]


def _bases(customer: pb.Customer) -> list[tuple[bool, bool, int, str]]:
    return [(said.opted_out, said.set_aside, said.source, said.reason) for said in customer.consents]


async def test_note_that_is_taken_back_gives_back_the_basis_that_it_was_put_over(desk: Desk) -> None:
    await _two_tickets(desk, OUR_NUMBER)
    await _listed(desk)
    before = await _customer(desk)

    noted = [await _set_consent(desk, True, reason) for reason in ("a misclick", "another one")][-1]
    freed = await _set_consent(desk, False)

    list_said = (pb.CONSENT_SOURCE_IMPORT, "signed the form of the spring fair")
    assert _bases(noted) == [(True, False, pb.CONSENT_SOURCE_AGENT, "another one"), (False, True, *list_said)]
    assert _bases(freed) == [(False, False, *list_said)]
    assert freed.consents == before.consents
    # Nothing stands against the next list.
    assert await _listed(desk) == [customer_import_pb2.CUSTOMER_ROW_RESULT_UNCHANGED, []]


async def test_note_that_is_taken_back_without_a_reason_is_no_basis(desk: Desk) -> None:
    await _two_tickets(desk, OUR_NUMBER)
    await _set_consent(desk, True, "a misclick")

    freed = await _set_consent(desk, False)

    assert not freed.consents
    await _set_consent(desk, False, "signed a form")
    kept = await _set_consent(desk, False)
    assert _bases(kept) == [(False, False, pb.CONSENT_SOURCE_AGENT, "signed a form")]


async def test_a_basis_that_is_given_again_after_an_objection_is_newer_than_it(desk: Desk) -> None:
    await _two_tickets(desk, OUR_NUMBER)
    await _set_consent(desk, False, "signed a form")
    objected = await _set_consent(desk, True, "told us on the phone")

    again = await _set_consent(desk, False, "signed a form")

    (basis,) = again.consents
    assert basis.consent_time.ToDatetime() > objected.no_texts_time.ToDatetime()


async def test_a_basis_without_a_word_is_none(desk: Desk) -> None:
    await _two_tickets(desk, OUR_NUMBER)

    assert not (await _set_consent(desk, False, "  ")).consents


async def test_agent_notes_that_a_customer_takes_texts(desk: Desk) -> None:
    (mine,) = await _two_tickets(desk, OUR_NUMBER)
    await _set_consent(desk, no_texts=True, reason="told us on the phone")

    await _set_consent(desk, no_texts=False, reason="signed a form")
    again = await _set_consent(desk, no_texts=False, reason="signed a form")

    await desk.reply(mine)
    assert (again.no_texts_reason, again.HasField("no_texts_time")) == ("", False)
    (consent,) = again.consents
    assert (consent.opted_out, consent.source, consent.reason) == (False, pb.CONSENT_SOURCE_AGENT, "signed a form")
    recorded = [r.action for r in await desk.records() if r.subject_id == again.customer_id]
    assert recorded[-2:] == ["customer.no_texts", "customer.takes_texts"]
    # Twilio does not take it for a keyword.
    await desk.text("STOP")
    assert await _refusal(desk, mine) == "RECIPIENT_OPTED_OUT"
