"""What blocking does to a customer, their live tickets, and the texts that come after it."""

from dataclasses import replace

import pytest

from tests.ticket_service.domain.examples import (
    BEFORE,
    DANA,
    NOW,
    OPERATOR,
    OUR_NUMBER,
    channel,
    customer,
    text,
    ticket,
)
from tests.ticket_service.domain.planning import actions, one_customer, plan, snapshot
from ticket_service.domain import forgetting
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.channel import CreateTicketOn
from ticket_service.domain.customer_data.blocking import Blocking, block, unblock
from ticket_service.domain.texts.consent import ConsentSource
from ticket_service.domain.ticket import THE_AI, TicketState

BLOCKED = customer(blocked_time=BEFORE, block_reason="spam", blocked_by=DANA)


def test_block_is_recorded_in_the_organizations_chain_without_its_reason() -> None:
    blocking = block(customer(), [], "spam", DANA, NOW)

    assert blocking.customer == replace(BLOCKED, blocked_time=NOW, update_time=NOW)
    assert blocking.entries == (AuditEntry(AuditAction.CUSTOMER_BLOCKED, "cus_1", DANA, NOW),)


@pytest.mark.parametrize(
    ("state", "after", "recorded"),
    [
        pytest.param(TicketState.OPEN, TicketState.RESOLVED, ["customer.blocked", "ticket.resolved"], id="OPEN"),
        pytest.param(TicketState.PENDING, TicketState.RESOLVED, ["customer.blocked", "ticket.resolved"], id="PENDING"),
        pytest.param(TicketState.RESOLVED, TicketState.RESOLVED, ["customer.blocked"], id="RESOLVED"),
    ],
)
def test_live_ticket_of_who_is_blocked_is_resolved_and_has_the_record(
    state: TicketState, after: TicketState, recorded: list[str]
) -> None:
    blocking = block(customer(), [ticket(state)], "", DANA, NOW)

    (change,) = blocking.tickets
    assert (change.ticket.state, change.ticket.holds_thread, change.ticket.update_time) == (after, True, NOW)
    assert [entry.action for entry in change.entries] == recorded
    assert not blocking.entries


def test_blocking_again_changes_nothing_but_the_reason() -> None:
    assert block(BLOCKED, [ticket()], "spam", OPERATOR, NOW) == Blocking(BLOCKED)

    again = block(BLOCKED, [], "threats", OPERATOR, NOW)

    assert again.customer == replace(BLOCKED, block_reason="threats", blocked_by=OPERATOR, update_time=NOW)
    assert [entry.action for entry in again.entries] == ["customer.blocked"]


def test_unblocking_leaves_tickets_as_they_are() -> None:
    known = ticket(TicketState.RESOLVED)

    freed = unblock(BLOCKED, [known], DANA, NOW)

    assert freed.customer == customer(update_time=NOW)
    (change,) = freed.tickets
    assert change.ticket == replace(known, update_time=NOW)
    assert [entry.action for entry in change.entries] == ["customer.unblocked"]
    assert unblock(customer(), [known], DANA, NOW) == Blocking(customer())


def test_forgetting_ends_a_block() -> None:
    forgotten = forgetting.forget(BLOCKED, [], DANA, NOW).customer

    assert (forgotten.blocked_time, forgotten.block_reason, forgotten.blocked_by) == (None, "", None)


@pytest.mark.parametrize("create_ticket_on", list(CreateTicketOn))
@pytest.mark.parametrize("state", [None, *TicketState])
def test_text_of_who_is_blocked_is_stored_and_makes_and_moves_no_ticket(
    create_ticket_on: CreateTicketOn, state: TicketState | None
) -> None:
    live = ticket(state, assignee=THE_AI) if state and state is not TicketState.CLOSED else None
    ours = channel(create_ticket_on=create_ticket_on, auto_assign=THE_AI)

    planned = plan(snapshot(live, BLOCKED, ours), text("buy now"))

    (message,) = planned.messages
    assert (message.text, message.ticket_id, message.position) == ("buy now", "", 0)
    assert not planned.new_tickets
    assert not planned.changed_tickets
    assert not planned.ai_turns
    (record,) = planned.records
    assert (record.entry.action, record.ticket_id) == ("message.received", "")
    assert record.entry.details["blocked"] == "true"
    # So that whoever unblocks at the same moment meets it.
    assert one_customer(planned).update_time == NOW


def test_stop_of_who_is_blocked_counts() -> None:
    planned = plan(snapshot(ticket(), BLOCKED), text("STOP"))

    assert actions(planned) == ["message.received", "customer.opted_out"]
    (consent,) = one_customer(planned).consents
    assert (consent.our_number, consent.opted_out, consent.source) == (OUR_NUMBER, True, ConsentSource.KEYWORD)
    assert one_customer(planned).blocked_time == BEFORE
