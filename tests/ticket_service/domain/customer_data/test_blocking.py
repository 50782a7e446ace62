"""What blocking does to a customer, their live tickets, and the texts that come after it."""

from dataclasses import replace
from datetime import timedelta

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
from ticket_service.domain import forgetting, ticket_changes
from ticket_service.domain.ai_turn import TurnStart
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.channel import CreateTicketOn
from ticket_service.domain.customer_data.blocking import Blocking, LiveTicket, block, unblock
from ticket_service.domain.texts.consent import ConsentSource
from ticket_service.domain.ticket import THE_AI, Ticket, TicketState

BLOCKED = customer(blocked_time=BEFORE, block_reason="spam", blocked_by=DANA)
LATER, TOMORROW = NOW + timedelta(seconds=5), NOW + timedelta(days=1)


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
    blocking = block(customer(), [LiveTicket(ticket(state))], "", DANA, NOW)

    (change,) = blocking.tickets
    assert (change.ticket.state, change.ticket.holds_thread, change.ticket.update_time) == (after, True, NOW)
    assert [entry.action for entry in change.entries] == recorded
    assert not blocking.entries


def test_blocking_again_changes_nothing_but_the_reason() -> None:
    assert block(BLOCKED, [LiveTicket(ticket())], "spam", OPERATOR, NOW) == Blocking(BLOCKED)

    again = block(BLOCKED, [], "threats", OPERATOR, NOW)

    assert again.customer == replace(BLOCKED, block_reason="threats", blocked_by=OPERATOR, update_time=NOW)
    assert [entry.action for entry in again.entries] == ["customer.blocked"]


def test_unblocking_leaves_tickets_as_they_are() -> None:
    known = ticket(TicketState.RESOLVED)

    freed = unblock(BLOCKED, [LiveTicket(known)], DANA, NOW)

    assert freed.customer == customer(update_time=NOW)
    (change,) = freed.tickets
    assert change.ticket == replace(known, update_time=NOW)
    assert [entry.action for entry in change.entries] == ["customer.unblocked"]
    assert unblock(customer(), [LiveTicket(known)], DANA, NOW) == Blocking(customer())


WAITING = ticket(waiting_since=BEFORE, next_answer_due_time=TOMORROW, failed_reply=True, to_deal=True)
DEALT = channel(round_robin=True)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(WAITING, id="waiting"),
        pytest.param(ticket(TicketState.PENDING), id="pending"),
        pytest.param(replace(WAITING, snooze_until=TOMORROW), id="put aside"),
    ],
)
def test_taking_a_block_back_gives_back_what_it_took_from_a_ticket(before: Ticket) -> None:
    blocked = block(customer(), [LiveTicket(before, DEALT)], "oops", DANA, NOW)
    freed = unblock(blocked.customer, [LiveTicket(blocked.tickets[0].ticket, DEALT)], DANA, LATER, as_before=True)

    (change,) = freed.tickets
    assert freed.customer == customer(update_time=LATER)
    assert change.ticket == replace(before, update_time=LATER)
    snoozed = ["ticket.snoozed"] if before.snooze_until else []
    assert [entry.action for entry in change.entries] == ["customer.unblocked", "ticket.reopened", *snoozed]
    assert not freed.ai_turns


def test_taking_a_block_back_leaves_what_it_did_not_resolve() -> None:
    resolved = ticket_changes.resolve(WAITING, DANA, BEFORE).ticket
    blocked = block(customer(), [LiveTicket(resolved)], "oops", DANA, NOW)

    freed = unblock(blocked.customer, [LiveTicket(blocked.tickets[0].ticket)], DANA, LATER, as_before=True)

    assert freed.tickets[0].ticket == replace(resolved, update_time=LATER)


def test_taking_a_block_back_lets_a_ticket_wait_for_an_agent_only_where_new_ones_are_shared() -> None:
    blocked = block(customer(), [LiveTicket(WAITING, channel())], "oops", DANA, NOW)
    known = [LiveTicket(blocked.tickets[0].ticket, channel())]

    assert not unblock(blocked.customer, known, DANA, LATER, as_before=True).tickets[0].ticket.to_deal


def test_taking_a_block_back_lets_the_ai_go_on() -> None:
    blocked = block(customer(), [LiveTicket(ticket(assignee=THE_AI))], "oops", DANA, NOW)
    known = [LiveTicket(blocked.tickets[0].ticket)]

    assert unblock(blocked.customer, known, DANA, LATER, as_before=True).ai_turns == {"tkt_1": TurnStart(LATER, LATER)}
    assert not unblock(blocked.customer, known, DANA, LATER).ai_turns


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
