"""The resolve of a ticket, or its assignment, is taken back: it is as it was, and so is its place in the inbox."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.ticket_service.domain.examples import BEFORE, DANA, NOW, THE_CUSTOMER, TO_DANA, ticket
from ticket_service.domain import ticket_changes
from ticket_service.domain.ai_turn import THE_RESPONDER
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.errors import ThreadHasLiveTicket, TicketClosed
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.ticket import NOBODY, THE_AI, Assignee, AssigneeKind, Ticket, TicketState
from ticket_service.domain.work.taking_back import take_back, unassign

OPEN, PENDING, RESOLVED, CLOSED = TicketState
TO_ED = Assignee(AssigneeKind.AGENT, "ed")
LATER, TOMORROW = NOW + timedelta(seconds=5), NOW + timedelta(days=1)
WAITING = ticket(OPEN, waiting_since=BEFORE, next_answer_due_time=TOMORROW, failed_reply=True, to_deal=True)


def resolved(before: Ticket) -> Ticket:
    return ticket_changes.resolve(before, DANA, NOW).ticket


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(WAITING, id="waiting"),
        pytest.param(replace(WAITING, assignee=TO_DANA, to_deal=False), id="somebody's"),
        pytest.param(ticket(PENDING), id="pending"),
        pytest.param(replace(WAITING, snooze_until=TOMORROW), id="put aside"),
        pytest.param(ticket(PENDING, snooze_until=TOMORROW), id="pending, and put aside"),
    ],
)
def test_it_is_what_it_was(before: Ticket) -> None:
    gone = resolved(before)
    back = take_back(gone, gone.ticket_id, OPEN, DANA, LATER)

    assert (gone.waiting_since, gone.snooze_until, gone.to_deal) == (None, None, False)
    assert back.ticket == replace(before, update_time=LATER)
    actions = [AuditAction.TICKET_REOPENED, *([AuditAction.TICKET_SNOOZED] if before.snooze_until else [])]
    assert [entry.action for entry in back.entries] == actions
    assert back.entries[0].details == {"from": "RESOLVED", "to": before.state.value}
    assert not take_back(back.ticket, back.ticket.ticket_id, OPEN, DANA, LATER).entries


def test_what_has_come_meanwhile_counts() -> None:
    asleep = resolved(replace(WAITING, snooze_until=LATER))
    given = ticket_changes.assign(resolved(WAITING), TO_DANA, DANA, NOW).ticket
    answered = ticket_changes.replied(resolved(WAITING), DANA, NOW).ticket
    texted = ticket_changes.customer_texted(resolved(WAITING), THE_CUSTOMER, NOW).ticket

    assert take_back(asleep, None, OPEN, DANA, LATER).ticket.snooze_until is None
    assert not take_back(given, None, OPEN, DANA, LATER).ticket.to_deal
    after = take_back(answered, None, OPEN, DANA, LATER).ticket
    assert (after.state, after.waiting_since, after.next_answer_due_time) == (PENDING, None, None)
    assert take_back(texted, None, OPEN, DANA, LATER).ticket == texted


@pytest.mark.parametrize("before", [ticket(OPEN), ticket(PENDING)])
def test_a_reply_that_failed_meanwhile_is_still_to_be_seen_to(before: Ticket) -> None:
    failed = ticket_changes.delivery_changed(resolved(before), True, NOW)
    answered = ticket_changes.replied(failed, DANA, NOW).ticket
    failed_again = ticket_changes.delivery_changed(answered, True, NOW)

    assert take_back(failed, None, OPEN, DANA, LATER).ticket.failed_reply
    assert not take_back(answered, None, OPEN, DANA, LATER).ticket.failed_reply
    assert take_back(failed_again, None, OPEN, DANA, LATER).ticket.failed_reply


@pytest.mark.parametrize("otherwise", [OPEN, PENDING])
def test_what_was_not_kept_is_what_is_asked_for(otherwise: TicketState) -> None:
    """As of a resolve by a version that kept nothing, after one by this version."""
    stale = replace(resolved(WAITING), resolve_time=LATER)

    for known in (ticket(RESOLVED), stale):
        back = take_back(known, None, otherwise, DANA, TOMORROW).ticket
        assert (back.state, back.waiting_since) == (otherwise, TOMORROW if otherwise is OPEN else None)


def test_a_thread_that_is_anothers_and_what_is_final_stay() -> None:
    with pytest.raises(ThreadHasLiveTicket):
        take_back(resolved(WAITING), "tkt_2", OPEN, DANA, LATER)
    with pytest.raises(TicketClosed):
        take_back(ticket(CLOSED), None, OPEN, DANA, LATER)
    assert ticket_changes.close(resolved(WAITING), DANA, LATER).ticket.before_resolve is None


WAITS_FOR_AN_AGENT = ticket(OPEN, waiting_since=BEFORE, to_deal=True)


@pytest.mark.parametrize(
    "steps", [[TO_DANA], [THE_AI], [TO_DANA, TO_ED], [THE_AI, TO_DANA]], ids=["to dana", "to the AI", "twice", "both"]
)
def test_who_takes_an_assignment_back_lets_the_ticket_wait_for_an_agent_again(steps: list[Assignee]) -> None:
    before = [WAITS_FOR_AN_AGENT]
    for assignee in steps:
        before.append(ticket_changes.assign(before[-1], assignee, DANA, NOW).ticket)
    back = before.pop()
    assert not back.to_deal
    while before:
        back = unassign(back, before.pop().assignee, DANA, LATER).ticket

    assert back == replace(WAITS_FOR_AN_AGENT, update_time=LATER)


def test_what_did_not_wait_for_an_agent_or_was_answered_does_not_afterwards() -> None:
    taken = ticket_changes.assign(WAITS_FOR_AN_AGENT, TO_DANA, DANA, NOW).ticket
    given_up = ticket_changes.assign(taken, NOBODY, DANA, NOW).ticket
    taken_again = ticket_changes.assign(given_up, TO_DANA, DANA, NOW).ticket
    never = ticket_changes.assign(ticket(OPEN), TO_DANA, DANA, NOW).ticket
    answered = ticket_changes.replied(taken, DANA, NOW).ticket
    settled = ticket_changes.resolve(taken, DANA, NOW).ticket

    assert not given_up.to_deal
    for known in (taken_again, never, answered, settled):
        back = unassign(known, NOBODY, DANA, LATER).ticket
        assert (back.assignee, back.to_deal) == (NOBODY, False)
    with pytest.raises(TicketClosed):
        unassign(ticket(CLOSED), NOBODY, DANA, LATER)


HANDED_OFF = ticket(OPEN, hand_off_reason=HandOffReason.UPSET, hand_off_time=BEFORE, ai_replies=2)


def test_who_takes_a_ticket_back_from_the_ai_finds_it_handed_off_as_before() -> None:
    given = ticket_changes.assign(HANDED_OFF, THE_AI, DANA, NOW).ticket
    back = unassign(given, NOBODY, DANA, LATER).ticket

    assert (given.hand_off_reason, given.hand_off_time, given.ai_replies) == (None, None, 0)
    assert back == replace(HANDED_OFF, update_time=LATER)


def test_what_the_ai_has_done_meanwhile_counts() -> None:
    given = ticket_changes.assign(HANDED_OFF, THE_AI, DANA, NOW).ticket
    answered = ticket_changes.replied(given, THE_RESPONDER, NOW).ticket
    left = ticket_changes.hand_off(given, HandOffReason.NOT_KNOWN, False, THE_RESPONDER, NOW).ticket

    assert unassign(answered, NOBODY, DANA, LATER).ticket.hand_off_reason is None
    assert unassign(left, NOBODY, DANA, LATER).ticket.hand_off_reason is HandOffReason.NOT_KNOWN
    assert ticket_changes.assign(given, NOBODY, DANA, LATER).ticket.hand_off_reason is None


def test_the_ai_goes_on_counting_when_its_ticket_is_given_back() -> None:
    mine = ticket_changes.assign(ticket(OPEN, assignee=THE_AI, ai_replies=3), TO_DANA, DANA, NOW).ticket

    assert unassign(mine, THE_AI, DANA, LATER).ticket.ai_replies == 3
    assert ticket_changes.assign(mine, THE_AI, DANA, LATER).ticket.ai_replies == 0


def test_a_new_matter_is_not_handed_off_for_the_reason_of_the_one_before() -> None:
    given = ticket_changes.assign(HANDED_OFF, THE_AI, DANA, BEFORE).ticket
    texted = ticket_changes.customer_texted(resolved(given), THE_CUSTOMER, NOW).ticket

    assert unassign(texted, NOBODY, DANA, LATER).ticket.hand_off_reason is None


def test_small_talk_leaves_a_resolved_ticket_resolved() -> None:
    before = ticket_changes.resolve(ticket(OPEN, assignee=THE_AI), DANA, BEFORE).ticket
    texted = ticket_changes.customer_texted(before, THE_CUSTOMER, NOW).ticket
    twice = ticket_changes.customer_texted(texted, THE_CUSTOMER, LATER).ticket

    change = ticket_changes.nothing_to_answer(twice, THE_RESPONDER, LATER)

    assert (texted.state, change.ticket.state) == (OPEN, RESOLVED)
    assert (change.ticket.resolve_time, change.ticket.waiting_since) == (BEFORE, None)
    assert change.entries[0].details == {"from": "OPEN", "to": "RESOLVED", "why": "small_talk"}


def test_small_talk_leaves_a_reply_to_be_seen_to_that_failed_since_the_resolve() -> None:
    gone = ticket_changes.resolve(ticket(OPEN, assignee=THE_AI, failed_reply=True), DANA, BEFORE).ticket
    failed = ticket_changes.delivery_changed(gone, True, NOW)

    for before, marked in ((gone, False), (failed, True)):
        texted = ticket_changes.customer_texted(before, THE_CUSTOMER, NOW).ticket
        assert ticket_changes.nothing_to_answer(texted, THE_RESPONDER, LATER).ticket.failed_reply == marked


def test_what_was_answered_or_left_to_a_person_is_not_resolved_by_thanks() -> None:
    resolved_once = ticket_changes.resolve(ticket(OPEN, assignee=THE_AI), DANA, BEFORE).ticket
    asked = ticket_changes.customer_texted(resolved_once, THE_CUSTOMER, NOW).ticket
    answered = ticket_changes.said(asked, THE_RESPONDER, NOW).ticket
    thanked = ticket_changes.customer_texted(answered, THE_CUSTOMER, LATER).ticket

    assert ticket_changes.nothing_to_answer(thanked, THE_RESPONDER, LATER).ticket.state is PENDING
