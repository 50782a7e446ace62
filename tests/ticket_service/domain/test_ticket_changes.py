"""Whose a ticket is after a reply, an assignment or a hand-off, and what an edit changes."""

from dataclasses import replace

import pytest

from tests.ticket_service.domain.examples import BEFORE, DANA, NOW, OPERATOR, TO_DANA, ticket
from ticket_service.domain import ticket_changes
from ticket_service.domain.ai_turn import THE_RESPONDER
from ticket_service.domain.audit import Actor, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.ticket import (
    NOBODY,
    THE_AI,
    Assignee,
    Priority,
    TicketChange,
    TicketState,
)
from ticket_service.domain.ticket_changes import TicketEdit

OPEN, PENDING, RESOLVED, CLOSED = TicketState


@pytest.mark.parametrize(
    ("actor", "before", "after", "details"),
    [
        pytest.param(DANA, THE_AI, TO_DANA, {"from": "ai", "to": "agent:dana"}, id="an agent takes it from the AI"),
        pytest.param(OPERATOR, THE_AI, NOBODY, {"from": "ai", "to": "nobody"}, id="an operator takes it from the AI"),
        pytest.param(DANA, NOBODY, TO_DANA, {"from": "nobody", "to": "agent:dana"}, id="an agent takes nobody's"),
        pytest.param(OPERATOR, NOBODY, NOBODY, None, id="an operator leaves nobody's as it is"),
        pytest.param(OPERATOR, TO_DANA, TO_DANA, None, id="an agent's stays that agent's"),
        pytest.param(THE_RESPONDER, THE_AI, THE_AI, None, id="the AI keeps its own"),
        pytest.param(THE_RESPONDER, TO_DANA, TO_DANA, None, id="the AI takes it from nobody"),
    ],
)
def test_whose_a_ticket_is_after_a_reply(
    actor: Actor, before: Assignee, after: Assignee, details: dict[str, str] | None
) -> None:
    change = ticket_changes.replied(ticket(PENDING, assignee=before), actor, NOW)

    assert change.ticket.assignee == after
    taken = [AuditEntry(AuditAction.TICKET_ASSIGNED, "tkt_1", actor, NOW, details)] if details else []
    assert list(change.entries) == taken


def test_reply_is_recorded_as_move_before_take_over() -> None:
    change = ticket_changes.replied(ticket(OPEN, assignee=THE_AI), DANA, NOW)

    assert [entry.action for entry in change.entries] == [AuditAction.TICKET_STATE_CHANGED, AuditAction.TICKET_ASSIGNED]
    assert (change.ticket.state, change.ticket.assignee) == (PENDING, TO_DANA)


@pytest.mark.parametrize(
    ("actor", "replies", "told"),
    [
        pytest.param(THE_RESPONDER, 3, True, id="the AI's replies are counted, and a hand-off stays announced"),
        pytest.param(DANA, 0, False, id="a person's reply ends the count, and the next hand-off is announced again"),
    ],
)
def test_what_is_counted_of_replies(actor: Actor, replies: int, told: bool) -> None:
    after = ticket_changes.replied(ticket(ai_replies=2, hand_off_announced=True), actor, NOW).ticket

    assert (after.ai_replies, after.hand_off_announced) == (replies, told)


def test_assigning_to_the_same_changes_nothing() -> None:
    known = ticket(assignee=TO_DANA)

    assert ticket_changes.assign(known, TO_DANA, OPERATOR, NOW) == TicketChange(known)


def test_assigning_to_the_ai_forgets_its_hand_off() -> None:
    handed_off = ticket(hand_off_reason=HandOffReason.UPSET, hand_off_time=BEFORE, ai_replies=4)

    to_the_ai = ticket_changes.assign(handed_off, THE_AI, DANA, NOW).ticket
    to_a_person = ticket_changes.assign(handed_off, TO_DANA, DANA, NOW).ticket

    assert to_the_ai.update_time == to_a_person.update_time == NOW
    assert (to_the_ai.hand_off_reason, to_the_ai.hand_off_time, to_the_ai.ai_replies) == (None, None, 0)
    assert (to_a_person.hand_off_reason, to_a_person.hand_off_time, to_a_person.ai_replies) == (
        *(HandOffReason.UPSET, BEFORE, 4),
    )


def test_hand_off_for_safety_makes_the_ticket_urgent() -> None:
    change = ticket_changes.hand_off(ticket(assignee=THE_AI), HandOffReason.SAFETY_MATTER, False, THE_RESPONDER, NOW)
    urgent = ticket(assignee=THE_AI, priority=Priority.URGENT)
    same = ticket_changes.hand_off(urgent, HandOffReason.SAFETY_MATTER, False, THE_RESPONDER, NOW)

    assert change.ticket.priority is Priority.URGENT
    assert change.entries[-1] == AuditEntry(
        AuditAction.TICKET_UPDATED, "tkt_1", THE_RESPONDER, NOW, {"priority": "URGENT"}
    )
    assert [entry.action for entry in same.entries] == [AuditAction.TICKET_ASSIGNED]


@pytest.mark.parametrize("earlier", [False, True])
@pytest.mark.parametrize("now", [False, True])
def test_hand_off_leaves_the_ticket_to_nobody_marked(earlier: bool, now: bool) -> None:
    known = ticket(assignee=THE_AI, hand_off_announced=earlier)

    change = ticket_changes.hand_off(known, HandOffReason.LEGAL_MATTER, now, THE_RESPONDER, NOW)

    after = change.ticket
    assert (after.assignee, after.hand_off_reason, after.hand_off_time) == (NOBODY, HandOffReason.LEGAL_MATTER, NOW)
    assert after.hand_off_announced == (earlier or now)
    assert change.entries[0].details == {"from": "ai", "to": "nobody"}


@pytest.mark.parametrize(
    ("changes", "details"),
    [
        pytest.param(TicketEdit(), None, id="nothing"),
        pytest.param(TicketEdit("hello", Priority.HIGH, ()), None, id="what it is already"),
        pytest.param(TicketEdit(subject="My PIN is 4711"), {"subject": "changed"}, id="the subject: not quoted"),
        pytest.param(TicketEdit(priority=Priority.URGENT), {"priority": "URGENT"}, id="the priority: quoted"),
        pytest.param(TicketEdit(tags=("Ann", "vip")), {"tags": "changed"}, id="the tags: not quoted"),
        pytest.param(
            TicketEdit("Refund", Priority.LOW, ("vip",)),
            {"subject": "changed", "priority": "LOW", "tags": "changed"},
            id="all of them",
        ),
    ],
)
def test_edit(changes: TicketEdit, details: dict[str, str] | None) -> None:
    known = ticket()

    change = ticket_changes.edit(known, changes, DANA, NOW)

    if details is None:
        assert change == TicketChange(known)
        return
    assert change.entries == (AuditEntry(AuditAction.TICKET_UPDATED, "tkt_1", DANA, NOW, details),)
    assert change.ticket == replace(
        known,
        subject=changes.subject or known.subject,
        priority=changes.priority or known.priority,
        tags=changes.tags or known.tags,
        update_time=NOW,
    )


def test_tags_can_be_removed() -> None:
    assert ticket_changes.edit(ticket(tags=("vip",)), TicketEdit(tags=()), DANA, NOW).ticket.tags == ()
