"""What is left of a customer who is forgotten, of tickets that are erased, and what the audit trail says of it."""

from dataclasses import replace

import pytest

from tests.ticket_service.domain.examples import BEFORE, DANA, NOW, OUR_NUMBER, PHONE, customer, ticket
from ticket_service.domain import forgetting
from ticket_service.domain.audit import ActorKind, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.customer import NOWHERE, Location
from ticket_service.domain.forgetting import RETENTION, THE_ERASER, Erasure, Forgetting
from ticket_service.domain.texts.consent import Consent, ConsentSource, NoTexts, TakesTexts
from ticket_service.domain.ticket import TicketState

ANN = customer(
    display_name="Ann Example",
    email="ann@example.com",
    location=Location("SEATTLE", "WA", "US", "98101"),
    consents=(Consent(OUR_NUMBER, True, BEFORE),),
    no_texts=NoTexts("Ann said so on the phone", BEFORE),
    # Kept beneath that note.
    takes_texts=TakesTexts("Ann signed a form", BEFORE, DANA, ConsentSource.IMPORT),
    edited=frozenset({"display_name"}),
)
OF_CUSTOMER = Erasure("default", "default", "cus_1", "", "lse_1", BEFORE)
OF_TICKET = replace(OF_CUSTOMER, ticket_id="tkt_1")


def test_nothing_that_identifies_a_forgotten_customer_is_left() -> None:
    after = forgetting.forget(ANN, [], DANA, NOW).customer

    assert after == replace(
        ANN,
        address="forgotten:cus_1",
        display_name="Forgotten customer",
        email="",
        location=NOWHERE,
        edited=frozenset(),
        no_texts=None,
        takes_texts=None,
        update_time=NOW,
        forget_time=NOW,
    )
    # Ids, times and what was said to our numbers, which is Twilio's to keep as well.
    assert (after.customer_id, after.create_time, after.opted_out) == ("cus_1", BEFORE, True)
    assert not [word for word in ("Ann", "SEATTLE", "98101", PHONE) if word in str(after)]


def test_forgetting_is_recorded_without_what_is_forgotten() -> None:
    assert forgetting.forget(ANN, [], DANA, NOW).entries == (
        AuditEntry(AuditAction.CUSTOMER_FORGOTTEN, "cus_1", DANA, NOW),
    )


def test_forgetting_again_writes_nothing() -> None:
    forgotten = forgetting.forget(ANN, [ticket()], DANA, NOW).customer

    assert forgetting.forget(forgotten, [ticket()], DANA, NOW) == Forgetting(forgotten)


@pytest.mark.parametrize("state", [TicketState.OPEN, TicketState.PENDING, TicketState.RESOLVED])
def test_ticket_of_a_forgotten_customer_is_closed_and_sealed(state: TicketState) -> None:
    known = ticket(state, subject="my PIN is 4711", tags=("vip",))

    (change,) = forgetting.forget(ANN, [known], DANA, NOW).tickets

    after = change.ticket
    assert (after.state, after.close_time, after.holds_thread) == (TicketState.CLOSED, NOW, False)
    assert (after.subject, after.customer_address, after.seal_time) == ("(erased)", "forgotten:cus_1", NOW)
    assert after.erase_time is None
    (entry,) = change.entries
    assert (entry.action, entry.actor) == (AuditAction.TICKET_CLOSED, DANA)
    assert entry.details == {"from": state.value, "to": "CLOSED"}


def test_every_ticket_is_closed() -> None:
    known = [ticket(ticket_id=f"tkt_{i}") for i in range(3)]

    changes = forgetting.forget(ANN, known, DANA, NOW).tickets

    assert [change.ticket.ticket_id for change in changes] == ["tkt_0", "tkt_1", "tkt_2"]


def test_pseudonyms_are_different_and_no_addresses() -> None:
    assert forgetting.pseudonym("cus_1") != forgetting.pseudonym("cus_2")
    assert not forgetting.pseudonym("cus_1").startswith("+")


@pytest.mark.parametrize(
    ("erasure", "why"),
    [
        pytest.param(OF_TICKET, "retention", id="one ticket, after its time"),
        pytest.param(OF_CUSTOMER, "forgotten", id="all that a customer has"),
    ],
)
def test_erased_ticket_says_why_and_how_much(erasure: Erasure, why: str) -> None:
    sealed = ticket(TicketState.CLOSED, seal_time=BEFORE)

    change = forgetting.ticket_erased(sealed, erasure, 7, NOW)

    assert change.ticket == replace(sealed, erase_time=NOW)
    assert change.entries == (
        AuditEntry(AuditAction.TICKET_ERASED, "tkt_1", THE_ERASER, NOW, {"messages": "7", "why": why}),
    )


def test_ticket_that_nobody_could_close_is_closed_when_it_is_erased() -> None:
    change = forgetting.ticket_erased(ticket(TicketState.OPEN), OF_CUSTOMER, 1, NOW)

    assert (change.ticket.state, change.ticket.erase_time) == (TicketState.CLOSED, NOW)
    assert [entry.action for entry in change.entries] == [AuditAction.TICKET_CLOSED, AuditAction.TICKET_ERASED]


def test_erased_customer() -> None:
    forgotten = forgetting.forget(ANN, [], DANA, BEFORE).customer

    after, entry = forgetting.customer_erased(forgotten, NOW)

    assert after == replace(forgotten, erase_time=NOW)
    assert entry == AuditEntry(AuditAction.CUSTOMER_ERASED, "cus_1", THE_ERASER, NOW)


def test_erased_text_without_a_ticket_is_retentions() -> None:
    assert forgetting.text_erased("msg_1", NOW) == AuditEntry(AuditAction.MESSAGE_ERASED, "msg_1", RETENTION, NOW)


def test_services_erase_and_no_person() -> None:
    assert {THE_ERASER.kind, RETENTION.kind} == {ActorKind.SERVICE}


@pytest.mark.parametrize(
    ("erasure", "subject"),
    [pytest.param(OF_TICKET, "tkt_1", id="one ticket"), pytest.param(OF_CUSTOMER, "cus_1", id="a customer")],
)
def test_erasure_is_named_after_what_it_erases(erasure: Erasure, subject: str) -> None:
    assert erasure.subject_id == subject
