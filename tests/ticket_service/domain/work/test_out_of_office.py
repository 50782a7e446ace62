"""Who is told that nobody is there: once per thread and closed period, and nobody whom a machine must leave alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.ticket_service.domain.examples import (
    BEFORE,
    NOW,
    OUR_NUMBER,
    TO_DANA,
    channel,
    counted_ids,
    customer,
    text,
    ticket,
)
from tests.ticket_service.domain.planning import PATIENCE, one_customer, one_ticket, snapshot
from tests.ticket_service.domain.work.test_business_hours import OFFICE, at
from ticket_service.domain import ingest_planner
from ticket_service.domain.audit import ActorKind
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.channel import CreateTicketOn
from ticket_service.domain.customer import ClosedNotice, Customer
from ticket_service.domain.ingest_plan import IngestPlan, StoredText
from ticket_service.domain.message import DeliveryState, Direction, InboundText, Message
from ticket_service.domain.texts.consent import Consent, NoTexts
from ticket_service.domain.ticket import THE_AI, Ticket, TicketState
from ticket_service.domain.work.office import ALWAYS_OPEN, Office, Offices, OutOfOffice
from ticket_service.use_cases.work.offices import may_be_a_person
from ticket_service.words.lists import PHRASES

OPEN, PENDING, RESOLVED, CLOSED = TicketState
SAID = OutOfOffice("We are back tomorrow.", 1)
EVENING = at("2026-11-23 18:30")
SINCE = at("2026-11-23 17:30")
WITH_A_TEXT = Office(OFFICE, SAID)


def plan(
    *texts: InboundText,
    live: Ticket | None = None,
    known: Customer | None = None,
    now: datetime = EVENING,
    office: Office = WITH_A_TEXT,
    **routing: Any,
) -> IngestPlan:
    found = snapshot(live, known, channel(**routing))
    offices = Offices(lambda workspace_id: office if workspace_id == "default" else ALWAYS_OPEN, may_be_a_person)
    return ingest_planner.plan(texts or (text(),), found, counted_ids(), now, PATIENCE, PHRASES, offices)


def said(planned: IngestPlan) -> list[Message]:
    return [message for message in planned.messages if message.direction is Direction.OUTBOUND]


def test_first_text_in_the_evening() -> None:
    planned = plan()

    (notice,) = said(planned)
    written = one_ticket(planned)
    assert (notice.text, notice.author.kind, notice.author.id) == (SAID.text, ActorKind.SERVICE, "out_of_office")
    assert (notice.ticket_id, notice.customer_id, notice.account_sid) == (written.ticket_id, written.customer_id, "AC1")
    assert notice.delivery is not None
    assert (notice.delivery.state, notice.delivery.segments) == (DeliveryState.QUEUED, 1)
    assert notice.is_notice
    assert notice.message_time > planned.messages[0].message_time
    # It answers nothing: we owe an answer still.
    assert (written.state, written.message_count, notice.position) == (OPEN, 2, 2)
    record = planned.records[-1]
    assert (record.entry.action, record.sequence) == (AuditAction.MESSAGE_QUEUED, written.audit_sequence)
    assert dict(record.entry.details) == {"segments": "1", "out_of_office": "true"}
    assert one_customer(planned).closed_notices == (ClosedNotice("chn_1", SINCE),)
    assert [outcome.told for outcome in planned.outcomes if isinstance(outcome, StoredText)] == [True]


def test_three_texts_at_once_are_told_once() -> None:
    planned = plan(*(text(twilio_message_sid=f"SM{n}") for n in range(3)))

    assert len(said(planned)) == 1
    assert [outcome.told for outcome in planned.outcomes if isinstance(outcome, StoredText)] == [True, False, False]
    assert sorted(record.sequence for record in planned.records) == list(range(1, len(planned.records) + 1))


TOLD = customer(closed_notices=(ClosedNotice("chn_1", SINCE),))


@pytest.mark.parametrize(
    ("known", "now", "told"),
    [
        pytest.param(TOLD, EVENING, False, id="told this evening"),
        pytest.param(TOLD, at("2026-11-24 08:59"), False, id="told in the night"),
        pytest.param(TOLD, at("2026-11-24 12:30"), True, id="the next lunch is another closed period"),
        pytest.param(TOLD, at("2026-11-24 10:00"), False, id="open"),
        pytest.param(customer(closed_notices=(ClosedNotice("chn_2", SINCE),)), EVENING, True, id="by another number"),
    ],
)
def test_once_per_thread_and_closed_period(known: Customer, now: datetime, told: bool) -> None:
    planned = plan(known=known, now=now)

    assert len(said(planned)) == told
    if told:
        assert {n.channel_id for n in one_customer(planned).closed_notices} == {"chn_1"} | {
            n.channel_id for n in known.closed_notices
        }
        assert len(one_customer(planned).closed_notices) == len(
            {n.channel_id for n in known.closed_notices} | {"chn_1"}
        )


def test_new_ticket_of_the_same_thread_is_told_nothing_again() -> None:
    planned = plan(known=TOLD, live=None)

    assert planned.new_tickets
    assert not said(planned)


@pytest.mark.parametrize("state", [OPEN, PENDING, RESOLVED])
def test_live_ticket_of_a_person(state: TicketState) -> None:
    planned = plan(live=ticket(state, assignee=TO_DANA), known=customer())

    assert len(said(planned)) == 1
    assert one_ticket(planned).state is OPEN


@pytest.mark.parametrize(
    "planned",
    [
        pytest.param(lambda: plan(auto_assign=THE_AI), id="new ticket of the AI"),
        pytest.param(lambda: plan(live=ticket(PENDING, assignee=THE_AI), known=customer()), id="the AI's ticket"),
        pytest.param(lambda: plan(office=Office(OFFICE)), id="no text is set"),
        pytest.param(lambda: plan(office=Office(None, SAID)), id="no hours are set"),
        pytest.param(lambda: plan(now=at("2026-11-23 10:00")), id="it is open"),
        pytest.param(lambda: plan(text("STOP")), id="STOP"),
        pytest.param(lambda: plan(text("HELP")), id="HELP"),
        pytest.param(
            lambda: plan(text("STOP"), create_ticket_on=CreateTicketOn.ANY_MESSAGE), id="STOP that makes a ticket"
        ),
        pytest.param(
            lambda: plan(text("START"), create_ticket_on=CreateTicketOn.ANY_MESSAGE), id="START that makes a ticket"
        ),
        pytest.param(
            lambda: plan(text("Loved “See you”"), live=ticket(), known=customer()), id="reaction on a live ticket"
        ),
        pytest.param(
            lambda: plan(text("Loved “See you”"), known=customer(), create_ticket_on=CreateTicketOn.ANY_MESSAGE),
            id="reaction that makes a ticket",
        ),
        pytest.param(lambda: plan(text("please stop texting me")), id="no texts, in plain words"),
        pytest.param(lambda: plan(known=customer(consents=(Consent(OUR_NUMBER, True, BEFORE),))), id="opted out"),
        pytest.param(lambda: plan(known=customer(no_texts=NoTexts("asked so", NOW))), id="wants no texts"),
        pytest.param(lambda: plan(known=customer(blocked_time=BEFORE)), id="blocked"),
        pytest.param(lambda: plan(live=ticket(), known=customer(blocked_time=BEFORE)), id="blocked on a live ticket"),
        pytest.param(lambda: plan(text(customer_address="72975")), id="short code"),
        pytest.param(lambda: plan(text(customer_address="ACME")), id="name"),
        pytest.param(lambda: plan(text(sent_time=SINCE - timedelta(seconds=1), recovered=True)), id="older text"),
    ],
)
def test_nothing_is_said(planned: Callable[[], IngestPlan]) -> None:
    assert not said(planned())


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(text(sent_time=SINCE, recovered=True), id="recovered, of this evening"),
        pytest.param(text(customer_address="whatsapp:+15551234567"), id="WhatsApp"),
        pytest.param(text("", customer_address="+447700900123"), id="a picture alone, from abroad"),
    ],
)
def test_it_is_said_all_the_same(one: InboundText) -> None:
    assert len(said(plan(one))) == 1


def test_who_opted_out_of_another_number_is_told() -> None:
    assert len(said(plan(known=customer(consents=(Consent("+15550009999", True, BEFORE),))))) == 1


def test_workspace_that_has_never_been_open_is_in_one_closed_period() -> None:
    never = Office(replace(OFFICE, spans=()), SAID)
    first = plan(office=never)
    known = one_customer(first)

    assert known.closed_notices == (ClosedNotice("chn_1", datetime(1970, 1, 1, tzinfo=UTC)),)
    assert not said(plan(known=known, office=never, now=EVENING + timedelta(days=9)))
