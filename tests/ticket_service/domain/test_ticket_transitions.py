"""What may be done to a ticket in which state: every change in every state, what it makes of the ticket, and what the
audit trail says of it."""

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.ticket_service.domain.examples import BEFORE, DANA, NOW, THE_CUSTOMER, TO_DANA, ticket
from ticket_service.domain import ticket_changes
from ticket_service.domain.ai_turn import THE_RESPONDER
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.errors import ThreadHasLiveTicket, TicketClosed
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.ticket import (
    THE_AI,
    Priority,
    Ticket,
    TicketChange,
    TicketState,
)
from ticket_service.domain.ticket_changes import TicketEdit

OPEN, PENDING, RESOLVED, CLOSED = TicketState
Change = Callable[[Ticket], TicketChange]

CHANGES: dict[str, Change] = {
    "the customer texts": lambda t: ticket_changes.customer_texted(t, THE_CUSTOMER, NOW),
    "an agent replies": lambda t: ticket_changes.replied(t, DANA, NOW),
    "we text first": lambda t: ticket_changes.begun_again(t, DANA, NOW),
    "the AI replies": lambda t: ticket_changes.replied(t, THE_RESPONDER, NOW),
    "nothing waits for an answer": lambda t: ticket_changes.nothing_to_answer(t, THE_RESPONDER, NOW),
    "it is resolved": lambda t: ticket_changes.resolve(t, DANA, NOW),
    "it is reopened": lambda t: ticket_changes.reopen(t, t.ticket_id if t.holds_thread else None, DANA, NOW),
    "it is closed": lambda t: ticket_changes.close(t, DANA, NOW),
    "it is assigned": lambda t: ticket_changes.assign(t, TO_DANA, DANA, NOW),
    "it is edited": lambda t: ticket_changes.edit(t, TicketEdit(priority=Priority.LOW), DANA, NOW),
    "the AI hands it off": lambda t: ticket_changes.hand_off(
        replace(t, assignee=THE_AI), HandOffReason.UPSET, False, THE_RESPONDER, NOW
    ),
    "a new ticket takes its thread": lambda t: ticket_changes.give_up_thread(t, "tkt_2", THE_CUSTOMER, NOW),
}

# What is done, the state before, the state after (None: refused, since CLOSED is final), and what is recorded.
TRANSITIONS: list[tuple[str, TicketState, TicketState | None, list[AuditAction]]] = [
    ("the customer texts", OPEN, OPEN, []),
    ("the customer texts", PENDING, OPEN, [AuditAction.TICKET_STATE_CHANGED]),
    ("the customer texts", RESOLVED, OPEN, [AuditAction.TICKET_REOPENED]),
    ("the customer texts", CLOSED, CLOSED, []),
    ("an agent replies", OPEN, PENDING, [AuditAction.TICKET_STATE_CHANGED, AuditAction.TICKET_ASSIGNED]),
    ("an agent replies", PENDING, PENDING, [AuditAction.TICKET_ASSIGNED]),
    ("an agent replies", RESOLVED, RESOLVED, [AuditAction.TICKET_ASSIGNED]),
    ("an agent replies", CLOSED, None, []),
    ("we text first", OPEN, OPEN, []),
    ("we text first", PENDING, PENDING, []),
    ("we text first", RESOLVED, PENDING, [AuditAction.TICKET_REOPENED]),
    ("we text first", CLOSED, None, []),
    ("nothing waits for an answer", OPEN, PENDING, [AuditAction.TICKET_STATE_CHANGED]),
    ("nothing waits for an answer", PENDING, PENDING, []),
    ("nothing waits for an answer", RESOLVED, RESOLVED, []),
    ("nothing waits for an answer", CLOSED, None, []),
    ("the AI replies", OPEN, PENDING, [AuditAction.TICKET_STATE_CHANGED]),
    ("the AI replies", PENDING, PENDING, []),
    ("the AI replies", RESOLVED, RESOLVED, []),
    ("the AI replies", CLOSED, None, []),
    ("it is resolved", OPEN, RESOLVED, [AuditAction.TICKET_RESOLVED]),
    ("it is resolved", PENDING, RESOLVED, [AuditAction.TICKET_RESOLVED]),
    ("it is resolved", RESOLVED, RESOLVED, []),
    ("it is resolved", CLOSED, None, []),
    ("it is reopened", OPEN, OPEN, []),
    ("it is reopened", PENDING, OPEN, [AuditAction.TICKET_REOPENED]),
    ("it is reopened", RESOLVED, OPEN, [AuditAction.TICKET_REOPENED]),
    ("it is reopened", CLOSED, None, []),
    ("it is closed", OPEN, CLOSED, [AuditAction.TICKET_CLOSED]),
    ("it is closed", PENDING, CLOSED, [AuditAction.TICKET_CLOSED]),
    ("it is closed", RESOLVED, CLOSED, [AuditAction.TICKET_CLOSED]),
    ("it is closed", CLOSED, CLOSED, []),
    ("it is assigned", OPEN, OPEN, [AuditAction.TICKET_ASSIGNED]),
    ("it is assigned", PENDING, PENDING, [AuditAction.TICKET_ASSIGNED]),
    ("it is assigned", RESOLVED, RESOLVED, [AuditAction.TICKET_ASSIGNED]),
    ("it is assigned", CLOSED, None, []),
    ("it is edited", OPEN, OPEN, [AuditAction.TICKET_UPDATED]),
    ("it is edited", PENDING, PENDING, [AuditAction.TICKET_UPDATED]),
    ("it is edited", RESOLVED, RESOLVED, [AuditAction.TICKET_UPDATED]),
    ("it is edited", CLOSED, None, []),
    ("the AI hands it off", OPEN, OPEN, [AuditAction.TICKET_ASSIGNED]),
    ("the AI hands it off", PENDING, PENDING, [AuditAction.TICKET_ASSIGNED]),
    ("the AI hands it off", RESOLVED, RESOLVED, [AuditAction.TICKET_ASSIGNED]),
    ("the AI hands it off", CLOSED, None, []),
    ("a new ticket takes its thread", RESOLVED, RESOLVED, [AuditAction.TICKET_SUCCEEDED]),
]


def _rows() -> list[object]:
    return [
        pytest.param(
            *(what, before, after, actions),
            id=f"{before.value} and {what}: " + (after.value if after else "refused"),
        )
        for what, before, after, actions in TRANSITIONS
    ]


@pytest.mark.parametrize(("what", "before", "after", "actions"), _rows())
def test_transition(what: str, before: TicketState, after: TicketState | None, actions: list[AuditAction]) -> None:
    known = ticket(before)

    if after is None:
        with pytest.raises(TicketClosed) as refused:
            CHANGES[what](known)
        assert refused.value.ticket_id == "tkt_1"
        return
    change = CHANGES[what](known)

    assert change.ticket.state is after
    assert [entry.action for entry in change.entries] == actions
    assert {(entry.subject_id, entry.time) for entry in change.entries} <= {("tkt_1", NOW)}
    if before is not after:
        assert change.ticket.update_time == NOW
        assert change.entries[0].details == {"from": before.value, "to": after.value}


def test_every_change_is_shown_in_every_state() -> None:
    shown = {(what, before) for what, before, _, _ in TRANSITIONS}

    # A thread is taken from a RESOLVED ticket alone: all others are joined.
    assert shown == set(itertools.product(CHANGES.keys() - {"a new ticket takes its thread"}, TicketState)) | {
        ("a new ticket takes its thread", RESOLVED)
    }


@pytest.mark.parametrize(
    ("what", "before", "resolve_time", "close_time", "holds_thread"),
    [
        pytest.param("it is resolved", OPEN, NOW, None, True, id="resolved: now"),
        pytest.param("it is resolved", RESOLVED, BEFORE, None, True, id="resolved again: as before"),
        pytest.param("it is reopened", RESOLVED, None, None, True, id="reopened: not resolved any more"),
        pytest.param("the customer texts", RESOLVED, None, None, True, id="reopened by a text: not resolved any more"),
        pytest.param("an agent replies", RESOLVED, BEFORE, None, True, id="a reply: resolved as before"),
        pytest.param("it is closed", RESOLVED, BEFORE, NOW, False, id="closed: its thread is free"),
        pytest.param("it is closed", PENDING, None, NOW, False, id="closed unresolved: its thread is free"),
        pytest.param("it is closed", CLOSED, None, BEFORE, False, id="closed again: as before"),
        pytest.param(
            "a new ticket takes its thread", RESOLVED, BEFORE, None, False, id="succeeded: its thread is taken"
        ),
    ],
)
def test_times_and_thread_after(
    what: str, before: TicketState, resolve_time: object, close_time: object, holds_thread: bool
) -> None:
    after = CHANGES[what](ticket(before)).ticket

    assert (after.resolve_time, after.close_time, after.holds_thread) == (resolve_time, close_time, holds_thread)


UNCHANGED = [
    ("the customer texts", OPEN),
    ("it is resolved", RESOLVED),
    ("it is reopened", OPEN),
    ("it is closed", CLOSED),
]


@pytest.mark.parametrize(
    ("what", "state"), [pytest.param(*row, id=f"{row[1].value} and {row[0]}") for row in UNCHANGED]
)
def test_what_is_so_already_changes_nothing(what: str, state: TicketState) -> None:
    assert CHANGES[what](ticket(state)) == TicketChange(ticket(state))


@pytest.mark.parametrize("state", [PENDING, RESOLVED])
def test_ticket_whose_thread_is_anothers_is_not_reopened(state: TicketState) -> None:
    succeeded = ticket(state, holds_thread=False)

    with pytest.raises(ThreadHasLiveTicket) as refused:
        ticket_changes.reopen(succeeded, "tkt_2", DANA, NOW)

    assert (refused.value.ticket_id, refused.value.live_ticket_id) == ("tkt_1", "tkt_2")


def test_closed_ticket_is_not_reopened_whoever_has_its_thread() -> None:
    with pytest.raises(TicketClosed):
        ticket_changes.reopen(ticket(CLOSED), "tkt_2", DANA, NOW)


def test_ticket_takes_its_free_thread_back_when_it_is_reopened() -> None:
    change = ticket_changes.reopen(ticket(RESOLVED, holds_thread=False), None, DANA, NOW)

    assert (change.ticket.state, change.ticket.holds_thread) == (OPEN, True)


def test_successor_is_recorded() -> None:
    (entry,) = CHANGES["a new ticket takes its thread"](ticket(RESOLVED)).entries

    assert (entry.actor, entry.details) == (THE_CUSTOMER, {"successor": "tkt_2"})
